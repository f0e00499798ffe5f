"""Pictures for administrators: how many applications, how fast, what waits and fails; drawn on the server, with numbers."""
