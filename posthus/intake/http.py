"""Webhooks in: what each request is answered, whatever the server's interface is."""

import re
from collections.abc import Mapping

from posthus.intake.answers import JSON, Answer, Head, ReadBody, problem
from posthus.intake.connection import DatabaseAwayError
from posthus.intake.deliveries import Deliveries, Surroundings
from posthus.intake.directory import Directory
from posthus.intake.group_commit import EventRefusedError, GroupCommit, IntakeFullError
from posthus.intake.rejections import Tally
from posthus.intake.secrets import SecretKeyError
from posthus.telemetry import log

_TOKEN = re.compile(r"/in/([A-Za-z0-9_-]{16,128})")
_TROUBLES: Mapping[type[Exception], tuple[int, str]] = {
    DatabaseAwayError: (503, "the database is away; send it again"),
    IntakeFullError: (503, "more is waiting than can be stored; send it again"),
    EventRefusedError: (422, "the database cannot store this delivery"),
}


class WebhookIntake:
    """POST /in/{token}, and how the process is: nothing else is answered here."""

    def __init__(self, directory: Directory, commit: GroupCommit, tally: Tally, around: Surroundings) -> None:
        self.directory = directory
        self.commit = commit
        self.tally = tally
        self.deliveries = Deliveries(commit, tally, around)

    async def answer(self, head: Head, read: ReadBody) -> Answer:
        """The answer to any request; 2xx to a delivery only after its event is committed."""
        try:
            found = _TOKEN.fullmatch(head.path)
            if found is not None:
                return await self._delivery(head, read, found[1])
            if head.path in ("/healthz", "/readyz"):
                return await self._health(head)
            return problem(404, "there is nothing at this address")
        except SecretKeyError as error:
            log("secret_not_opened", reason=str(error))
            return problem(503, "the signature cannot be checked now; send it again")
        except tuple(_TROUBLES) as error:
            return problem(*_TROUBLES[type(error)])

    async def _health(self, head: Head) -> Answer:
        if head.method not in ("GET", "HEAD"):
            return problem(405, "this address takes GET", allow="GET, HEAD")
        if head.path == "/readyz":
            await self.directory.check()
        return Answer(200, b'{"status":"ok"}', (JSON,))

    async def _delivery(self, head: Head, read: ReadBody, token: str) -> Answer:
        source = await self.directory.by_token(token)
        if source is None:
            return problem(404, "no source has this address")
        return await self.deliveries.answer(source, head, read)
