"""What the host decides about receiving mail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from posthus.intake.smtp_clients import ClientLimits
from posthus.intake.smtp_tls import Certificate

LARGEST_MAIL = 50_000_000


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where to listen (port 0: any free one), the name to greet with, and what is asked of senders.

    smtps: a port where TLS begins at once. lmtp: a host and port, or the path of a socket.
    verify: `auto` checks who sent a mail that comes from the internet, not from a private network.
    dmarc: what to do with a mail that fails its own domain's policy of rejecting.
    trusted: names of servers whose Authentication-Results are believed. dns: a name server to ask instead.
    """

    host: str = "127.0.0.1"
    port: int = 2525
    hostname: str | None = None
    largest: int = LARGEST_MAIL
    drain_seconds: float = 10.0
    smtps: tuple[str, int] | None = None
    lmtp: tuple[str, int] | Path | None = None
    certificate: Certificate | None = None
    proxy: bool = False
    limits: ClientLimits = field(default_factory=ClientLimits)
    greylist_seconds: int = 0
    verify: Literal["auto", "always", "never"] = "auto"
    dmarc: Literal["mark", "reject"] = "mark"
    trusted: Sequence[str] = ()
    dns: tuple[str, int] | None = None
