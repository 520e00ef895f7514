"""What SNS needs of us: its signing certificates, and a visit to the address that confirms a subscription."""

import asyncio

from posthus.intake.outbound import Outbound
from posthus.intake.providers.sns import AMAZON, certificate_url, message_of

_MOST = 50  # certificates remembered


class Amazon:
    """Fetches from Amazon's own hosts alone; belongs to one event loop."""

    def __init__(self, outbound: Outbound) -> None:
        self.outbound = outbound
        self._certificates: dict[str, bytes] = {}

    async def certificates_for(self, body: bytes) -> dict[str, bytes]:
        """The certificate that a message names, by its address; empty where that is not Amazon's.

        Raises OutboundError where it cannot be fetched now.
        """
        url = certificate_url(body)
        if url is None:
            return {}
        if url not in self._certificates:
            pem = await asyncio.to_thread(self.outbound.fetch, url, AMAZON)
            if len(self._certificates) >= _MOST:
                self._certificates.clear()
            self._certificates[url] = pem
        return {url: self._certificates[url]}

    async def confirm(self, body: bytes) -> None:
        """Visit the address that a verified SubscriptionConfirmation names; raises OutboundError."""
        await asyncio.to_thread(self.outbound.fetch, message_of(body).get("SubscribeURL", ""), AMAZON)
