"""Run benchmarks by name, or all: one table on the terminal, one JSON file each in bench/results/."""

import importlib
import json
import os
import platform
import sys
from pathlib import Path

NAMES = (
    "queue",
    "fairness",
    "intake",
    "importing",
    "storage",
    "objects",
    "mail",
    "threads",
    "smtp",
    "imap",
    "embedding",
    "memory",
    "api",
    "web",
    "retrieval",
    "search",
)
SIZED = ("search",)
LONG = ("growth", "intake_faults", "whole", "lighthouse")  # run by name only
RESULTS = Path(__file__).with_name("results")


def main(names: list[str], size: int | None = None) -> int:
    """Run each benchmark's `run()`, with a size those that take one; 2 when a name is unknown, 1 when one fails."""
    unknown = [name for name in names if name not in (*NAMES, *LONG)]
    if unknown:
        print(f"no benchmark {unknown[0]}; there are {', '.join((*NAMES, *LONG))}", file=sys.stderr)
        return 2
    RESULTS.mkdir(exist_ok=True)
    failed = 0
    for name in names or NAMES:
        print(f"\n{name}")
        try:
            sized = {"size": size} if size is not None and name in SIZED else {}
            result = importlib.import_module(f"bench.{name}").run(**sized)
        except Exception as error:  # noqa: BLE001 - one benchmark must not hide the others
            print(f"  failed: {type(error).__name__}: {error}")
            failed = 1
            continue
        machine = {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()}
        load = os.getloadavg()[0]
        (RESULTS / f"{name}.json").write_text(
            json.dumps({**result, "machine": machine, "load": load}, indent=2)
        )
        for measure, value in result.items():
            shown = f"{value:,.2f}" if isinstance(value, float) else value
            print(f"  {measure:<58} {shown}")
    return failed


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if not one.startswith("--size=")]
    sizes = [int(one.removeprefix("--size=")) for one in sys.argv[1:] if one.startswith("--size=")]
    sys.exit(main(given, *sizes[:1]))
