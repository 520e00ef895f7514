"""What is in the spool is on the disk; what cannot be is refused; what a dead process left is found."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from posthus.intake.inbox import NewEvent
from posthus.intake.spool import SEGMENTS, Spool, SpoolFullError, SpoolLimits, orphans, used_bytes
from posthus.intake.spool_drain import events_of, survey
from posthus.jobs import SourceId, WorkspaceId


def event(number: int, size: int = 10) -> NewEvent:
    return NewEvent(WorkspaceId(1), SourceId(1), "webhook", b"%d " % number + b"x" * size)


def limits(root: Path, largest: int = 10_000_000, segment: int = 1_000_000) -> SpoolLimits:
    return SpoolLimits(root / "spool", largest, 0, segment)


def kept(root: Path) -> list[NewEvent]:
    return [each for path in sorted(root.rglob(SEGMENTS)) for each in events_of(path)]


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(limits(tmp_path, segment=2_000))
    yield made
    made.close()


def test_events_are_kept_in_order_over_several_segments(spool: Spool, tmp_path: Path) -> None:
    assert not any(tmp_path.iterdir())
    groups = [[event(each * 10 + one, 300) for one in range(3)] for each in range(5)]
    for group in groups:
        spool.append(group)
    everything = [one for group in groups for one in group]
    assert kept(tmp_path) == everything
    assert len(spool.sealed()) > 1
    level = spool.level()
    assert level.events == 15
    assert level.size == sum(path.stat().st_size for path in tmp_path.rglob(SEGMENTS))
    assert level.since == pytest.approx((everything[0].event_id.int >> 80) / 1000)


def test_a_spool_that_was_stored_leaves_nothing_behind(spool: Spool, tmp_path: Path) -> None:
    spool.append([event(1)])
    for path in spool.sealed():
        path.unlink()
        spool.forget(path)
    assert spool.level() == (0, 0, 0.0)
    spool.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_the_limit_counts_every_spool_and_is_never_passed(tmp_path: Path) -> None:
    one, other = Spool(limits(tmp_path, largest=5_000)), Spool(limits(tmp_path, largest=5_000))
    one.append([event(1, 3_000)])
    assert other.refusal() is None
    with pytest.raises(SpoolFullError, match="its limit"):
        other.append([event(2, 3_000)])
    other.append([event(3, 500)])
    assert {each.body[:1] for each in kept(tmp_path)} == {b"1", b"3"}
    assert used_bytes(tmp_path) <= 5_000
    one.close()
    other.close()


def test_the_disk_keeps_what_must_stay_free(tmp_path: Path) -> None:
    disk = os.statvfs(tmp_path)
    greedy = SpoolLimits(tmp_path / "spool", 10**15, disk.f_blocks * disk.f_frsize + 1)
    spool = Spool(greedy)
    assert spool.refusal() == "too little of the disk is free"
    with pytest.raises(SpoolFullError, match="free"):
        spool.append([event(1)])
    assert not (tmp_path / "spool").exists()


def test_a_failed_sync_ends_the_segment_and_the_events_go_to_another(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.append([event(1)])
    really, failures = os.fdatasync, [OSError(errno.EIO, "broken disk")]

    def failing(handle: int) -> None:
        if failures:
            raise failures.pop()
        really(handle)

    monkeypatch.setattr(os, "fdatasync", failing)
    spool.append([event(2)])
    spool.append([event(3)])
    assert [each.body[:1] for each in kept(tmp_path)] == [b"1", b"2", b"3"]
    assert len(list(tmp_path.rglob(SEGMENTS))) == 2


def test_a_disk_that_takes_nothing_is_said_and_recovers(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.append([event(1)])
    with monkeypatch.context() as broken:

        def full(handle: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        broken.setattr(os, "fdatasync", full)
        for _ in range(3):
            with pytest.raises(SpoolFullError, match="No space left"):
                spool.append([event(2)])
    spool.append([event(3)])
    assert [each.body[:1] for each in kept(tmp_path)] == [b"1", b"3"]
    assert spool.level().events == 2


CHILD = """
import os, resource, signal, sys
from pathlib import Path
from tests.unit.intake.test_spool import event, limits
from posthus.intake.spool import Spool, SpoolFullError

root, mode = Path(sys.argv[1]), sys.argv[2]
if mode == "short":  # every file ends at 3,000 bytes, in the middle of a write
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
spool = Spool(limits(root))
for number in range(12):
    spool.append([event(number, 900)])
    print(number, flush=True)
if mode == "short":
    try:
        spool.append([event(99, 4000)])
    except SpoolFullError:
        print("full", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def child(root: Path, mode: str) -> list[str]:
    command = [sys.executable, "-c", CHILD, str(root), mode]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[3]
    )
    assert done.returncode == -9, done.stderr
    return done.stdout.split()


def test_writes_cut_short_by_the_system_lose_nothing_that_was_confirmed(tmp_path: Path) -> None:
    said = child(tmp_path, "short")
    assert said == [*map(str, range(12)), "full"]
    assert [int(each.body.split()[0]) for each in kept(tmp_path)] == list(range(12))


def test_what_a_killed_process_left_is_adopted_by_one_other(tmp_path: Path) -> None:
    child(tmp_path, "kill")
    root = limits(tmp_path).root
    waiting, aside = survey(root)
    assert waiting.size > 0
    assert aside == 0
    living = Spool(limits(tmp_path))
    living.append([event(50)])
    with orphans(root) as found:
        assert len(found) == 1
        assert found[0] != living.folder
        with orphans(root) as again:
            assert again == [], "an adopted folder has one owner"
        assert [int(each.body.split()[0]) for each in kept(found[0])] == list(range(12))
        for path in found[0].glob(SEGMENTS):
            path.unlink()
    assert not found[0].exists()
    living.close()
    with orphans(root) as found:
        assert len(found) == 1, "what a process could not store before it ended is an orphan too"
