"""Signing in to hand mail in: a source's address and the password that was made for it."""

import asyncio
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.smtp import AuthResult
from psycopg import Connection as DatabaseConnection

from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.intake.directory import Directory
from posthus.intake.inbox import storable
from posthus.intake.smtp_clients import Clients
from posthus.intake.smtp_protocol import Connection
from posthus.intake.sources import Source
from posthus.intake.submission import signed_in

_WRONG = "535 5.7.8 the address or the password is wrong"
_UNREADABLE = "501 5.5.2 this cannot be read"
_OFTEN = "454 4.7.0 too many wrong passwords, please try again later"
_AWAY = "454 4.7.0 passwords cannot be checked now, please try again"


class Logins:
    """Checks passwords in a thread of its own; belongs to one event loop."""

    def __init__(self, directory: Directory, connection: OwnConnection) -> None:
        self.directory = directory
        self.connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="logins")

    async def close(self) -> None:
        """End the thread and its connection."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.connection.close)
        self._thread.shutdown()

    async def plain(self, server: Connection, arguments: list[str], clients: Clients) -> AuthResult:
        """AUTH PLAIN, with the answer in the command or after it."""
        said = _decoded(arguments[1]) if len(arguments) > 1 else await _asked(server, "")
        if said is None:
            return AuthResult(success=False, handled=True)  # the library has said why
        parts = said.split(b"\0")
        if len(parts) != 3:
            return AuthResult(success=False, handled=False, message=_UNREADABLE)
        return await self._check(server, (parts[1], parts[2]), clients)

    async def login(self, server: Connection, arguments: list[str], clients: Clients) -> AuthResult:
        """AUTH LOGIN: the address, then the password."""
        name = _decoded(arguments[1]) if len(arguments) > 1 else await _asked(server, "Username:")
        password = await _asked(server, "Password:") if name is not None else None
        if name is None or password is None:
            return AuthResult(success=False, handled=True)
        return await self._check(server, (name, password), clients)

    async def _check(self, server: Connection, said: tuple[bytes, bytes], clients: Clients) -> AuthResult:
        if clients.guesses.is_spent(server.client.address):
            return AuthResult(success=False, handled=False, message=_OFTEN)
        try:
            source = await self._source(said)
        except DatabaseAwayError:
            return AuthResult(success=False, handled=False, message=_AWAY)
        if source is None:
            clients.guesses.spend(server.client.address)
            return AuthResult(success=False, handled=False, message=_WRONG)
        server.client.signed_in = source
        return AuthResult(success=True, handled=False, auth_data=source.id)

    async def _source(self, said: tuple[bytes, bytes]) -> Source | None:
        name, password = (storable(part.decode("utf-8", "replace")) for part in said)
        source = await self.directory.by_address(name)
        if source is None or source.kind != "smtp":
            return None

        def ask(connection: DatabaseConnection) -> bool:
            return signed_in(connection, source, password)

        good = await asyncio.get_running_loop().run_in_executor(self._thread, self.connection.run, ask)
        return source if good else None


async def _asked(server: Connection, question: str) -> bytes | None:
    answer: object = await server.challenge_auth(question)
    return bytes(answer) if isinstance(answer, bytes) else None


def _decoded(text: str) -> bytes:
    """The answer that came with the command; what cannot be read is no answer that fits."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""
