"""The roles `intake-smtp` and `intake-imap`."""

import asyncio
import threading
from dataclasses import replace

from posthus.app.ground import Ground, Service, Services
from posthus.intake.imap_service import ImapService
from posthus.intake.smtp import SmtpService


def services(ground: Ground) -> Services:
    """Those of the two that this process was asked for."""
    found: dict[str, Service] = {}
    if "intake-smtp" in ground.roles:
        found["smtp"] = lambda stop: asyncio.run(_receive(ground, stop))
    if "intake-imap" in ground.roles:
        found["imap"] = ImapService(ground.database, ground.keyring).run
    return found


async def _receive(ground: Ground, stop: threading.Event) -> None:
    where = ground.settings.smtp
    listen = replace(ground.settings.mail, host=where.host, port=where.port)
    service = SmtpService(ground.url, listen, spooling=ground.spooling)
    await service.start()
    await asyncio.get_running_loop().run_in_executor(None, stop.wait)
    await service.stop()
