"""What the portal and the mail servers see differently: found here, repaired only when somebody asks for it."""

from mailboxes.provisioning.reconciling.running import run

__all__ = ["run"]
