"""A server that others use too: each desk has a user of its own, made by the very line that the papers give."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.servers import Server

PAPER = Path(__file__).parents[2] / "docs" / "configuration.md"
LINE = re.compile(r"^ACL SETUSER replydesk (.+)$", re.MULTILINE)


def rules() -> list[str]:
    """Return the words of the access list as the papers give it, from `reset` on."""
    (found,) = LINE.findall(PAPER.read_text(encoding="utf-8"))
    return str(found).split()


class Guarded:
    """A server, and users on it that may do no more than the line says, each for one workspace."""

    def __init__(self, server: Server) -> None:
        """Use a running server, whose own user may do everything."""
        self.url = server.url
        self.socket = server.socket
        self.admin = Redis(unix_socket_path=str(server.socket), decode_responses=True)

    def url_for(self, workspace: str, *more: str, without: str = "") -> str:
        """Make the user of a workspace; `more` words follow the line, and the word `without` is left out of it."""
        password = secrets.token_hex(16)
        line = [word for word in rules() if word != without]
        said = " ".join(line).replace("PASSWORD", password).replace("{desk:0}", f"{{{workspace}:0}}").split()
        self.admin.execute_command("ACL", "SETUSER", workspace, *said, *more)
        return f"unix://{workspace}:{password}@{self.socket}"


@pytest.fixture(scope="session")
def guarded(redis_server: Server) -> Iterator[Guarded]:
    found = Guarded(redis_server)
    yield found
    found.admin.close()
