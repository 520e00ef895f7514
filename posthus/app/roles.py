"""What each role runs, in threads of one process; when one of them fails, the process ends and is restarted."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import urlsplit

from posthus import telemetry
from posthus.api.application import create_application
from posthus.app.api_parts import make_parts
from posthus.app.errands import Alarms, errand_runner
from posthus.app.history import ReplayLister
from posthus.app.http import HttpServer
from posthus.app.keys import keep_sealed, keyring_of
from posthus.app.meaning import QUESTION_IDLE_SECONDS, make_encoder, meaning_of
from posthus.app.rotations import rotations
from posthus.app.settings import Settings
from posthus.app.spools import spool_limits
from posthus.app.stages import make_stages
from posthus.app.tending import ModelWatch, VectorIndexes
from posthus.cache.feed import Feed
from posthus.database.pool import Database
from posthus.embedding.encoder import Encoder
from posthus.intake.deliveries import Surroundings
from posthus.intake.imap_service import ImapService
from posthus.intake.servers import IntakeApp
from posthus.intake.smtp import SmtpService
from posthus.intake.spool import Spooling
from posthus.operations.sampling import Sampler, SelfReport, Upkeep
from posthus.queue.worker import Worker
from posthus.telemetry import Meter

ROLES = ("intake-http", "intake-smtp", "intake-imap", "worker", "api", "operations")
ONLY_WATCHING = ("sampler", "upkeep", "report", "replays", "seal", "indexes", "model", "model of searches")
GOODBYE_SECONDS = 3.0
Service = Callable[[threading.Event], None]


class Roles:
    """The roles of one process over one pool of connections."""

    def __init__(self, settings: Settings, roles: Sequence[str], stages: Sequence[str]) -> None:
        assert settings.database_url is not None
        self.settings = settings
        self.roles = roles
        self.stages = stages
        self.url = settings.database_url
        self.keyring = keyring_of(settings)
        self.database = Database(self.url, connections=12, name=f"posthus {' '.join(roles)}")
        self.meter = Meter()
        self.spooling = Spooling(spool_limits(settings), self.meter)
        self.failed = threading.Event()
        self._closing = ExitStack()

    def run(self, stop: threading.Event) -> None:
        """Run every service until asked to stop; raises SystemExit(1) when one of them failed."""
        with self._closing:
            self._closing.enter_context(self.database)
            services = self._services()
            threads = {
                name: threading.Thread(target=self._guarded, args=(name, service, stop), name=name)
                for name, service in services.items()
            }
            # Beside the services: a database that is away must not keep the intake from starting.
            threads["seal"] = threading.Thread(target=keep_sealed, args=(self.database, self.keyring))
            for thread in threads.values():
                thread.start()
            for name in sorted(threads, key=ONLY_WATCHING.__contains__):
                # Who only watches may wait long for a database that is away; closing the pool ends that.
                threads[name].join(GOODBYE_SECONDS if name in ONLY_WATCHING else None)
        if self.failed.is_set():
            raise SystemExit(1)

    def _services(self) -> dict[str, Service]:
        services: dict[str, Service] = {}
        if "api" in self.roles or "intake-http" in self.roles:
            services["http"] = self._http(services)
        if "intake-smtp" in self.roles:
            services["smtp"] = self._smtp
        if "intake-imap" in self.roles:
            services["imap"] = ImapService(self.database, self.keyring).run
        if "worker" in self.roles:
            services["worker"] = self._worker(services)
        if "operations" in self.roles:
            services["errands"] = errand_runner(self.database).run
            services["alarms"] = Alarms(self.database).run
            services["sampler"] = Sampler(self.database).run
            services["replays"] = ReplayLister(self.database).run
            services["indexes"] = VectorIndexes(self.database).run
            services["upkeep"] = Upkeep(self.database, rotations(self.database)).run
        working = self.stages if "worker" in self.roles else ()
        services["report"] = SelfReport(self.database, " ".join(self.roles), working, self.meter).run
        return services

    def _watch(self, services: dict[str, Service], name: str, encoder: Encoder) -> None:
        """A model on this machine needs nobody to look after it."""
        if self.settings.embedder != "local":
            services[name] = ModelWatch(self.database, encoder).run

    def _http(self, services: dict[str, Service]) -> Service:
        application = None
        if "api" in self.roles:
            encoder = make_encoder(self.settings, QUESTION_IDLE_SECONDS)
            self._closing.callback(encoder.close)
            self._watch(services, "model of searches", encoder)
            feed = Feed(self.database)
            feed.start()
            self._closing.callback(feed.close)
            self.meter.watch(lambda: {"cache.hits": float(feed.hits), "cache.misses": float(feed.misses)})
            parts = make_parts(self.settings, self.database, feed, meaning_of(encoder), self.keyring)
            application = create_application(replace(parts, meter=self.meter))
        intake = None
        if "intake-http" in self.roles:
            around = Surroundings(self.keyring, self.settings.public_url)
            intake = IntakeApp(self.url, around=around, spooling=self.spooling)
        path = urlsplit(self.settings.public_url).path.rstrip("/")
        return HttpServer(self.settings.http, application, intake, self.settings.drain_seconds, path).run

    def _smtp(self, stop: threading.Event) -> None:
        async def serve() -> None:
            where = self.settings.smtp
            listen = replace(self.settings.mail, host=where.host, port=where.port)
            service = SmtpService(self.url, listen, spooling=self.spooling)
            await service.start()
            await asyncio.get_running_loop().run_in_executor(None, stop.wait)
            await service.stop()

        asyncio.run(serve())

    def _worker(self, services: dict[str, Service]) -> Service:
        encoder = make_encoder(self.settings) if "embed" in self.stages else None
        if encoder is not None:
            self._closing.callback(encoder.close)
            self._watch(services, "model", encoder)
        wanted = [stage for stage in make_stages(encoder) if stage.name in self.stages]
        return Worker(self.database, wanted, self.meter).run

    def _guarded(self, name: str, service: Service, stop: threading.Event) -> None:
        try:
            service(stop)
        except Exception as error:  # noqa: BLE001 - whatever it is, the process shall end and be restarted
            telemetry.log("service_failed", service=name, error=f"{type(error).__name__}: {error}")
            self.failed.set()
        finally:
            stop.set()


def run_roles(settings: Settings, roles: Sequence[str], stages: Sequence[str], stop: threading.Event) -> None:
    """Run the roles until `stop` is set."""
    telemetry.log(
        "roles_started", roles=",".join(roles), stages=",".join(stages) if "worker" in roles else ""
    )
    Roles(settings, roles, stages).run(stop)
    telemetry.log("roles_stopped", roles=",".join(roles))
