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
    "embedding",
    "memory",
    "api",
    "web",
    "retrieval",
)
LONG = ("growth", "intake_faults", "whole")  # run by name only
RESULTS = Path(__file__).with_name("results")


def main(names: list[str]) -> int:
    """Run each benchmark's `run()`; 2 when a name is unknown, 1 when one fails."""
    unknown = [name for name in names if name not in (*NAMES, *LONG)]
    if unknown:
        print(f"no benchmark {unknown[0]}; there are {', '.join((*NAMES, *LONG))}", file=sys.stderr)
        return 2
    RESULTS.mkdir(exist_ok=True)
    failed = 0
    for name in names or NAMES:
        print(f"\n{name}")
        try:
            result = importlib.import_module(f"bench.{name}").run()
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
    sys.exit(main(sys.argv[1:]))
