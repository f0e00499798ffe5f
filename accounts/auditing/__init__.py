"""What keeps the events of ``accounts.audit`` honest: a chain over them, its check, their time, and their export."""
