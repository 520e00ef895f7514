"""What pgvector itself takes for the same recall: the same vectors, the narrowest search that finds as much.

Without a filter it asks the workspace's own index; with one, a table of nothing but vectors and the column that is
filtered, where it goes on until enough pass (iterative scan), as its documentation has it.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean

from psycopg import Connection

from bench.search_processor import processor
from posthus.database.pool import Database
from posthus.embedding.encoder import Vectors
from posthus.jobs import WorkspaceId
from posthus.search.arms import Model

WIDTHS = (40, 100, 200, 400, 600, 800, 1_000)
SHARES = {"10 %": 100, "1 %": 10}
AS_MUCH = 0.95
Truths = Sequence[set[int]]

OWN = """
select v.chunk_id from posthus.chunk_vector v where v.workspace_id = {workspace} and v.model_id = {model}
order by v.v::extensions.halfvec(384) operator(extensions.<=>) %(vector)s::extensions.halfvec(384) limit 10
"""
FILTERED = """
select id from bench_bare where place < %(places)s
order by v operator(extensions.<=>) %(vector)s::extensions.halfvec(384) limit 10
"""


def beside_bare(
    connection: Connection,
    workspace: WorkspaceId,
    model: Model,
    questions: tuple[Vectors, Truths],
    recall: float,
) -> dict[str, object]:
    """No filter: processor time of the narrowest search by the same index that finds at least as much."""
    query = OWN.format(workspace=workspace, model=model.id)
    found = _narrowest(connection, query, {}, questions, recall)
    return {f"bare pgvector, same index, no filter: {name}": value for name, value in found.items()}


def filtered_bare(
    database: Database, workspace: WorkspaceId, model: Model, asked: Vectors
) -> dict[str, object]:
    """A tenth and a hundredth by number: the narrowest search that finds .95."""
    told: dict[str, object] = {}
    with database.autocommit() as connection:
        connection.execute(
            "create table bench_bare as select chunk_id as id, (chunk_id * 7919) %% 1000 as place,"
            " v::extensions.halfvec(384) as v from posthus.chunk_vector where workspace_id = %s and model_id = %s",
            (workspace, model.id),
        )
        connection.execute("set maintenance_work_mem = '1GB'")
        connection.execute("create index on bench_bare using hnsw (v extensions.halfvec_cosine_ops)")
        connection.execute("vacuum analyze bench_bare")
        for name, places in SHARES.items():
            connection.execute("set enable_indexscan = off")
            truths = [_asked(connection, FILTERED, {"places": places}, vector) for vector in asked]
            connection.execute("set enable_indexscan = on")
            connection.execute("set enable_seqscan = off")
            found = _narrowest(connection, FILTERED, {"places": places}, (asked, truths), AS_MUCH)
            told |= {f"bare pgvector, {name}: {kind}": value for kind, value in found.items()}
            connection.execute("set enable_seqscan = on")
        connection.execute("drop table bench_bare")
    return told


def _narrowest(
    connection: Connection,
    query: str,
    given: Mapping[str, object],
    questions: tuple[Vectors, Truths],
    recall: float,
) -> dict[str, object]:
    asked, truths = questions
    used, told = processor(connection), dict[str, object]()
    connection.execute("select set_config('hnsw.iterative_scan', 'relaxed_order', false)")
    for width in WIDTHS:
        connection.execute("select set_config('hnsw.ef_search', %s, false)", (str(width),))
        before = used()
        near = [_asked(connection, query, given, vector) for vector in asked]
        spent = (used() - before) / len(asked) * 1000
        reached = fmean(
            len(one & truth) / max(1, len(truth)) for one, truth in zip(near, truths, strict=True)
        )
        told = {"recall@10": reached, "processor ms": spent, "ef_search": width}
        if reached >= recall:
            break
    connection.execute("select set_config('hnsw.ef_search', '40', false)")
    connection.execute("select set_config('hnsw.iterative_scan', 'off', false)")
    return told


def _asked(connection: Connection, query: str, given: Mapping[str, object], vector: Vectors) -> set[int]:
    written = "[" + ",".join(f"{value:.5g}" for value in vector) + "]"
    return {int(one) for (one,) in connection.execute(query.encode(), {**given, "vector": written})}
