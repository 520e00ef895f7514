"""What granian loads for the intake benchmark: the intake, and an endpoint that does nothing."""

import os

from posthus.intake.deliveries import Surroundings
from posthus.intake.secrets import Keyring
from posthus.intake.servers import IntakeApp, RsgiProtocol, RsgiScope

KEYRING = Keyring(["benchmark key " * 3])


def intake() -> IntakeApp:
    """The real thing."""
    return IntakeApp(os.environ["POSTHUS_BENCH_DATABASE"], around=Surroundings(KEYRING))


class Nothing:
    """Reads the body and says 202."""

    async def __rsgi__(self, scope: RsgiScope, protocol: RsgiProtocol) -> None:
        """One request."""
        await protocol()
        headers = [("content-type", "application/json")]
        protocol.response_bytes(202, headers, b'{"id":"00000000-0000-0000-0000-000000000000"}')


def nothing() -> Nothing:
    """The yardstick."""
    return Nothing()
