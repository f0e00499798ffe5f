"""A small SMTP server (RFC 5321) that answers as a test wants it to, and keeps what it took."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from tests.servers import free_port

GOOD = {
    "greeting": "220 here",
    "ehlo": "250 here",
    "mail": "250 ok",
    "rcpt": "250 ok",
    "data": "354 go on",
    "end": "250 taken",
}


class SmtpServer:
    """``answers`` maps a command to what is said to it from now on; "" ends the connection in place of an answer."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.answers: dict[str, str] = {}
        self.slow: dict[str, float] = {}  # seconds before the answer
        self.taken: list[tuple[str, str, EmailMessage]] = []  # sender, recipient, letter
        self.asked = 0  # connections

    def reset(self) -> None:
        self.answers.clear()
        self.slow.clear()
        self.taken.clear()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator["SmtpServer"]:
        server = _Server(("127.0.0.1", self.port), _Handler)
        server.owner = self
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    owner: SmtpServer


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        owner = cast(_Server, self.server).owner
        owner.asked += 1
        sender = to = ""
        answer = self.say(owner, "greeting")
        while answer and (line := self.rfile.readline().decode().strip()):
            verb = line.split()[0].lower()
            if verb == "quit":
                return
            if verb in ("mail", "rcpt"):
                address = line.partition("<")[2].partition(">")[0]
                sender, to = (address, to) if verb == "mail" else (sender, address)
            answer = self.say(owner, verb)
            if verb == "data" and answer.startswith("354"):
                letter = cast(EmailMessage, message_from_bytes(self.letter(), policy=default))
                if owner.answers.get("end", "")[:1] in ("2", ""):
                    owner.taken.append((sender, to, letter))
                answer = self.say(owner, "end")

    def say(self, owner: SmtpServer, command: str) -> str:
        time.sleep(owner.slow.get(command, 0))
        answer = owner.answers.get(command, GOOD.get(command, "502 what?"))
        if answer:
            self.wfile.write(f"{answer}\r\n".encode())
        return answer

    def letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)
