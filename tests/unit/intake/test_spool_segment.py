"""Whatever happens to a spool's bytes: nothing raises, nothing undamaged is lost, nothing is invented."""

from dataclasses import fields
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from posthus.intake.inbox import NewEvent
from posthus.intake.spool_segment import frame, payload_of, record, scan
from posthus.jobs import EventId, SourceId, WorkspaceId

SALT = bytes(range(16))


def another(content: bytes) -> bytes:
    """A frame as another segment has them."""
    return frame(b"other", 1, payload_of(NewEvent(WorkspaceId(1), SourceId(1), "mail", content)))


EVENTS = st.builds(
    NewEvent,
    workspace_id=st.integers(1, 9).map(WorkspaceId),
    source_id=st.integers(1, 9).map(SourceId),
    kind=st.sampled_from(["webhook", "mail"]),
    # A body may hold what looks like a frame, even a real one of another segment.
    body=st.binary(max_size=80) | st.binary(max_size=20).map(another),
    headers=st.dictionaries(st.text(max_size=5), st.text(st.characters(), max_size=8), max_size=3),
    envelope=st.dictionaries(
        st.text(max_size=5), st.text(max_size=8) | st.integers() | st.none(), max_size=3
    ),
    idempotency_key=st.none() | st.binary(min_size=1, max_size=64),
    permanent=st.booleans(),
    event_id=st.uuids(version=4).map(EventId),
)


def read(content: bytes) -> dict[int, NewEvent]:
    found = [record(content, place) for place in scan(SALT, content).frames]
    return {each.sequence: each.event for each in found if each is not None}


@given(st.lists(EVENTS, max_size=6))
def test_what_is_appended_is_read(events: list[NewEvent]) -> None:
    content = b"".join(frame(SALT, number, payload_of(event)) for number, event in enumerate(events))
    assert read(content) == dict(enumerate(events))
    assert scan(SALT, content).damaged_bytes == 0


def test_every_field_of_an_event_survives() -> None:
    event = NewEvent(
        WorkspaceId(3),
        SourceId(4),
        "mail",
        b"\0body",
        {"x-half": "\udce6"},
        {"peer": None, "all": ["a", {"b": 1.5}]},
        b"key",
        permanent=True,
        event_id=EventId(UUID(int=7)),
    )
    plain = NewEvent(WorkspaceId(1), SourceId(1), "webhook", b"")
    same = [each.name for each in fields(NewEvent) if getattr(event, each.name) == getattr(plain, each.name)]
    assert same == [], "give every field a value of its own here, so that none is left out of the spool"
    assert read(frame(SALT, 0, payload_of(event))) == {0: event}


@settings(max_examples=400)
@given(st.lists(EVENTS, min_size=1, max_size=5), st.data())
def test_any_damage_loses_only_what_it_touches(events: list[NewEvent], data: st.DataObject) -> None:
    frames = [frame(SALT, number, payload_of(event)) for number, event in enumerate(events)]
    content = bytearray(b"".join(frames))
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start, min(len(content), start + 60)))
    content[start:end] = data.draw(st.binary(max_size=60))
    found = read(bytes(content))
    assert all(found[number] == events[number] for number in found), "nothing is invented"
    at = 0
    for number, each in enumerate(frames):
        if at + len(each) <= start or at >= end:
            assert number in found, "an undamaged record is lost"
        at += len(each)


@given(st.lists(EVENTS, min_size=1, max_size=5), st.data())
def test_a_torn_tail_loses_only_the_last(events: list[NewEvent], data: st.DataObject) -> None:
    frames = [frame(SALT, number, payload_of(event)) for number, event in enumerate(events)]
    whole = b"".join(frames[:-1])
    torn = frames[-1][: data.draw(st.integers(0, len(frames[-1]) - 1))]
    assert read(whole + torn) == dict(enumerate(events[:-1]))
    assert scan(SALT, whole + torn).damaged_bytes == len(torn)


@given(st.lists(EVENTS, max_size=5), st.data())
def test_reordered_and_repeated_blocks_are_read_once_in_order(
    events: list[NewEvent], data: st.DataObject
) -> None:
    frames = [frame(SALT, number, payload_of(event)) for number, event in enumerate(events)]
    shuffled = data.draw(st.permutations(frames * 2))
    assert list(read(b"".join(shuffled)).items()) == list(enumerate(events))


@given(st.binary(max_size=300))
def test_rubbish_is_no_record(content: bytes) -> None:
    assert scan(SALT, content).frames == []
    assert scan(SALT, content).damaged_bytes == len(content)


@given(EVENTS)
def test_a_frame_of_another_segment_is_no_record(event: NewEvent) -> None:
    assert scan(SALT, frame(b"another", 0, payload_of(event))).frames == []
