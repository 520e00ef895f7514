"""The two requests that intake makes itself, guarded: only named hosts, only public addresses, no redirects, bounded."""

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from ipaddress import ip_address
from re import Pattern
from time import monotonic
from urllib.parse import urlsplit

MOST_BYTES = 100_000
SECONDS = 4.0  # in total; the sender waits for our answer meanwhile
_PIECE = 16_384


class OutboundError(Exception):
    """A request was not made or not answered as it must be; the message says why."""


def resolve(host: str) -> Sequence[str]:
    """The addresses of a host."""
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(place[4][0]) for place in found]


def is_public(address: str) -> bool:
    """Whether an address is on the open internet: not this machine, not its network, no cloud's own."""
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Outbound:
    """Fetches by GET over TLS. The address that was checked is the one that is connected to, so DNS cannot change it."""

    resolve: Callable[[str], Sequence[str]] = resolve
    permitted: Callable[[str], bool] = is_public
    connect: Callable[[str, float], socket.socket] = lambda address, seconds: socket.create_connection(
        (address, 443), seconds
    )
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS

    def fetch(self, url: str, host: Pattern[str]) -> bytes:
        """The body behind an https URL whose host fits; raises OutboundError for anything but a plain 200."""
        parts = urlsplit(url)
        name = parts.hostname or ""
        try:
            plain = parts.port in (None, 443) and parts.username is None
        except ValueError:
            plain = False
        if parts.scheme != "https" or not plain or not host.fullmatch(name):
            raise OutboundError("this address is not one of the provider's")
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        deadline = monotonic() + self.seconds
        try:
            return self._ask(name, target, deadline)
        except (OSError, HTTPException, ValueError) as error:
            raise OutboundError(f"{name} did not answer: {type(error).__name__}") from error

    def _ask(self, name: str, target: str, deadline: float) -> bytes:
        addresses = self.resolve(name)
        if not addresses or not all(self.permitted(address) for address in addresses):
            raise OutboundError(f"{name} does not lead to a public address")
        connection = HTTPSConnection(name)
        plain = self.connect(addresses[0], self.seconds)
        try:
            connection.sock = self.context.wrap_socket(plain, server_hostname=name)
            connection.request("GET", target, headers={"Accept": "*/*", "Connection": "close"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise OutboundError(f"{name} answered {answer.status}")
            gathered = bytearray()
            while piece := answer.read1(_PIECE):
                gathered += piece
                if len(gathered) > MOST_BYTES:
                    raise OutboundError(f"{name} answered more than {MOST_BYTES} bytes")
                if monotonic() > deadline:
                    raise OutboundError(f"{name} took more than {self.seconds:g} seconds")
            return bytes(gathered)
        finally:
            connection.close()
            plain.close()
