"""A copy of every enabled source on this machine's disk: who may send is known while the database is away."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Never, cast

from psycopg import Connection

from posthus.database.pool import rows
from posthus.intake.sources import SQL, Source, base_address
from posthus.telemetry import log

SOURCES = "sources.json"


class SourceCopy:
    """Refreshed while the database answers, asked when it does not; secrets stay sealed as they are stored.

    `refresh` is one thread's, the look-ups may be another's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._by_token: Mapping[str, Source] = {}
        self._by_address: Mapping[str, Source] = {}
        self._written = b""
        self._load()

    def by_token(self, token: str) -> Source | None:
        """The source behind /in/{token}, as it was last seen."""
        source = self._by_token.get(token)
        if source is not None and source.token != token:
            # The address it had before a rotation, which is good for a while.
            until = source.former_until
            return source if until is not None and until > datetime.now(UTC) else None
        return source

    def by_address(self, address: str) -> Source | None:
        """The source of a mail address, as it was last seen; the exact address wins over the one without +."""
        return self._by_address.get(address.lower()) or self._by_address.get(base_address(address))

    @property
    def empty(self) -> bool:
        """True while nobody is known who may send."""
        return not (self._by_token or self._by_address)

    def refresh(self, connection: Connection) -> None:
        """Read every enabled source, and write the file anew where something has changed."""
        found = rows(connection, SQL["enabled_sources"], {}, Source)
        self._know(found)
        written = json.dumps([_described(each) for each in found]).encode()
        if written != self._written:
            self._write(written)

    def _know(self, found: Sequence[Source]) -> None:
        former = {each.former_token: each for each in found if each.former_token is not None}
        self._by_token = former | {each.token: each for each in found if each.token is not None}
        self._by_address = {each.address: each for each in found if each.address is not None}

    def _write(self, written: bytes) -> None:
        fresh = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as error:
            log("source_copy_not_written", error=str(error))
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        else:
            self._written = written

    def _load(self) -> None:
        try:
            self._written = self.path.read_bytes()
            self._know([_source(described) for described in json.loads(self._written)])
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            # Damaged, or of another version: the database tells it anew.
            log("source_copy_not_read", error=type(error).__name__)


def _described(source: Source) -> Mapping[str, Mapping[str, object]]:
    values = {field.name: getattr(source, field.name) for field in fields(source)}
    times = {name: value for name, value in values.items() if isinstance(value, datetime)}
    return {
        "times": {name: value.isoformat() for name, value in times.items()},
        "rest": {name: value for name, value in values.items() if name not in times},
    }


def _source(described: Mapping[str, Mapping[str, object]]) -> Source:
    times = {name: datetime.fromisoformat(str(value)) for name, value in described["times"].items()}
    values = {**described["rest"], **times}
    return Source(**cast("dict[str, Never]", values))
