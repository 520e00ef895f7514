"""What the roles of one process stand on together."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from posthus.app.settings import Settings
from posthus.database.pool import Database
from posthus.intake.secrets import Keyring
from posthus.intake.spool import Spooling
from posthus.originals.objects import Objects
from posthus.telemetry import Meter

Service = Callable[[threading.Event], None]
Services = Mapping[str, Service]


@dataclass(frozen=True, slots=True)
class Ground:
    """One process: its roles over one pool of connections; `closing` is closed when all services have ended."""

    settings: Settings
    roles: Sequence[str]
    stages: Sequence[str]
    url: str
    keyring: Keyring
    database: Database
    meter: Meter
    spooling: Spooling
    objects: Objects
    closing: ExitStack
