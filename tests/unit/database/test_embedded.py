"""The embedded Postgres is sized by the memory there is."""

from pathlib import Path

import psutil
import pytest

from posthus.database import embedded
from posthus.database.embedded import memory_here, sized

GIGABYTE = 1 << 30


@pytest.mark.parametrize(
    ("gigabytes", "own", "cached"),
    [(1, "128MB", "1024MB"), (8, "512MB", "4096MB"), (24, "1024MB", "12288MB"), (256, "1024MB", "131072MB")],
)
def test_it_takes_a_sixteenth_within_bounds(gigabytes: int, own: str, cached: str) -> None:
    assert sized(gigabytes * GIGABYTE) == {"shared_buffers": own, "effective_cache_size": cached}


@pytest.mark.parametrize(
    ("told", "counts"), [("1073741824\n", GIGABYTE), ("max\n", None), (None, None), (str(2**62), None)]
)
def test_a_containers_limit_counts(
    told: str | None, counts: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(embedded, "CGROUP_LIMIT", limit)
    if told is not None:
        limit.write_text(told)
    assert memory_here() == min(counts or 2**62, psutil.virtual_memory().total)
