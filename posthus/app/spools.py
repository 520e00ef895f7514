"""The spools of this machine: where they are, and what waits in them."""

from dataclasses import dataclass
from time import time

from posthus.app.settings import Settings
from posthus.intake.spool import SpoolLimits
from posthus.intake.spool_drain import survey
from posthus.operations.doctor import Finding

MEGABYTE = 1_000_000
LONG_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class SpoolsHere:
    """Bytes that were accepted and are not in the database yet, since when, and bytes a person must look at."""

    bytes: int
    oldest_seconds: float
    set_aside_bytes: int

    @property
    def sentence(self) -> str:
        """The same for people."""
        waiting = f"this machine's spool holds {self.bytes / MEGABYTE:.1f} MB"
        if self.bytes:
            waiting += f", the oldest for {self.oldest_seconds:.0f} s"
        return waiting + (f"; {self.set_aside_bytes} bytes were set aside" if self.set_aside_bytes else "")

    def finding(self) -> Finding:
        """The same for the doctor."""
        if self.set_aside_bytes:
            advice = (
                "look at the folder spool/set-aside: it holds what was damaged or what the database refused"
            )
        elif self.oldest_seconds > LONG_SECONDS:
            advice = "the database has been away for long, or no intake runs to store what waits"
        else:
            return Finding("spool", "fine", self.sentence)
        return Finding("spool", "warning", self.sentence, advice)


def spool_limits(settings: Settings) -> SpoolLimits:
    """Where this machine's processes keep what the database cannot take now."""
    return SpoolLimits(
        settings.data / "spool", settings.spool_mb * MEGABYTE, settings.spool_free_mb * MEGABYTE
    )


def spool_here(settings: Settings) -> SpoolsHere:
    """What waits in the spools under the data folder."""
    waiting, set_aside = survey(spool_limits(settings).root)
    return SpoolsHere(waiting.size, time() - waiting.since if waiting.since else 0.0, set_aside)
