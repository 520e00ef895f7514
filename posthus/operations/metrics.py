"""The numbers as Prometheus reads them (text format 0.0.4)."""

from collections.abc import Callable, Iterable, Sequence

import orjson

from posthus.operations.status import RunningProcess, SourceCounts, StageStatus

_STAGE_FAMILIES: Sequence[tuple[str, str, Callable[[StageStatus], float]]] = (
    ("backlog", "Items that wait", lambda stage: stage.backlog),
    ("oldest_seconds", "Age of the oldest that waits", lambda stage: stage.oldest_seconds),
    ("in_rate", "Items that come a second", lambda stage: stage.in_rate),
    ("out_rate", "Items that are done a second", lambda stage: stage.out_rate),
    ("workers", "Workers", lambda stage: stage.workers),
    ("retrying", "Failed items that are tried again", lambda stage: stage.retrying),
    ("buried", "Items that kept failing", lambda stage: stage.buried),
)
_SOURCE_FAMILIES: Sequence[tuple[str, str, Callable[[SourceCounts], float]]] = (
    ("events", "Events stored", lambda source: source.stored),
    ("filed", "Events filed", lambda source: source.filed),
    ("indexed", "Messages indexed", lambda source: source.indexed),
)
_PROCESS_FAMILIES: Sequence[tuple[str, str, Callable[[RunningProcess], float]]] = (
    ("memory_bytes", "Resident memory", lambda process: process.memory_bytes),
    ("processor", "Cores in use", lambda process: process.processor),
)


def render(
    stages: Sequence[StageStatus], sources: Sequence[SourceCounts], processes: Sequence[RunningProcess]
) -> str:
    """Every number with its help and type, one family after the other."""
    families = [
        *(
            _family(f"posthus_stage_{name}", "gauge", text, [({"stage": s.stage}, value(s)) for s in stages])
            for name, text, value in _STAGE_FAMILIES
        ),
        *(
            _family(f"posthus_source_{name}", "counter", text, [(_from(s), value(s)) for s in sources])
            for name, text, value in _SOURCE_FAMILIES
        ),
        *(
            _family(f"posthus_process_{name}", "gauge", text, [(_in(p), value(p)) for p in processes])
            for name, text, value in _PROCESS_FAMILIES
        ),
        _family("posthus_counted", "gauge", "Counted in the last five seconds", list(_meters(processes))),
    ]
    return "".join(families)


def _from(source: SourceCounts) -> dict[str, str]:
    return {"source": str(source.id), "kind": source.kind}


def _in(process: RunningProcess) -> dict[str, str]:
    return {"host": process.host, "pid": str(process.pid), "role": process.role}


def _meters(processes: Sequence[RunningProcess]) -> Iterable[tuple[dict[str, str], float]]:
    for process in processes:
        labels = _in(process)
        for name, value in orjson.loads(process.meters).items():
            yield {**labels, "name": name}, float(value)


def _family(name: str, kind: str, text: str, values: Sequence[tuple[dict[str, str], float]]) -> str:
    lines = [f"# HELP {name} {text}.", f"# TYPE {name} {kind}"]
    for labels, value in values:
        written = ",".join(f'{label}="{_escaped(content)}"' for label, content in labels.items())
        lines.append(f"{name}{{{written}}} {value:g}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
