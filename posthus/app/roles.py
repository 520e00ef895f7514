"""What each role runs, in threads of one process; when one of them fails, the process ends and is restarted."""

import threading
from collections.abc import Sequence
from contextlib import ExitStack

from posthus import telemetry
from posthus.app.ground import Ground, Service
from posthus.app.keys import keep_sealed, keyring_of
from posthus.app.objects import objects_of
from posthus.app.settings import Settings
from posthus.app.spools import spool_limits
from posthus.database.pool import Database
from posthus.intake.spool import Spooling
from posthus.operations.sampling import SelfReport
from posthus.telemetry import Meter

ROLES = ("intake-http", "intake-smtp", "intake-imap", "worker", "api", "operations")
STAGES = ("file", "link", "words", "embed")  # of the role worker; what each does is in stages.py
ONLY_WATCHING = (
    "sampler",
    "upkeep",
    "report",
    "replays",
    "seal",
    "indexes",
    "models",
    "model",
    "model of searches",
    "objects",
)
GOODBYE_SECONDS = 3.0


class Roles:
    """The roles of one process over one pool of connections."""

    def __init__(self, settings: Settings, roles: Sequence[str], stages: Sequence[str]) -> None:
        assert settings.database_url is not None
        meter = Meter()
        self.ground = Ground(
            settings,
            roles,
            stages if "worker" in roles else (),
            settings.database_url,
            keyring_of(settings),
            Database(settings.database_url, connections=12, name=f"posthus {' '.join(roles)}"),
            meter,
            Spooling(spool_limits(settings), meter),
            objects_of(settings),
            ExitStack(),
        )
        self.failed = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Run every service until asked to stop; raises SystemExit(1) when one of them failed."""
        ground = self.ground
        with ground.closing:
            ground.closing.enter_context(ground.database)
            services = _services(ground)
            threads = {
                name: threading.Thread(target=self._guarded, args=(name, service, stop), name=name)
                for name, service in services.items()
            }
            # Beside the services: a database that is away must not keep the intake from starting.
            threads["seal"] = threading.Thread(target=keep_sealed, args=(ground.database, ground.keyring))
            for thread in threads.values():
                thread.start()
            for name in sorted(threads, key=ONLY_WATCHING.__contains__):
                # Who only watches may wait long for a database that is away; closing the pool ends that.
                threads[name].join(GOODBYE_SECONDS if name in ONLY_WATCHING else None)
        if self.failed.is_set():
            raise SystemExit(1)

    def _guarded(self, name: str, service: Service, stop: threading.Event) -> None:
        try:
            service(stop)
            if not stop.is_set():
                telemetry.log("service_ended", service=name)
        except Exception as error:  # noqa: BLE001 - whatever it is, the process shall end and be restarted
            telemetry.log("service_failed", service=name, error=f"{type(error).__name__}: {error}")
            self.failed.set()
        finally:
            stop.set()


# ruff: noqa: PLC0415 - a process loads only what its roles need: half of its memory, and of its time to start
def _services(ground: Ground) -> dict[str, Service]:
    roles = set(ground.roles)
    found: dict[str, Service] = {}
    if roles & {"api", "intake-http"}:
        from posthus.app import serving_web

        found |= serving_web.services(ground)
    if roles & {"intake-smtp", "intake-imap"}:
        from posthus.app import serving_mail

        found |= serving_mail.services(ground)
    if "worker" in roles:
        from posthus.app import working

        found |= working.services(ground)
    if "operations" in roles:
        from posthus.app import watching

        found |= watching.services(ground)
    report = SelfReport(ground.database, " ".join(ground.roles), ground.stages, ground.meter)
    return {**found, "report": report.run}


def run_roles(settings: Settings, roles: Sequence[str], stages: Sequence[str], stop: threading.Event) -> None:
    """Run the roles until `stop` is set."""
    telemetry.log(
        "roles_started", roles=",".join(roles), stages=",".join(stages) if "worker" in roles else ""
    )
    Roles(settings, roles, stages).run(stop)
    telemetry.log("roles_stopped", roles=",".join(roles))
