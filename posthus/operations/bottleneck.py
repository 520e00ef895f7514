"""One sentence that names what everything waits for, stage and resource, and what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Literal

from posthus.operations.load import Load
from posthus.operations.status import StageStatus

Language = Literal["da", "en"]
Cause = Literal["nobody", "failing", "turns", "processor", "model", "workers"]
QUIET_BACKLOG = 20  # what passes through within a breath is no queue
FULL = 0.85  # of the processor, above which another worker would only share it
IDLE = 0.5  # of its workers' time, below which something else keeps a stage from working

_WORK = {
    "da": {"file": "sortering", "link": "samling i samtaler", "embed": "indeksering efter betydning"},
    "en": {"file": "filing", "link": "joining into conversations", "embed": "indexing by meaning"},
}
_ADVICE: Mapping[Language, Mapping[Cause, str]] = {
    "da": {
        "nobody": "Ingen worker udfører dette trin; start en med posthus run worker.",
        "failing": "Det meste er mislykket og prøves igen; se fejlen med posthus buried list og i loggen.",
        "turns": "Dets workers har kun travlt {busy} af tiden; noget andet holder dem tilbage: se i loggen, om databasen svarer.",
        "processor": "Processoren er grænsen ({processor}): flere kerner eller en maskine mere hjælper, flere workers her gør ikke.",
        "model": "Søgning på ord virker allerede; flere kerner eller en ekstern model (POSTHUS_EMBEDDER) gør det hurtigere.",
        "workers": "Dets workers har travlt {busy} af tiden; en mere (posthus up --workers N, eller posthus run worker) giver omkring {gain} mere i sekundet.",
    },
    "en": {
        "nobody": "No worker does this stage; start one with posthus run worker.",
        "failing": "Most of it has failed and is tried again; posthus buried list and the log show the error.",
        "turns": "Its workers are busy only {busy} of the time; something else holds them up: see in the log whether the database answers.",
        "processor": "The processor is the limit ({processor}): more cores or one more machine help, more workers here do not.",
        "model": "Search by words already works; more cores or a remote model (POSTHUS_EMBEDDER) make it faster.",
        "workers": "Its workers are busy {busy} of the time; one more (posthus up --workers N, or posthus run worker) does about {gain} more a second.",
    },
}
_NOTHING = {
    "da": "Intet venter: alt hvad der er modtaget, er sorteret og kan findes.",
    "en": "Nothing waits: everything received is sorted and can be found.",
}
_SPOOLED = {
    "da": "Databasen svarer ikke, eller er lige kommet igen: {count} hændelser er gemt på disken og sorteres, når den svarer. Se efter databasen.",
    "en": "The database is away or has just come back: {count} events are kept on disk and are sorted once it answers. See to the database.",
}


def bottleneck(stages: Sequence[StageStatus], load: Load, language: Language) -> str:
    """What everything waits for, in words; a calm sentence when nothing does."""
    if load.spool_events:
        return _SPOOLED[language].format(count=load.spool_events)
    waiting = [stage for stage in stages if stage.backlog + stage.retrying > QUIET_BACKLOG]
    if not waiting:
        return _NOTHING[language]
    worst = max(
        waiting,
        key=lambda stage: (stage.seconds_to_drain is None, stage.seconds_to_drain or 0.0, stage.backlog),
    )
    advice = _ADVICE[language][cause(worst, load)].format(
        busy=_percent(load.busy.get(worst.stage, 0.0), language),
        processor=_percent(load.processor or 0.0, language),
        gain=_rate(worst.out_rate / max(1, worst.workers), language),
    )
    return f"{_queue(worst, language)} {advice}"


def cause(stage: StageStatus, load: Load) -> Cause:
    """What keeps the stage from being quicker."""
    if stage.workers == 0:
        return "nobody"
    if stage.retrying > stage.backlog:
        return "failing"
    # Where nobody has told yet how busy it is, nothing speaks against more workers.
    if load.busy.get(stage.stage, 1.0) < IDLE:
        return "turns"
    if stage.stage == "embed":
        return "model"
    return "processor" if load.processor is not None and load.processor >= FULL else "workers"


def _queue(stage: StageStatus, language: Language) -> str:
    work = _WORK[language].get(stage.stage, stage.stage)
    count, rate = stage.backlog + stage.retrying, _rate(stage.out_rate, language)
    left = "" if stage.seconds_to_drain is None else _time(stage.seconds_to_drain, language)
    if language == "da":
        time = f", færdig om ca. {left}" if left else ""
        return f"Der ventes på {work}: {count} i kø, {rate} i sekundet{time}."
    time = f", done in about {left}" if left else ""
    return f"Everything waits for {work}: {count} queued, {rate} a second{time}."


def _rate(rate: float, language: Language) -> str:
    text = f"{rate:.1f}"
    return text.replace(".", ",") if language == "da" else text


def _percent(share: float, language: Language) -> str:
    return f"{share:.0%}".replace("%", "\u00a0%") if language == "da" else f"{share:.0%}"


def _time(seconds: float, language: Language) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return f"{minutes} min"
    return f"{round(minutes / 60)} {'timer' if language == 'da' else 'hours'}"
