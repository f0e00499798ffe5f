"""The staff: their accounts and roles, their sign-in with a second factor, and the gate before the administration."""
