"""SMTP and LMTP as aiosmtpd speaks them, with longer lines, complete status codes and counted connections."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session

from posthus.intake.smtp_tls import Tls
from posthus.intake.sources import Source

LONGEST_LINE = 10_000_000  # real mail breaks the 998 bytes of RFC 5322, 2.1.1
_PROXY_SECONDS = 5.0
_ENHANCED = re.compile(r"\d{3}[ -]\d\.\d{1,3}\.\d{1,3}\b")
# What the library answers by itself has no enhanced code: the nearest of RFC 3463 for each reply.
_CODES: Mapping[str, str] = {
    "221": "2.0.0",
    "250": "2.0.0",
    "252": "2.5.0",
    "421": "4.4.2",
    "454": "4.7.0",
    "500": "5.5.2",
    "501": "5.5.4",
    "502": "5.5.1",
    "503": "5.5.1",
    "530": "5.7.0",
    "538": "5.7.11",
    "552": "5.3.4",
    "553": "5.1.3",
    "555": "5.5.4",
}


class MailEnvelope(Envelope):
    """One mail on its way in, with the source that each accepted recipient belongs to."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: dict[str, Source] = {}


@dataclass(frozen=True, slots=True)
class Listening:
    """How one port speaks; `tls` inside an encrypted port is for its own handshake, else for STARTTLS."""

    name: str
    hostname: str
    largest: int
    tls: Tls | None = None
    encrypted: bool = False
    proxy: bool = False


class Handler(Protocol):
    """What takes the mail; its other methods are found by their names, as aiosmtpd does."""

    def opened(self, connection: "Connection") -> str | None:
        """A client connected; a reply that refuses it, or None."""

    def closed(self, connection: "Connection") -> None:
        """It is gone."""


@dataclass(slots=True)
class Client:
    """Who is connected, as far as is known by now; `counted` while it holds a place among the open ones."""

    address: str = ""
    counted: bool = False
    signed_in: Source | None = None
    refused: set[str] = field(default_factory=set)


class Connection(SMTP):
    """One client. The library keeps limits in the class, where each new connection resets those of all others."""

    line_length_limit = LONGEST_LINE

    def __init__(self, handler: Handler, listening: Listening) -> None:
        self.command_size_limits = defaultdict(lambda: 2048)
        self.client = Client()
        self.listening = listening
        self.handler = handler
        starttls = listening.tls.refresh() if listening.tls and not listening.encrypted else None
        super().__init__(
            handler,
            data_size_limit=listening.largest,
            enable_SMTPUTF8=True,
            hostname=listening.hostname,
            ident="ESMTP Posthus",
            tls_context=starttls,
            auth_require_tls=not listening.encrypted,
            proxy_protocol_timeout=_PROXY_SECONDS if listening.proxy else None,
            loop=asyncio.get_running_loop(),
        )

    @property
    def encrypted(self) -> bool:
        """Whether what is said is encrypted."""
        return self.listening.encrypted or (self.session is not None and self.session.ssl is not None)

    def _create_envelope(self) -> Envelope:
        return MailEnvelope()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection; one too many is told so and closed. Called again after STARTTLS."""
        first = self.transport is None
        super().connection_made(transport)
        if not first:
            return
        peer: object = transport.get_extra_info("peername")  # a pair for TCP, whatever the library says
        self.client.address = str(peer[0]) if isinstance(peer, tuple) else ""
        refusal = None if self.listening.proxy else self.handler.opened(self)
        if refusal is not None and isinstance(transport, asyncio.WriteTransport):
            transport.write(refusal.encode() + b"\r\n")
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Count it out."""
        self.handler.closed(self)
        super().connection_lost(error)

    async def push(self, status: str | bytes) -> None:
        """Send a reply, with an enhanced status code wherever one belongs (RFC 2034, 4)."""
        text = status.decode("utf-8", "replace") if isinstance(status, bytes) else status
        code = text[:3]
        if code in _CODES and text[3:4] == " " and text != "250 HELP" and not _ENHANCED.match(text):
            text = f"{code} {_CODES[code]} {text[4:]}"
        await super().push(text)


class LmtpConnection(Connection):
    """LMTP (RFC 2033): greeted with LHLO, and one reply for each recipient after the mail."""

    _replies = 1

    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802 - the library finds it by this name
        """The greeting."""
        await super().smtp_EHLO(arg)

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802
        """Not of this protocol."""
        del arg
        await self.push("500 5.5.1 this is LMTP: greet with LHLO")

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802
        """Not of this protocol."""
        await self.smtp_EHLO(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """All recipients share one fate, because they are committed together."""
        try:
            await super().smtp_DATA(arg)
        finally:
            self._replies = 1

    async def push(self, status: str | bytes) -> None:
        """From the mail's first line on, a reply is said once for each recipient."""
        text = status.decode("utf-8", "replace") if isinstance(status, bytes) else status
        for _ in range(self._replies):
            await super().push(text)
        if text.startswith("354") and self.envelope is not None:
            self._replies = len(self.envelope.rcpt_tos)


MakeConnection = Callable[[Handler, Listening], Connection]


def peer_of(connection: Connection, session: Session) -> str:
    """The client's address, as the proxy before us tells it."""
    proxied = session.proxy_data
    source = getattr(proxied, "src_addr", None) if proxied is not None else None
    return str(source) if source is not None else connection.client.address
