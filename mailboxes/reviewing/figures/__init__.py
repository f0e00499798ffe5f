"""Pictures for administrators: how many applications, how fast, what waits, what fails; drawn on the server, with the numbers."""
