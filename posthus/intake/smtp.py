"""Mail in: an SMTP and LMTP receiver that says 250 once the message is committed."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from aiosmtpd.smtp import AuthResult, Session

from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.intake.directory import directory_beside
from posthus.intake.greylist import Greylist
from posthus.intake.group_commit import Bounds, EventRefusedError, GroupCommit, IntakeFullError
from posthus.intake.inbox import Content, NewEvent, storable
from posthus.intake.mail_auth import Sender
from posthus.intake.smtp_checks import SenderChecks
from posthus.intake.smtp_clients import Clients
from posthus.intake.smtp_login import Logins
from posthus.intake.smtp_protocol import Connection, Listening, LmtpConnection, MailEnvelope, peer_of
from posthus.intake.smtp_settings import SmtpSettings
from posthus.intake.smtp_tls import Tls
from posthus.intake.sources import Source
from posthus.intake.spool import Spooling
from posthus.jobs import SourceId
from posthus.telemetry import log

MOST_RECIPIENTS = 100  # RFC 5321, 4.5.3.1.8
_LATER = "451 4.3.0 the message cannot be stored now, please try again"


class SmtpService:
    """The receiver; belongs to one event loop. `start` answers where it really listens."""

    def __init__(
        self,
        database_url: str,
        settings: SmtpSettings,
        bounds: Bounds | None = None,
        spooling: Spooling | None = None,
    ) -> None:
        self.settings = settings
        self.name = settings.hostname or socket.gethostname()
        self.commit = GroupCommit(OwnConnection(database_url, name="posthus smtp"), bounds, spooling)
        self.directory = directory_beside(self.commit)
        self.logins = Logins(self.directory, OwnConnection(database_url, name="posthus smtp logins"))
        self.greylist = Greylist(
            OwnConnection(database_url, name="posthus smtp greylist"), settings.greylist_seconds
        )
        self.checks = SenderChecks(settings, self.name)
        self.clients = Clients(settings.limits)
        self.tls = Tls(settings.certificate) if settings.certificate else None
        self.open: set[Connection] = set()
        self._storing = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._stopping = False
        self._servers: list[asyncio.Server] = []

    async def start(self) -> tuple[str, int]:
        """Listen; answers the host and the port of plain SMTP."""
        self.commit.start()
        host, port = await self._listen("smtp", (self.settings.host, self.settings.port))
        if self.settings.smtps is not None:
            await self._listen("smtps", self.settings.smtps)
        if self.settings.lmtp is not None:
            await self._listen("lmtp", self.settings.lmtp)
        return host, port

    def ports(self) -> dict[str, int]:
        """Where each kind really listens; a socket's path has no port."""
        names = (
            "smtp",
            *(["smtps"] if self.settings.smtps else []),
            *(["lmtp"] if self.settings.lmtp else []),
        )
        found = [server.sockets[0].getsockname() for server in self._servers]
        return {name: place[1] for name, place in zip(names, found, strict=True) if isinstance(place, tuple)}

    async def stop(self) -> None:
        """Take no more mail, let what was sent completely be stored and answered, then hang up."""
        self._stopping = True
        for server in self._servers:
            server.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), self.settings.drain_seconds)
        await self.commit.close()
        for connection in list(self.open):
            if connection.transport is not None:
                connection.transport.close()
        self.checks.close()
        await self.logins.close()
        await self.greylist.close()
        await self.directory.close()

    async def _listen(self, kind: str, where: tuple[str, int] | Path) -> tuple[str, int]:
        if kind == "smtps" and self.tls is None:
            raise ValueError("a port where TLS begins at once needs a certificate")
        encrypted = kind == "smtps"
        listening = Listening(
            kind,
            self.name,
            self.settings.largest,
            self.tls,
            encrypted,
            self.settings.proxy and kind == "smtp",
        )
        make = LmtpConnection if kind == "lmtp" else Connection
        context = self.tls.refresh() if encrypted and self.tls else None
        loop = asyncio.get_running_loop()
        if isinstance(where, Path):
            await asyncio.to_thread(where.unlink, missing_ok=True)
            server: asyncio.Server = await loop.create_unix_server(lambda: make(self, listening), str(where))
            self._servers.append(server)
            log("smtp_listening", kind=kind, path=str(where))
            return str(where), 0
        server = await loop.create_server(lambda: make(self, listening), *where, ssl=context, backlog=1024)
        self._servers.append(server)
        host, port = server.sockets[0].getsockname()[:2]
        log("smtp_listening", kind=kind, host=host, port=port)
        return str(host), int(port)

    def opened(self, connection: Connection) -> str | None:
        """Count a client in, or answer why not; the local side of LMTP is not counted."""
        self.open.add(connection)
        if connection.listening.encrypted and self.tls is not None:
            self.tls.refresh()
        if connection.listening.name == "lmtp":
            return None
        refusal = self.clients.enter(connection.client.address)
        connection.client.counted = refusal is None
        return refusal

    def closed(self, connection: Connection) -> None:
        """Count it out."""
        self.open.discard(connection)
        if connection.client.counted:
            connection.client.counted = False
            self.clients.leave(connection.client.address)

    async def handle_PROXY(  # noqa: N802 - aiosmtpd's names, here and below
        self, server: Connection, session: Session, _envelope: MailEnvelope, _proxied: object
    ) -> bool:
        """From here on the client is who the proxy says (HAProxy's PROXY protocol)."""
        server.client.address = peer_of(server, session)
        refusal = self.opened(server)
        if refusal is not None:
            await server.push(refusal)
        return refusal is None

    async def handle_EHLO(  # noqa: N802
        self,
        server: Connection,
        session: Session,
        _envelope: MailEnvelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Offer pipelining as well: commands are read from a buffer, one after the other (RFC 2920)."""
        session.host_name = hostname
        offered = [line for line in responses[:-1] if server.encrypted or not line.startswith("250-AUTH")]
        return [*offered, "250-PIPELINING", "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def auth_PLAIN(self, server: Connection, arguments: list[str]) -> AuthResult:  # noqa: N802
        """RFC 4616."""
        return await self.logins.plain(server, arguments, self.clients)

    async def auth_LOGIN(self, server: Connection, arguments: list[str]) -> AuthResult:  # noqa: N802
        """What older systems have instead."""
        return await self.logins.login(server, arguments, self.clients)

    async def handle_MAIL(  # noqa: N802
        self, server: Connection, _session: Session, envelope: MailEnvelope, address: str, options: list[str]
    ) -> str:
        """Take a sender, unless its client has sent too much lately."""
        if server.listening.name != "lmtp":
            wait = self.clients.messages.spend(server.client.address)
            if wait:
                return f"450 4.7.1 too many messages, please try again in {int(wait) + 1} seconds"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Connection, _session: Session, envelope: MailEnvelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient that a source has, refuse any other at once; who signed in may name anybody."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        try:
            source = server.client.signed_in or await self.directory.by_address(storable(address))
            if source is None:
                return self._unknown(server)
            wait = await self._greylisted(server, envelope.mail_from or "", address)
        except DatabaseAwayError:
            return "451 4.3.0 recipients cannot be looked up now, please try again"
        if wait:
            return f"450 4.7.1 you are new here, please try again in {wait} seconds"
        envelope.rcpt_tos.append(address)
        envelope.sources[address] = source
        return "250 2.1.5 OK"

    def _unknown(self, server: Connection) -> str:
        if server.listening.name != "lmtp" and self.clients.guesses.spend(server.client.address):
            return "450 4.7.1 too many unknown recipients, please try again later"
        return "550 5.1.1 nobody here has this address"

    async def _greylisted(self, server: Connection, sender: str, recipient: str) -> int:
        if not self.settings.greylist_seconds or server.listening.name == "lmtp" or server.client.signed_in:
            return 0
        return await self.greylist.wait(server.client.address, storable(sender), storable(recipient))

    async def handle_DATA(self, server: Connection, session: Session, envelope: MailEnvelope) -> str:  # noqa: N802
        """Store one event for each source among the recipients; 250 only when all are committed."""
        if self._stopping:
            return "421 4.3.2 shutting down, please try again"
        self._storing += 1
        self._quiet.clear()
        try:
            return await self._store(server, session, envelope)
        except (DatabaseAwayError, IntakeFullError):
            return _LATER
        except EventRefusedError:
            return "554 5.6.0 this message cannot be stored"
        finally:
            self._storing -= 1
            if not self._storing:
                self._quiet.set()

    async def _store(self, server: Connection, session: Session, envelope: MailEnvelope) -> str:
        content = envelope.original_content or b""
        about = _about(server, session, envelope)
        if server.client.signed_in is None:
            sender = Sender(server.client.address, str(about["mail_from"]), str(about["helo"]))
            found = await self.checks.check(content, sender)
            if self.checks.refuses(found):
                return "550 5.7.26 the domain in From asks for mail that it did not send to be rejected"
            if found is not None:
                about["authentication"] = found.content()
        events = _events(content, envelope, about)
        received = await asyncio.gather(*(self.commit.submit(event) for event in events))
        return f"250 2.0.0 stored as {received[0].event_id}"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever goes wrong is our fault and passes: the sender keeps the message and comes again."""
        log("smtp_fault", error=type(error).__name__)
        return _LATER


def _about(server: Connection, session: Session, envelope: MailEnvelope) -> dict[str, Content]:
    about: dict[str, Content] = {
        "mail_from": storable(envelope.mail_from or "").removeprefix("<").removesuffix(">"),
        "peer": server.client.address,
        "helo": storable(session.host_name or ""),
        "tls": server.encrypted,
    }
    if server.client.signed_in is not None:
        about["signed_in"] = True
    return about


def _events(content: bytes, envelope: MailEnvelope, about: dict[str, Content]) -> Sequence[NewEvent]:
    recipients: dict[SourceId, list[str]] = {}
    owners: dict[SourceId, Source] = {source.id: source for source in envelope.sources.values()}
    for address in envelope.rcpt_tos:
        recipients.setdefault(envelope.sources[address].id, []).append(storable(address))
    return [
        NewEvent(
            workspace_id=owners[source_id].workspace_id,
            source_id=source_id,
            kind="mail",
            body=content,
            envelope={**about, "recipients": addresses},
        )
        for source_id, addresses in recipients.items()
    ]
