"""An approximate index of its own for a workspace with many vectors."""

import psycopg
from psycopg import Connection, sql

from posthus.database.pool import number
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__)
WORTHWHILE = 50_000  # below this, comparing with every vector is fast and finds everything


def ensure_index(
    connection: Connection, workspace: WorkspaceId, model: int, at_least: int = WORTHWHILE
) -> bool:
    """Build the HNSW index of one workspace and model if it has at least so many vectors and none yet.

    Needs a connection in autocommit mode, on which nothing else runs: the build is concurrent and takes about
    1.5 KB of maintenance_work_mem a vector. True when an index was built; one left invalid is built anew.
    """
    given = {"workspace": workspace, "model": model, "most": at_least}
    if number(connection, SQL["vectors_of_workspace"], given) < at_least:
        return False
    name = sql.Identifier(f"chunk_vector_near_{int(workspace)}_{int(model)}")
    state = connection.execute(SQL["index_state"], given).fetchone()
    if state is not None and state[0]:
        return False
    if state is not None:
        connection.execute(sql.SQL("drop index concurrently posthus.{}").format(name))
    build = sql.SQL(
        "create index concurrently {} on posthus.chunk_vector using hnsw (v extensions.halfvec_cosine_ops)"
        " with (m = 16, ef_construction = 64) where workspace_id = {} and model_id = {}"
    )
    try:
        connection.execute(build.format(name, sql.Literal(int(workspace)), sql.Literal(int(model))))
    except psycopg.errors.DuplicateTable:
        return False  # another process was faster
    return True
