"""What people split and merge by hand stays so: through later mail in any order, linking again, and until undone."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posthus.conversations.regroup import Regrouped, RegroupError, merge, split, undo
from posthus.database.pool import Database, Identity
from posthus.jobs import ConversationId, LinkMessage, MessageId
from tests.integration.conversations.conftest import Office, open_office
from tests.integration.conversations.test_linking import GRAPHS, descriptions, expected, homes, insert, link

Put = tuple[str, int]


@dataclass
class Plain:
    """The rule, the slow way: names of messages are their numbers, parts are ("thread", a message) or ("part", n)."""

    references: Sequence[Sequence[int]]
    order: dict[int, object]
    known: set[int] = field(default_factory=set)
    cuts: dict[int, Put] = field(default_factory=dict)
    ties: set[frozenset[Put]] = field(default_factory=set)
    parts: int = 0

    def thread(self, message: int) -> Put:
        numbers = sorted(self.known)
        for group in expected([self.references[number] for number in numbers]):
            names = {numbers[index] for index in group}
            if message in names:
                return ("thread", min(names))
        raise AssertionError(message)

    def parent(self, message: int) -> int | None:
        for reference in reversed(self.references[message][1:]):
            if reference == self.references[message][0]:
                continue
            named = [one for one in self.known if self.references[one][0] == reference]
            if named:
                return min(named, key=lambda one: str(self.order[one]))
        return None

    def part(self, message: int) -> Put:
        at: int | None = message
        seen: set[int] = set()
        while at is not None and at not in seen:
            if at in self.cuts:
                kind, number = self.cuts[at]
                return self.thread(number) if kind == "thread" else (kind, number)
            seen.add(at)
            at = self.parent(at)
        return self.thread(message)

    def partition(self) -> set[frozenset[int]]:
        ties = {
            frozenset(self.thread(number) if kind == "thread" else (kind, number) for kind, number in tie)
            for tie in self.ties
        }
        groups = [({self.part(message)}, {message}) for message in self.known]
        groups += [(set(tie), set()) for tie in ties]
        merged: list[tuple[set[Put], set[int]]] = []
        for parts, messages in groups:
            for other in [other for other in merged if other[0] & parts]:
                merged.remove(other)
                parts, messages = parts | other[0], messages | other[1]
            merged.append((parts, messages))
        return {frozenset(messages) for _, messages in merged if messages}

    def split(self, chosen: set[int]) -> None:
        before = {message: self.part(message) for message in self.known}
        self.parts += 1
        part = ("part", self.parts)
        kept = dict(self.cuts)
        self.cuts |= dict.fromkeys(chosen, part)
        moved = {one for one in self.known - chosen if self.part(one) != before[one]}
        self.cuts = kept | dict.fromkeys(chosen, part)
        for one in moved:
            self.cuts[one] = ("thread", one) if before[one][0] == "thread" else before[one]


class Desk:
    """A workspace whose messages are numbers, beside the plain rule."""

    def __init__(self, database: Database, references: Sequence[Sequence[int]]) -> None:
        self.office = open_office(database)
        self.jobs = insert(self.office, references)
        self.plain = Plain(references, {number: job.message_id for number, job in enumerate(self.jobs)})
        self.number_of: dict[object, int] = {job.message_id: number for number, job in enumerate(self.jobs)}
        self.seen: set[object] = set()

    def take_in(self, numbers: Sequence[int], size: int = 500, workers: int = 1) -> None:
        link(self.office, [self.jobs[number] for number in numbers], size, workers)
        self.plain.known |= set(numbers)
        self.seen |= set(homes(self.office).values())

    def home(self, number: int) -> ConversationId:
        return ConversationId(int(str(homes(self.office)[self.jobs[number].message_id])))

    def partition(self) -> set[frozenset[int]]:
        found: dict[object, set[int]] = {}
        for message, conversation in homes(self.office).items():
            found.setdefault(conversation, set()).add(self.number_of[message])
        return {frozenset(numbers) for numbers in found.values()}

    def split(self, chosen: Sequence[int]) -> Regrouped:
        ids = [self.jobs[number].message_id for number in chosen]
        with self.office.database.transaction() as connection:
            done = split(connection, self.office.workspace_id, self.home(chosen[0]), ids)
        self.plain.split(set(chosen))
        return done

    def merge(self, one: int, other: int) -> Regrouped:
        with self.office.database.transaction() as connection:
            done = merge(connection, self.office.workspace_id, self.home(one), [self.home(other)])
        self.plain.ties.add(frozenset({self.plain.part(one), self.plain.part(other)}))
        return done

    def undo(self, done: Regrouped) -> ConversationId:
        stored = Regrouped(**orjson.loads(orjson.dumps(asdict(done))))
        with self.office.database.transaction() as connection:
            return undo(connection, self.office.workspace_id, stored)

    def check(self) -> None:
        """Numbers once shown lead to a conversation, rows are what their messages say, and nothing is empty."""
        shown = set(homes(self.office).values())
        rows = self.ask("select id, message_count from posthus.conversation where workspace_id = %s")
        existing = {row[0] for row in rows}
        led = self.ask(
            "select old_id, conversation_id from posthus.conversation_alias where workspace_id = %s"
        )
        aliases = {row[0]: row[1] for row in led}
        assert existing == shown
        assert not set(aliases) & shown
        for number in self.seen:
            assert aliases.get(number, number) in shown, "an old number leads nowhere"
        assert sum(int(str(count)) for _, count in rows) == len(homes(self.office))

    def ask(self, query: str) -> list[tuple[object, ...]]:
        return self.office.ask(query, self.office.workspace_id)


STEPS = st.lists(
    st.tuples(st.sampled_from(["split", "merge", "mail", "undo"]), st.integers(0, 10_000)),
    min_size=1,
    max_size=8,
)


@given(references=GRAPHS, steps=STEPS, seed=st.integers(0, 1000))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_decisions_outlive_mail_in_any_order_and_linking_again(
    database: Database, references: list[list[int]], steps: list[tuple[str, int]], seed: int
) -> None:
    rng = random.Random(seed)
    desk = Desk(database, references)
    waiting = list(range(len(references)))
    rng.shuffle(waiting)
    first, waiting = waiting[: len(waiting) // 2 + 1], waiting[len(waiting) // 2 + 1 :]
    desk.take_in(first, rng.randint(1, 9))
    done: list[tuple[Regrouped, Plain]] = []
    for step, choice in steps:
        take_step(desk, step, random.Random(choice), waiting, done)
        assert desk.partition() == desk.plain.partition(), step
        desk.check()
    if waiting:
        desk.take_in(waiting, rng.randint(1, 9), 2)
    again = rng.sample(range(len(references)), len(references))
    desk.take_in(again, rng.randint(1, 9), 2)
    assert desk.partition() == desk.plain.partition()
    desk.check()


def take_step(
    desk: Desk,
    step: str,
    rng: random.Random,
    waiting: list[int],
    done: list[tuple[Regrouped, Plain]],
) -> None:
    plain = desk.plain
    groups = sorted(sorted(group) for group in desk.partition())
    before = Plain(plain.references, plain.order, plain.known, dict(plain.cuts), set(plain.ties), plain.parts)
    large = [group for group in groups if len(group) > 1]
    if step == "mail" and waiting:
        desk.take_in([waiting.pop()])
    elif step == "split" and large:
        group = rng.choice(large)
        done.append((desk.split(rng.sample(group, rng.randint(1, len(group) - 1))), before))
    elif step == "merge" and len(groups) > 1:
        one, other = rng.sample(groups, 2)
        done.append((desk.merge(one[0], other[0]), before))
    elif step == "undo" and done:
        what, before = done.pop()
        desk.undo(what)
        plain.cuts, plain.ties = before.cuts, before.ties


@given(references=GRAPHS, steps=STEPS, seed=st.integers(0, 1000))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_in_any_order_twice_leaves_only_what_ids_say(
    database: Database, references: list[list[int]], steps: list[tuple[str, int]], seed: int
) -> None:
    desk = Desk(database, references)
    desk.take_in(range(len(references)))
    done: list[tuple[Regrouped, Plain]] = []
    for step, choice in steps:
        take_step(desk, step if step != "undo" else "merge", random.Random(choice), [], done)
    for what, _ in random.Random(seed).sample(done * 2, len(done) * 2):
        desk.undo(what)
        desk.check()
    assert desk.partition() == expected(references)
    assert not desk.ask("select 1 from posthus.conversation_tie where workspace_id = %s")


def test_answers_to_what_was_split_off_go_with_it(office: Office) -> None:
    desk = Desk(office.database, [[1], [2, 1], [3, 1, 2], [4, 1], [5, 1, 2, 3]])
    desk.take_in([0, 1, 2])
    done = desk.split([1])
    assert desk.partition() == {frozenset({0, 2}), frozenset({1})}
    desk.take_in([4, 3])
    assert desk.partition() == {frozenset({0, 2, 3, 4}), frozenset({1})}
    desk.undo(done)
    assert desk.partition() == {frozenset(range(5))}


def test_a_merge_undone_is_as_it_was_before(office: Office) -> None:
    desk = Desk(office.database, [[1], [2], [3, 1]])
    desk.take_in([0, 1])
    office.ask("update posthus.conversation set status = 'closed', unread = false returning 1")
    homes_before = (desk.home(0), desk.home(1))
    office.ask("update posthus.conversation set status = 'open' where id = %s returning 1", max(homes_before))
    office.ask("update posthus.conversation set tag_ids = array[id] where id > 0 returning 1")
    before = descriptions(desk.office)
    done = desk.merge(1, 0)
    assert office.ask("select tag_ids from posthus.conversation") == [(sorted(homes_before),)]
    assert done.conversation_id == min(homes_before) == desk.home(0) == desk.home(1)
    assert office.ask("select status from posthus.conversation") == [("open",)]
    assert desk.undo(done) == min(homes_before)
    assert (desk.home(0), desk.home(1)) == homes_before
    assert descriptions(desk.office) == before
    assert office.ask("select tag_ids from posthus.conversation where id = %s", max(homes_before)) == [
        ([max(homes_before)],)
    ]


def test_a_split_takes_what_people_decided_along(office: Office) -> None:
    desk = Desk(office.database, [[1], [2, 1]])
    desk.take_in([0, 1])
    office.ask("update posthus.conversation set status = 'closed', unread = false returning 1")
    desk.split([1])
    assert office.ask("select status, unread, message_count from posthus.conversation") == [
        ("closed", False, 1),
        ("closed", False, 1),
    ]


def refused(desk: Desk, jobs: Sequence[LinkMessage], conversation: int) -> str:
    with pytest.raises(RegroupError) as error, desk.office.database.transaction() as connection:
        split(
            connection,
            desk.office.workspace_id,
            ConversationId(conversation),
            [job.message_id for job in jobs],
        )
    return str(error.value)


def test_what_makes_no_sense_is_refused(office: Office) -> None:
    desk = Desk(office.database, [[1], [2, 1], [3]])
    desk.take_in([0, 1, 2])
    home = desk.home(0)
    assert refused(desk, desk.jobs[:2], home) == "one message at least must stay"
    assert refused(desk, desk.jobs[2:], home) == "choose messages of this conversation"
    assert refused(desk, [], home) == "choose messages of this conversation"
    assert refused(desk, desk.jobs[:1], 10**9) == "there is no conversation 1000000000"
    stranger = open_office(office.database)
    with pytest.raises(RegroupError), office.database.transaction() as connection:
        split(connection, stranger.workspace_id, home, [MessageId(desk.jobs[0].message_id)])
    with pytest.raises(RegroupError), office.database.transaction() as connection:
        merge(connection, desk.office.workspace_id, home, [home])


def test_a_member_may_regroup_under_row_level_security(office: Office) -> None:
    desk = Desk(office.database, [[1], [2, 1], [3]])
    desk.take_in([0, 1, 2])
    [(member,)] = desk.office.ask(
        "insert into posthus.member (workspace_id, email, name, role) values (%s, 'a@os.example', 'A', 'agent')"
        " returning id",
        desk.office.workspace_id,
    )
    workspace, identity = desk.office.workspace_id, Identity(member_id=int(str(member)))
    with office.database.transaction(identity) as connection:
        parted = split(connection, workspace, desk.home(0), [desk.jobs[1].message_id])
    with office.database.transaction(identity) as connection:
        merged = merge(connection, workspace, desk.home(1), [desk.home(2)])
    assert desk.partition() == {frozenset({0}), frozenset({1, 2})}
    with office.database.transaction(identity) as connection:
        undo(connection, workspace, merged)
        undo(connection, workspace, parted)
    assert desk.partition() == {frozenset({0, 1}), frozenset({2})}
