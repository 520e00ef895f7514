"""Mail in: an SMTP receiver that says 250 once the message is committed."""

import asyncio
import socket
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session

from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.intake.directory import directory_beside
from posthus.intake.group_commit import Bounds, EventRefusedError, GroupCommit, IntakeFullError
from posthus.intake.inbox import NewEvent, storable
from posthus.intake.sources import Source
from posthus.intake.spool import Spooling
from posthus.jobs import SourceId
from posthus.telemetry import log

LARGEST_MAIL = 50_000_000
LONGEST_LINE = 10_000_000  # real mail breaks the 998 bytes of RFC 5322, 2.1.1
MOST_RECIPIENTS = 100  # RFC 5321, 4.5.3.1.8
_LATER = "451 4.3.0 the message cannot be stored now, please try again"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where to listen (port 0: any free one) and the name to greet with."""

    host: str = "127.0.0.1"
    port: int = 2525
    hostname: str | None = None
    largest: int = LARGEST_MAIL
    drain_seconds: float = 10.0


class _Envelope(Envelope):
    """One mail on its way in, with the source that each accepted recipient belongs to."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: dict[str, Source] = {}


class _Connection(SMTP):
    """aiosmtpd with longer lines, and with limits that are not shared between connections."""

    line_length_limit = LONGEST_LINE

    def __init__(self, service: "SmtpService") -> None:
        # The library keeps these in the class, where each new connection resets those of all others.
        self.command_size_limits = defaultdict(lambda: 2048)
        super().__init__(
            service,
            data_size_limit=service.settings.largest,
            enable_SMTPUTF8=True,
            hostname=service.settings.hostname or socket.gethostname(),
            ident="ESMTP Posthus",
            loop=asyncio.get_running_loop(),
        )
        self.service = service

    def _create_envelope(self) -> Envelope:
        return _Envelope()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection, so that stopping can end it."""
        self.service.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        self.service.open.discard(self)
        super().connection_lost(error)


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
        self.commit = GroupCommit(OwnConnection(database_url, name="posthus smtp"), bounds, spooling)
        self.directory = directory_beside(self.commit)
        self.open: set[_Connection] = set()
        self._storing = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._stopping = False
        self._server: asyncio.Server | None = None

    async def start(self) -> tuple[str, int]:
        """Listen; answers the host and the port."""
        self.commit.start()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self), self.settings.host, self.settings.port
        )
        host, port = self._server.sockets[0].getsockname()[:2]
        log("smtp_listening", host=host, port=port)
        return str(host), int(port)

    async def stop(self) -> None:
        """Take no more mail, let what was sent completely be stored and answered, then hang up."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), self.settings.drain_seconds)
        await self.commit.close()
        for connection in list(self.open):
            if connection.transport is not None:
                connection.transport.close()
        await self.directory.close()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name for it
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer pipelining as well: commands are read from a buffer, one after the other (RFC 2920)."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: _Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient that a source has, refuse any other at once."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        try:
            source = await self.directory.by_address(storable(address))
        except DatabaseAwayError:
            return "451 4.3.0 recipients cannot be looked up now, please try again"
        if source is None:
            return "550 5.1.1 nobody here has this address"
        envelope.rcpt_tos.append(address)
        envelope.sources[address] = source
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: _Envelope
    ) -> str:
        """Store one event for each source among the recipients; 250 only when all are committed."""
        if self._stopping:
            return "421 4.3.2 shutting down, please try again"
        events = _events(session, envelope)
        self._storing += 1
        self._quiet.clear()
        try:
            received = await asyncio.gather(*(self.commit.submit(event) for event in events))
        except (DatabaseAwayError, IntakeFullError):
            return _LATER
        except EventRefusedError:
            return "554 5.6.0 this message cannot be stored"
        finally:
            self._storing -= 1
            if not self._storing:
                self._quiet.set()
        return f"250 2.0.0 stored as {received[0].event_id}"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever goes wrong is our fault and passes: the sender keeps the message and comes again."""
        log("smtp_fault", error=type(error).__name__)
        return _LATER


def _events(session: Session, envelope: _Envelope) -> list[NewEvent]:
    content = envelope.original_content or b""
    recipients: dict[SourceId, list[str]] = {}
    owners = {source.id: source for source in envelope.sources.values()}
    for address in envelope.rcpt_tos:
        recipients.setdefault(envelope.sources[address].id, []).append(storable(address))
    peer: object = session.peer  # a pair for TCP, whatever the library says
    return [
        NewEvent(
            workspace_id=owners[source_id].workspace_id,
            source_id=source_id,
            kind="mail",
            body=content,
            envelope={
                "mail_from": storable(envelope.mail_from or "").removeprefix("<").removesuffix(">"),
                "recipients": addresses,
                "peer": str(peer[0]) if isinstance(peer, tuple) else "",
                "helo": storable(session.host_name or ""),
                "tls": session.ssl is not None,
            },
        )
        for source_id, addresses in recipients.items()
    ]
