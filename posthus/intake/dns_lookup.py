"""Looking up DNS records for the checks on senders: one resolver, cached, bounded in time."""

from collections.abc import Sequence
from typing import Literal

import dns.exception
import dns.resolver
from dns.rdata import Rdata

Kind = Literal["A", "AAAA", "MX", "PTR", "TXT"]
_REMEMBERED = 10_000  # answers


class DnsAwayError(Exception):
    """No name server answers; what was asked may be asked again later."""


class Lookup:
    """Asks the system's name servers, or one `server` (host, port). Safe for several threads."""

    def __init__(self, server: tuple[str, int] | None = None, seconds: float = 3.0) -> None:
        self.seconds = seconds
        self._resolver: dns.resolver.Resolver | None = None
        try:
            self._resolver = dns.resolver.Resolver(configure=server is None)
        except dns.resolver.NoResolverConfiguration:
            return
        if server is not None:
            self._resolver.nameservers, self._resolver.port = [server[0]], server[1]
        self._resolver.cache = dns.resolver.LRUCache(_REMEMBERED)

    def records(self, name: str, kind: Kind) -> Sequence[Rdata]:
        """The records of a name; none where there are none. Raises DnsAwayError."""
        if self._resolver is None:
            raise DnsAwayError("no name server is configured")
        try:
            return list(self._resolver.resolve(name, kind, lifetime=self.seconds))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.Timeout, dns.resolver.NoNameservers) as error:
            raise DnsAwayError(str(error)) from error
        except dns.exception.DNSException:  # a name that cannot be asked for
            return []

    def texts(self, name: str) -> list[bytes]:
        """The TXT records of a name, each joined (RFC 7208, 3.3)."""
        return [b"".join(getattr(record, "strings", ())) for record in self.records(name, "TXT")]
