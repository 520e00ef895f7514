"""What the API is handed: operations' numbers in its shapes, the client's folder, how search asks the model."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from psycopg import Connection

from posthus.api.parts import ApiParts, ApiSettings, SourceNumbers
from posthus.api.shapes import operations as shapes
from posthus.api.shapes.shape import Language
from posthus.app.objects import objects_of
from posthus.app.settings import Settings
from posthus.cache.feed import Feed
from posthus.database.pool import Database
from posthus.intake.secrets import Keyring
from posthus.jobs import SourceId, WorkspaceId
from posthus.operations.bottleneck import bottleneck
from posthus.operations.invariants import check_invariants
from posthus.operations.load import load_of
from posthus.operations.metrics import render
from posthus.operations.status import (
    complete,
    database_bytes,
    latencies,
    recent_rates,
    running_processes,
    source_counts,
    stage_status,
)
from posthus.search.request import Meaning

LATELY = timedelta(hours=1)


def make_parts(
    settings: Settings,
    database: Database,
    feed: Feed,
    meaning: Callable[[], Meaning | None],
    keyring: Keyring,
) -> ApiParts:
    """Everything the API stands on."""
    return ApiParts(
        database=database,
        feed=feed,
        meaning=meaning,
        keyring=keyring,
        objects=objects_of(settings),
        operations=read_operations,
        source_numbers=read_source_numbers,
        metrics=lambda: _metrics(database),
        settings=ApiSettings(
            public_url=settings.public_url,
            web=web_folder(),
            cdn_url=settings.cdn_url,
            upload_bytes=settings.upload_mb * 1_000_000,
        ),
    )


def web_folder() -> Path:
    """Where the built client lies, if it was built."""
    return Path(str(files("posthus"))) / "web"


def read_operations(
    connection: Connection, workspace_id: WorkspaceId, language: Language
) -> shapes.Operations:
    """The operations page; stages and processes are the installation's, completeness the workspace's."""
    # Another workspace's sources must not be named here, so promises are shown for these alone.
    sources, processes = source_counts(connection, workspace_id), running_processes(connection)
    stages, load = stage_status(connection, processes), load_of(processes)
    return shapes.Operations(
        complete=complete(sources, stages),
        bottleneck=bottleneck(stages, load, language),
        load=shapes.Load.model_validate(load, from_attributes=True),
        latencies=[
            shapes.Latency.model_validate(one, from_attributes=True)
            for one in latencies(connection, workspace_id, datetime.now(UTC) - LATELY)
        ],
        stages=[shapes.Stage.model_validate(stage, from_attributes=True) for stage in stages],
        samples=[
            shapes.StageSample.model_validate(one, from_attributes=True) for one in recent_rates(connection)
        ],
        processes=[shapes.ProcessUse.model_validate(one, from_attributes=True) for one in processes],
        invariants=[
            shapes.Invariant.model_validate(one, from_attributes=True)
            for one in check_invariants(connection, sources)
        ],
        database_bytes=database_bytes(connection),
        version=version("posthus"),
    )


def read_source_numbers(
    connection: Connection, workspace_id: WorkspaceId
) -> Mapping[SourceId, SourceNumbers]:
    """The counters of every source of a workspace."""
    return {
        source.id: SourceNumbers(
            received=source.stored,
            stored=source.stored,
            filed=source.filed,
            indexed=source.indexed,
            messages=source.messages,
            buried=source.buried,
            complete=source.complete,
            last_event_at=source.last_event_at,
        )
        for source in source_counts(connection, workspace_id)
    }


def _metrics(database: Database) -> str:
    with database.transaction() as connection:
        processes = running_processes(connection)
        return render(stage_status(connection, processes), source_counts(connection), processes)
