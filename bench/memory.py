"""What an idle Posthus needs: the proportional memory of every process of `posthus up` and its Postgres."""

from time import monotonic, sleep

import psutil

from bench.product import running

SETTLE_SECONDS = 30


def run() -> dict[str, object]:
    """Megabytes per process after half a minute of nothing; shared pages are counted once (PSS)."""
    started = monotonic()
    with running() as product:
        ready = monotonic() - started
        sleep(SETTLE_SECONDS)
        megabytes = _proportional(psutil.Process(product.pid))
    return {
        "seconds from nothing to ready": ready,
        **megabytes,
        "MB in total (aim 400, limit 600)": sum(megabytes.values()),
    }


def _proportional(parent: psutil.Process) -> dict[str, float]:
    found: dict[str, float] = {}
    for process in [parent, *parent.children(recursive=True)]:
        try:
            name = (
                "postgres"
                if process.name() == "postgres"
                else " ".join(process.cmdline()[3:7]) or process.name()
            )
            pss = process.memory_full_info().pss / 1e6
        except psutil.NoSuchProcess:
            continue
        found[f"MB {name}"] = found.get(f"MB {name}", 0.0) + pss
    return found
