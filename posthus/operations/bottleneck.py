"""One sentence that names what everything waits for, and what to do about it."""

from collections.abc import Sequence
from typing import Literal

from posthus.operations.status import StageStatus

Language = Literal["da", "en"]
QUIET_BACKLOG = 20  # what passes through within a breath is no queue

_WORK = {
    "da": {"file": "sortering", "link": "samling i samtaler", "embed": "indeksering efter betydning"},
    "en": {"file": "filing", "link": "joining into conversations", "embed": "indexing by meaning"},
}
_ADVICE = {
    "da": {
        "embed": "Søgning på ord virker allerede; flere kerner eller en ekstern model (POSTHUS_EMBEDDER) gør det hurtigere.",
        "other": "Start flere workers (posthus up --workers N, eller posthus run worker på en maskine mere).",
        "none": "Ingen worker udfører dette trin; start en med posthus run worker.",
    },
    "en": {
        "embed": "Search by words already works; more cores or a remote model (POSTHUS_EMBEDDER) make it faster.",
        "other": "Start more workers (posthus up --workers N, or posthus run worker on one more machine).",
        "none": "No worker does this stage; start one with posthus run worker.",
    },
}
_NOTHING = {
    "da": "Intet venter: alt hvad der er modtaget, er sorteret og kan findes.",
    "en": "Nothing waits: everything received is sorted and can be found.",
}


def bottleneck(stages: Sequence[StageStatus], language: Language) -> str:
    """The stage with the longest queue in time, in words; a calm sentence when there is none."""
    waiting = [stage for stage in stages if stage.backlog + stage.retrying > QUIET_BACKLOG]
    if not waiting:
        return _NOTHING[language]
    worst = max(
        waiting,
        key=lambda stage: (stage.seconds_to_drain is None, stage.seconds_to_drain or 0.0, stage.backlog),
    )
    advice = _ADVICE[language][
        "none" if worst.workers == 0 else "embed" if worst.stage == "embed" else "other"
    ]
    return f"{_queue(worst, language)} {advice}"


def _queue(stage: StageStatus, language: Language) -> str:
    work = _WORK[language].get(stage.stage, stage.stage)
    count = stage.backlog + stage.retrying
    if language == "da":
        time = (
            ""
            if stage.seconds_to_drain is None
            else f", færdig om ca. {_time(stage.seconds_to_drain, language)}"
        )
        return f"Der ventes på {work}: {count} i kø, {stage.out_rate:.1f} i sekundet{time}."
    time = (
        "" if stage.seconds_to_drain is None else f", done in about {_time(stage.seconds_to_drain, language)}"
    )
    return f"Everything waits for {work}: {count} queued, {stage.out_rate:.1f} a second{time}."


def _time(seconds: float, language: Language) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return f"{minutes} min"
    return f"{round(minutes / 60)} {'timer' if language == 'da' else 'hours'}"
