"""One SMTP receiver for the benchmark: `DATABASE_URL` stores, `nothing` answers 250 at once. Prints its port."""

import asyncio
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session

from posthus.intake.smtp import SmtpService
from posthus.intake.smtp_settings import SmtpSettings


class _Nothing:
    """Takes every mail and forgets it."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """RFC 5321, 4.1.1.4."""
        return "250 2.0.0 ok"


class _LongLines(SMTP):
    """Real mail has lines that the library would refuse."""

    line_length_limit = 10_000_000


async def _serve(target: str) -> None:
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    if target == "nothing":
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _LongLines(_Nothing(), loop=loop), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await ended
        server.close()
        return
    service = SmtpService(target, SmtpSettings(port=0, hostname="mx.example", verify="never"))
    _, port = await service.start()
    print(port, flush=True)
    await ended
    await service.stop()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
