"""All shared mail through the whole product: filed, indexed by meaning, imported again, searched. Takes about an hour.

Run by name only: `posthus bench whole`; the model makes two to four chunks a second and core.
"""

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import httpx

from bench.product import Product, running

MAIL = Path(os.environ.get("POSTHUS_TEST_DATA", "../shared/data")) / "mail"
SOURCE = "Old mail"
QUERIES = 100
Figures = dict[str, object]


def run() -> Figures:
    """Messages, seconds and chunks of each part, and search p50/p99 beside an empty endpoint in the same run."""
    if not MAIL.is_dir():
        return {"skipped": f"needs {MAIL}"}
    with running() as product:
        return _imported(product, [str(MAIL / "lists"), str(MAIL / "torture")]) | _searched(product)


def _imported(product: Product, paths: list[str]) -> Figures:
    started = perf_counter()
    read = product.told("import", *paths, "--source", SOURCE, "--json")
    product.command("wait", "--stage", "filed")
    filed = perf_counter() - started
    product.command("wait", "--stage", "indexed", "--timeout", "10800")
    indexed = perf_counter() - started
    again = product.told("import", *paths, "--source", SOURCE, "--json")
    status = product.told("status", "--json")
    sources = status["sources"]
    assert isinstance(sources, list)
    [source] = [one for one in sources if one["name"] == SOURCE]
    counted = {
        f"messages {name}": source[name] for name in ("stored", "filed", "messages", "indexed", "buried")
    }
    return {
        "messages read, new, duplicates, failed": ", ".join(
            str(read[name]) for name in ("read", "new", "duplicates", "failed")
        ),
        **counted,
        "complete": status["complete"],
        "seconds until all are filed": filed,
        "seconds until all are indexed": indexed,
        "messages indexed a second": float(source["indexed"]) / indexed,
        "new in a second import (0)": again["new"],
    }


def _searched(product: Product) -> Figures:
    subjects = sorted(
        {str(json.loads(line)["subject"]) for line in product.command("export", "messages").splitlines()}
    )
    key = product.told("key", "create", "--scope", "read", "--scope", "search", "--json")["key"]
    with httpx.Client(base_url=product.url, headers={"Authorization": f"Bearer {key}"}) as client:
        found = _timed(client, "endpoint that does nothing", "/healthz", [{}] * QUERIES)
        for mode in ("words", "hybrid"):
            # Each asked once, so that nothing is answered from memory.
            asked = random.Random(mode).sample(subjects, QUERIES)
            found |= _timed(
                client, f"search, {mode}", "/api/v1/search", [{"q": q, "mode": mode} for q in asked]
            )
    return found


def _timed(client: httpx.Client, name: str, path: str, asked: Sequence[dict[str, str]]) -> Figures:
    took = []
    for parameters in asked:
        started = perf_counter()
        client.get(path, params=parameters).raise_for_status()
        took.append((perf_counter() - started) * 1000)
    cuts = quantiles(took, n=100)
    return {f"ms p50, {name}": cuts[49], f"ms p99, {name}": cuts[98]}
