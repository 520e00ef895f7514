"""Webhooks in: what each request is answered, whatever the server's interface is."""

import re
from collections.abc import Mapping

from posthus.intake.answers import JSON, Answer, Head, ReadBody, problem
from posthus.intake.bodies import SlowSenderError
from posthus.intake.connection import DatabaseAwayError
from posthus.intake.deliveries import Deliveries, Surroundings
from posthus.intake.directory import Directory
from posthus.intake.group_commit import EventRefusedError, GroupCommit
from posthus.intake.rejections import Tally
from posthus.intake.secrets import SecretKeyError
from posthus.telemetry import log

_TOKEN = re.compile(r"/in/([A-Za-z0-9_-]{16,128})")
_TEXT = ("content-type", "text/plain; version=0.0.4")
_SEEING = ("/healthz", "/readyz", "/metrics", "/in/metrics")  # the last where the API answers at /metrics
_TROUBLES: Mapping[type[Exception], tuple[int, str]] = {
    DatabaseAwayError: (503, "the database is away; send it again"),
    SlowSenderError: (408, "the body took too long"),
    EventRefusedError: (422, "the database cannot store this delivery"),
}


class WebhookIntake:
    """POST /in/{token}, and how the process is: nothing else is answered here."""

    def __init__(self, directory: Directory, commit: GroupCommit, tally: Tally, around: Surroundings) -> None:
        self.directory = directory
        self.commit = commit
        self.tally = tally
        self.deliveries = Deliveries(commit, tally, around)
        self.draining = False  # set before the server stops, so that a balancer looks elsewhere first

    async def answer(self, head: Head, read: ReadBody) -> Answer:
        """The answer to any request; 2xx to a delivery only after its event is committed."""
        if head.too_large:
            return problem(431, "the head of this request is too large")
        try:
            found = _TOKEN.fullmatch(head.path)
            if found is not None:
                return await self._delivery(head, read, found[1])
            if head.path in _SEEING:
                return await self._seen(head)
            return problem(404, "there is nothing at this address")
        except SecretKeyError as error:
            log("secret_not_opened", reason=str(error))
            return problem(503, "the signature cannot be checked now; send it again")
        except tuple(_TROUBLES) as error:
            return problem(*_TROUBLES[type(error)])

    async def _seen(self, head: Head) -> Answer:
        if head.method not in ("GET", "HEAD"):
            return problem(405, "this address takes GET", allow="GET, HEAD")
        if head.path.endswith("/metrics"):
            return Answer(200, self._metrics().encode(), (_TEXT,))
        refusal = await self._not_ready() if head.path == "/readyz" else None
        return Answer(200, b'{"status":"ok"}', (JSON,)) if refusal is None else problem(503, refusal)

    def _metrics(self) -> str:
        """How the intake of this process is, as Prometheus reads it, also while the database is away."""
        levels = self.commit.levels() | {
            "intake.waiting": self.commit.waiting,
            "intake.refusing": float(self.commit.refusal() is not None),
            "spool.spooling": float(self.commit.spooling),
        }
        named = ((f"posthus_{name.replace('.', '_')}", value) for name, value in levels.items())
        return "".join(f"# TYPE {name} gauge\n{name} {value:g}\n" for name, value in named)

    async def _not_ready(self) -> str | None:
        """Why a delivery would be refused now, or None: ready is also who spools."""
        if self.draining:
            return "shutting down"
        if not self.commit.spooling:
            try:
                await self.directory.check()
            except DatabaseAwayError:
                return self.commit.refusal(away=True)
        return self.commit.refusal()

    async def _delivery(self, head: Head, read: ReadBody, token: str) -> Answer:
        source = await self.directory.by_token(token)
        if source is None:
            return problem(404, "no source has this address")
        return await self.deliveries.answer(source, head, read)
