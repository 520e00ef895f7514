"""Asking who sent a mail before it is taken: in threads, because names are looked up, and not for long."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from posthus.intake.dns_lookup import Lookup
from posthus.intake.mail_auth import Authentication, Sender, Verifier, from_domain, read_results
from posthus.intake.smtp_settings import SmtpSettings

_AT_ONCE = 8
_SECONDS = 15.0  # a sender waits ten minutes for the reply (RFC 5321, 4.5.3.2.6), but keeps a connection open


class SenderChecks:
    """Belongs to one event loop."""

    def __init__(self, settings: SmtpSettings, name: str) -> None:
        self.settings = settings
        self.name = name
        self._verifier = Verifier(Lookup(settings.dns), name)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sender-checks")

    async def check(self, raw: bytes, sender: Sender) -> Authentication | None:
        """What the checks found; for mail from our own network what a trusted server before us found, if any."""
        if not self._wanted(sender.ip):
            return read_results(raw, self.settings.trusted)
        checking = asyncio.get_running_loop().run_in_executor(
            self._threads, self._verifier.verify, raw, sender
        )
        try:
            return await asyncio.wait_for(asyncio.shield(checking), _SECONDS)
        except TimeoutError:
            away = "temperror"
            return Authentication(self.name, away, dmarc=away, from_domain=from_domain(raw), arc=away)

    def refuses(self, found: Authentication | None) -> bool:
        """Whether the domain in From asks for this mail to be rejected, and we do as it asks."""
        return (
            self.settings.dmarc == "reject"
            and found is not None
            and (found.by, found.dmarc, found.policy) == (self.name, "fail", "reject")
        )

    def close(self) -> None:
        """Wait for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _wanted(self, client: str) -> bool:
        if self.settings.verify != "auto":
            return self.settings.verify == "always"
        try:
            return ip_address(client).is_global
        except ValueError:  # a local socket
            return False
