"""The same vectors without Posthus: pgvector as it comes, and the HNSW of usearch, hnswlib and faiss."""

from collections.abc import Callable, Mapping
from importlib import import_module
from statistics import fmean
from time import perf_counter, process_time

import numpy as np
import numpy.typing as npt
from psycopg import Connection

from bench.search_processor import processor
from posthus.database.pool import Database
from posthus.embedding.encoder import Vectors
from posthus.embedding.halves import unpacked
from posthus.jobs import WorkspaceId

NEIGHBOURS, BUILT_WITH = 16, 64
ASKED_WITH = (100, 200)
SHARES = {"no filter": 1.0, "10 %": 0.1, "1 %": 0.01, "0.1 %": 0.001}

Labels = npt.NDArray[np.int64]


def beside_pgvector(database: Database, workspace: WorkspaceId, asked: Vectors) -> dict[str, object]:
    """A table with a vector column, its default index, and a filter by number: the planner decides."""
    found: dict[str, object] = {}
    with database.autocommit() as connection:
        connection.execute(
            "create table bench_plain as select chunk_id as id, (chunk_id * 7919) %% 1000 as place,"
            " v::extensions.vector(384) as v from posthus.chunk_vector where workspace_id = %s",
            (workspace,),
        )
        connection.execute("create index on bench_plain (place)")
        connection.execute("set maintenance_work_mem = '1GB'")
        began = perf_counter()
        connection.execute("create index on bench_plain using hnsw (v extensions.vector_cosine_ops)")
        found["pgvector's defaults: index built in seconds"] = perf_counter() - began
        connection.execute("vacuum analyze bench_plain")
        for name, share in SHARES.items():
            found |= _plain(connection, name, int(1000 * share), asked)
        connection.execute("drop table bench_plain")
    return found


def _plain(connection: Connection, name: str, places: int, asked: Vectors) -> dict[str, object]:
    query = "select id from bench_plain where place < %s order by v operator(extensions.<=>) %s::extensions.vector limit 10"
    used, recalls, spent = processor(connection), [], 0.0
    for vector in asked:
        written = "[" + ",".join(f"{value:.5g}" for value in vector) + "]"
        connection.execute("set enable_indexscan = off")
        truth = {one for (one,) in connection.execute(query, (places, written))}
        connection.execute("set enable_indexscan = on")
        before = used()
        near = {one for (one,) in connection.execute(query, (places, written))}
        spent += used() - before
        recalls.append(len(near & truth) / max(1, len(truth)))
    return {
        f"pgvector's defaults, {name}: recall@10": fmean(recalls),
        f"pgvector's defaults, {name}: processor ms": spent / len(asked) * 1000,
    }


def beside_libraries(database: Database, workspace: WorkspaceId, asked: Vectors) -> dict[str, object]:
    """Each library's index of the same shape, one thread, float32 but for usearch (float16, as Posthus has it).

    They are no part of Posthus: `pip install posthus[bench]`; one that is missing is said to be.
    """
    with database.transaction() as connection:
        rows = connection.execute(
            "select extensions.halfvec_send(v) from posthus.chunk_vector where workspace_id = %s",
            (workspace,),
        ).fetchall()
    vectors = np.stack([unpacked(one) for (one,) in rows])
    truth = np.argsort(-(asked @ vectors.T), axis=1)[:, :10]
    found: dict[str, object] = {}
    for name, build in BUILDERS.items():
        began = process_time()
        try:
            ask = build(vectors)
        except ModuleNotFoundError:
            found[name] = "not installed (pip install posthus[bench])"
            continue
        found[f"{name}: index built in processor seconds"] = process_time() - began
        for with_ in ASKED_WITH:
            began = process_time()
            near = ask(asked, with_)
            spent = process_time() - began
            hits = [
                len(set(one) & set(other)) / 10
                for one, other in zip(near.tolist(), truth.tolist(), strict=True)
            ]
            found[f"{name}, ef {with_}: recall@10"] = fmean(hits)
            found[f"{name}, ef {with_}: processor ms"] = spent / len(asked) * 1000
    return found


def _faiss(vectors: Vectors) -> Callable[[Vectors, int], Labels]:
    faiss = import_module("faiss")
    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(vectors.shape[1], NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = BUILT_WITH
    index.add(vectors)

    def ask(asked: Vectors, with_: int) -> Labels:
        index.hnsw.efSearch = with_
        labels: Labels = index.search(asked, 10)[1]
        return labels

    return ask


def _hnswlib(vectors: Vectors) -> Callable[[Vectors, int], Labels]:
    index = import_module("hnswlib").Index("ip", vectors.shape[1])
    index.init_index(len(vectors), ef_construction=BUILT_WITH, M=NEIGHBOURS)
    index.add_items(vectors, num_threads=1)

    def ask(asked: Vectors, with_: int) -> Labels:
        index.set_ef(with_)
        labels, _ = index.knn_query(asked, 10, num_threads=1)
        return np.asarray(labels, np.int64)

    return ask


def _usearch(vectors: Vectors) -> Callable[[Vectors, int], Labels]:
    index = import_module("usearch.index").Index(
        ndim=vectors.shape[1], metric="ip", dtype="f16", connectivity=NEIGHBOURS, expansion_add=BUILT_WITH
    )
    index.add(np.arange(len(vectors)), vectors, threads=1)

    def ask(asked: Vectors, with_: int) -> Labels:
        index.expansion_search = with_
        return np.asarray(index.search(asked, 10, threads=1).keys, np.int64)

    return ask


BUILDERS: Mapping[str, Callable[[Vectors], Callable[[Vectors, int], Labels]]] = {
    "hnswlib": _hnswlib,
    "faiss HNSW": _faiss,
    "usearch": _usearch,
}
