"""What a snapshot sees, and that a ledger never calls a value fresh that misses a change it was told."""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from posthus.cache.snapshot import Change, Ledger, Snapshot, Topic

TOPICS = [
    Topic(1, "conversations"),
    Topic(1, "conversation/1"),
    Topic(2, "conversations"),
    Topic(2, "contacts"),
]


def test_a_snapshot_reads_as_postgres_writes_it() -> None:
    snapshot = Snapshot.parse("10:20:10,14,15")
    assert snapshot == Snapshot(10, 20, frozenset({10, 14, 15}))
    assert str(snapshot) == "10:20:10,14,15"
    assert str(Snapshot.parse("7:7:")) == "7:7:"


def test_a_snapshot_sees_what_was_finished_before_it() -> None:
    snapshot = Snapshot.parse("10:20:10,14")
    assert [xid for xid in range(8, 23) if snapshot.sees(xid)] == [8, 9, 11, 12, 13, 15, 16, 17, 18, 19]


def test_a_value_loaded_before_a_late_commit_is_refused_after_it() -> None:
    ledger = Ledger()
    ledger.restart(Snapshot.parse("5:8:5"), [])
    stamp = Snapshot.parse("5:9:5")
    assert ledger.fresh(stamp, [TOPICS[0]])
    assert ledger.advance(Snapshot.parse("9:9:"), [Change(TOPICS[0], 5)]) == [Change(TOPICS[0], 5)]
    assert not ledger.fresh(stamp, [TOPICS[0]])
    assert ledger.fresh(stamp, [TOPICS[1]])
    assert ledger.fresh(Snapshot.parse("9:9:"), [TOPICS[0]])


@dataclass
class Transaction:
    """One writer of the model: what it changed, and its fate."""

    xid: int
    topics: set[Topic] = field(default_factory=set)
    committed: bool = False


@dataclass
class Remembered:
    """A value as the model knows it: which committed transactions it contains."""

    stamp: Snapshot
    topic: Topic
    contains: frozenset[int]


class Model(RuleBasedStateMachine):
    """A database that hands out xids and commits in any order, a ledger that polls it, and values read from it.

    Found here when put in on purpose: xids compared with the highest known one only; `<=` for `<` at xmin;
    changes of a poll taken from xmax instead of xmin; forgetting topics without raising the floor.
    """

    transactions = Bundle("transactions")
    values = Bundle("values")

    @initialize()
    def begin(self) -> None:
        self.next_xid = 3
        self.running: dict[int, Transaction] = {}
        self.committed: list[Transaction] = []
        self.known: frozenset[int] = frozenset()
        self.delivered: list[tuple[int, Topic]] = []
        self.ledger = Ledger(topics=2)
        self.ledger.restart(self.snapshot(), [])
        self.loaded: list[Remembered] = []

    def snapshot(self) -> Snapshot:
        xmin = min(self.running, default=self.next_xid)
        return Snapshot(xmin, self.next_xid, frozenset(self.running))

    @rule(target=transactions)
    def begin_writing(self) -> Transaction:
        return self.start()

    def start(self) -> Transaction:
        transaction = Transaction(self.next_xid)
        self.next_xid += 1
        self.running[transaction.xid] = transaction
        return transaction

    @rule(transaction=transactions, topic=st.sampled_from(TOPICS))
    def change(self, transaction: Transaction, topic: Topic) -> None:
        if transaction.xid in self.running:
            transaction.topics.add(topic)

    @rule(transaction=transactions, commits=st.booleans())
    def end_writing(self, transaction: Transaction, commits: bool) -> None:
        self.finish(transaction, commits=commits)

    def finish(self, transaction: Transaction, commits: bool) -> None:
        if self.running.pop(transaction.xid, None) is not None and commits:
            transaction.committed = True
            self.committed.append(transaction)

    @rule(topics=st.lists(st.sampled_from(TOPICS), min_size=1, max_size=3))
    def write_at_once(self, topics: list[Topic]) -> None:
        for topic in topics:
            transaction = self.start()
            transaction.topics.add(topic)
            self.finish(transaction, commits=True)
            self.poll()

    @rule()
    def ask(self) -> None:
        self.poll()

    def poll(self) -> None:
        before, now = self.ledger.snapshot, self.snapshot()
        assert before is not None
        rows = [
            Change(topic, one.xid)
            for one in self.committed
            if one.xid >= before.xmin
            for topic in sorted(one.topics)
        ]
        for change in self.ledger.advance(now, rows):
            self.delivered.append((change.xid, change.topic))
        self.known = frozenset(one.xid for one in self.committed)

    @rule(target=values, topic=st.sampled_from(TOPICS))
    def load(self, topic: Topic) -> Remembered:
        contains = frozenset(one.xid for one in self.committed if topic in one.topics)
        value = Remembered(self.snapshot(), topic, contains)
        self.loaded.append(value)
        return value

    @rule(value=values)
    def serve(self, value: Remembered) -> None:
        if self.ledger.fresh(value.stamp, [value.topic]):
            must = {one.xid for one in self.committed if value.topic in one.topics and one.xid in self.known}
            assert must <= value.contains

    @rule(topic=st.sampled_from(TOPICS))
    def what_was_just_loaded_can_be_served(self, topic: Topic) -> None:
        self.poll()
        assert self.ledger.fresh(self.snapshot(), [topic])

    @invariant()
    def every_known_change_was_delivered_once(self) -> None:
        due = [(one.xid, topic) for one in self.committed if one.xid in self.known for topic in one.topics]
        assert sorted(self.delivered) == sorted(due)


Model.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestLedger = Model.TestCase
