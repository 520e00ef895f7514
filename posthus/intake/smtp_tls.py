"""The certificate of the mail receiver, read again when its files have changed."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from posthus.telemetry import log

_LOOK_EVERY = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the chain, and its key."""

    chain: Path
    key: Path


class Tls:
    """One context for every connection; a renewed certificate is used by the next one, without a restart."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = certificate
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._stamp = self._read_stamp()
        self._looked = monotonic()
        self.context.load_cert_chain(certificate.chain, certificate.key)

    def refresh(self, *, now: bool = False) -> ssl.SSLContext:
        """The context, with the certificate as it lies there; one that cannot be read changes nothing."""
        if now or monotonic() - self._looked > _LOOK_EVERY:
            self._looked = monotonic()
            try:
                stamp = self._read_stamp()
                if stamp != self._stamp:
                    self.context.load_cert_chain(self.certificate.chain, self.certificate.key)
                    self._stamp = stamp
                    log("smtp_certificate_renewed")
            except (OSError, ssl.SSLError) as error:
                log("smtp_certificate_not_read", error=type(error).__name__)
        return self.context

    def _read_stamp(self) -> tuple[int, int]:
        chain, key = self.certificate.chain, self.certificate.key
        return chain.stat().st_mtime_ns, key.stat().st_mtime_ns
