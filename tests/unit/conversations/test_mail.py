"""Any bytes become a mail: torture sets, real lists, hostile input, and the standard library as second opinion."""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.mail_references import stalwart, synthetic
from posthus.conversations.mail import parse_mail
from posthus.conversations.mime import read_tree
from posthus.conversations.parsed import MAX_ADDRESSES, MAX_PARTS, MAX_RAW_BYTES, MAX_REFERENCES, ParsedMail
from tools.torture_table import PAGE, table

HEAD = b"Message-ID: <own@x.example>\r\nFrom: a@example.com\r\nSubject: "
# Of 107; the rest are U+FFFD in the reference, doubtful boundaries, and a raw NUL.
STALWART_FLOOR = 96


def check_storable(mail: ParsedMail) -> None:
    """Everything can be written to Postgres as text."""
    pieces = [
        mail.message_id,
        mail.subject,
        mail.text,
        mail.html or "",
        *mail.reference_ids,
        mail.list_id or "",
    ]
    pieces += [part for one in (*mail.to, *mail.cc, *mail.reply_to) for part in (one.name, one.address)]
    pieces += [
        part for one in mail.attachments for part in (one.name, one.content_type, one.content_id or "")
    ]
    for piece in pieces:
        assert "\x00" not in piece
        piece.encode()
    assert mail.reference_ids[0] == mail.message_id
    assert len(mail.reference_ids) <= MAX_REFERENCES
    assert all(one.name and "/" not in one.name and "\\" not in one.name for one in mail.attachments)


def mbox_messages(path: Path) -> Iterator[bytes]:
    """The messages of an mboxrd file."""
    for message in re.split(rb"(?:\A|(?<=\n))From [^\n]*\n", path.read_bytes())[1:]:
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", message)


def list_mail(shared_data: Path) -> Iterator[bytes]:
    """All real messages of the shared data."""
    lists = shared_data / "mail" / "lists"
    yield from mbox_messages(lists / "usrp-users-2020H1.mbox")
    for path in sorted((lists / "easy-ham-1").glob("*.eml")):
        yield path.read_bytes()


def stdlib_leaves(raw: bytes) -> list[tuple[str, bytes | None]]:
    """Type and undecoded body of each leaf as the standard library's tree has them."""
    leaves: list[tuple[str, bytes | None]] = []
    todo: list[Message] = [email.message_from_bytes(raw, policy=email.policy.compat32)]
    while todo:
        part = todo.pop()
        content: object = part._payload  # type: ignore[attr-defined]
        if isinstance(content, list) and part.get_content_maintype() == "multipart":
            todo.extend(reversed(content))
        elif isinstance(content, str):
            leaves.append((part.get_content_type(), content.encode("ascii", "surrogateescape").strip()))
        else:
            leaves.append((part.get_content_type(), None))
    return leaves


def test_real_lists_are_read_whole(shared_data: Path) -> None:
    count = lost = replaced = 0
    for raw in list_mail(shared_data):
        mail = parse_mail(raw)
        check_storable(mail)
        count += 1
        lost += not mail.text.strip()
        replaced += "\ufffd" in mail.text + mail.subject
    assert count == 3_372
    assert (lost, replaced) == (0, 0)


def test_the_tree_equals_the_standard_librarys_on_real_lists(shared_data: Path) -> None:
    for raw in list_mail(shared_data):
        ours = [(part.content_type, part.body.strip()) for part in read_tree(raw).leaves]
        theirs = stdlib_leaves(raw)
        assert [kind for kind, _ in ours] == [kind for kind, _ in theirs]
        assert all(body is None or body == own for (_, own), (_, body) in zip(ours, theirs, strict=True))


def test_no_torture_message_raises(shared_data: Path) -> None:
    paths = [path for path in (shared_data / "mail" / "torture").rglob("*") if path.is_file()]
    assert len(paths) > 1_000
    for path in paths:
        check_storable(parse_mail(path.read_bytes()))


def test_synthetic_torture_is_read_right(shared_data: Path) -> None:
    cases = synthetic(shared_data / "mail" / "torture")
    assert len(cases) == 130
    assert [case for case in cases if case.missed] == []


def test_stalwarts_expectations(shared_data: Path) -> None:
    cases = stalwart(shared_data / "mail" / "torture")
    assert sum(not case.missed for case in cases) >= STALWART_FLOOR


def test_the_table_of_hostile_mail_is_what_is_read(shared_data: Path) -> None:
    assert table(shared_data / "mail" / "torture") == PAGE.read_text("utf-8")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes(raw: bytes) -> None:
    check_storable(parse_mail(raw))


FRAGMENTS = [
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b'Content-Type: multipart/alternative; boundary="b"\n',
    b"Content-Type: text/html; charset=utf-7\r\n",
    b"Content-Type: text/plain; charset=iso-2022-jp; format=flowed\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%C3%A6; filename*1=b\r\n",
    b"Subject: =?utf-8?b?w6Y=?= =?x?q?=e6?=\r\n",
    b"From: \"a\\\" (x <a@b>, g: c@d; 'e' <f@g\r\n",
    b"References: <a@b> <c@d>\n <e@f>\r\n",
    b"Date: Tue, 31 Feb 2024 25:61:61 +9999\r\n",
    b"Message-ID: <a b@c>\r\n",
    b"\r\n",
    b"\n",
    b"\r",
    b"--b\r\n",
    b"--b--\r\n",
    b"SGVq\r\n",
    b"=E6=\r\n",
    b"\x1b$B\x00\xff\xfe\xe6",
    b"+2AA-",
    b"<div><p>x",
    b"> quoted \r\n",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=8)), max_size=40))
def test_any_heap_of_mail_fragments(pieces: list[bytes]) -> None:
    check_storable(parse_mail(b"".join(pieces)))


def test_mutated_real_mail(shared_data: Path) -> None:
    raws = [path.read_bytes() for path in sorted((shared_data / "mail" / "torture").rglob("*.eml"))]
    raws = [raw for raw in raws if len(raw) < 20_000]

    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from(raws), st.integers(0, 20_000), st.integers(0, 200), st.binary(max_size=6))
    def mutate(raw: bytes, at: int, cut: int, put: bytes) -> None:
        at %= len(raw) + 1
        check_storable(parse_mail(raw[:at] + put + raw[at + cut :]))

    mutate()


def nested(depth: int) -> bytes:
    """That many multiparts in each other, with a text at the bottom."""
    opening = (
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(depth)
    )
    return HEAD + b"x\r\n" + b"".join(opening) + b"Content-Type: text/plain\r\n\r\nbottom\r\n"


def test_hostile_headers_end_at_the_limits() -> None:
    many = b"x\r\nTo: " + b", ".join(b'"N%d" <a%d@example.com>' % (i, i) for i in range(100_000))
    references = b"\r\nReferences: " + b" ".join(b"<r%d@x.example>" % i for i in range(200_000))
    parameters = b"\r\nContent-Type: text/plain; " + b"; ".join(b"name*%d*=a" % i for i in range(20_000))
    mail = parse_mail(HEAD + many + references + parameters + b"\r\n\r\nbody")
    assert len(mail.to) == MAX_ADDRESSES
    assert len(mail.reference_ids) == MAX_REFERENCES
    assert mail.reference_ids[-1] == "r199999@x.example"
    assert mail.text == "body"
    words = parse_mail(HEAD + b" ".join([b"=?utf-8?q?=C3=A6?="] * 20_000) + b"\r\n\r\nbody")
    assert words.subject == "æ" * 1_000
    for junk in (b'\\"', b"(", b"<", b"(a)", b",", b'"a"', b":", b";"):
        assert parse_mail(HEAD + b"x\r\nTo: " + junk * 200_000 + b"\r\n\r\nbody").text == "body"


def test_hostile_trees_end_at_the_limits() -> None:
    assert parse_mail(nested(90)).text.strip() == "bottom"
    deep = parse_mail(nested(3_000))
    assert deep.headers_only
    assert deep.defects == ("too_deep",)
    assert deep.message_id == "own@x.example"
    wide = parse_mail(
        HEAD + b"x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000
    )
    assert "too_many_parts" in wide.defects
    assert len(wide.attachments) <= MAX_PARTS
    forwarded = HEAD + b"x\r\n" + b"Content-Type: message/rfc822\r\n\r\nSubject: n\r\n" * 1_000 + b"\r\ninner"
    assert len(parse_mail(forwarded).attachments) == 1
    large = parse_mail(HEAD + b"large\r\n\r\n" + b"x" * MAX_RAW_BYTES)
    assert (large.headers_only, large.subject, large.text) == (True, "large", "")


def test_ids_join_all_headers_and_leave_addresses_out() -> None:
    mail = parse_mail(
        b"Message-ID: <one@x>\r\nMessage-ID: <two@x>\r\nFrom: Anna <anna@example.dk>\r\n"
        b"References: <a@x> <anna@example.dk> <y> <b\r\n @x>\r\nIn-Reply-To: Anna's mail <b@x>\r\n\r\n"
    )
    assert mail.reference_ids == ("one@x", "two@x", "a@x", "b@x")
    assert mail.in_reply_to == "b@x"
    assert parse_mail(b"From: a@b\r\n\r\nx").message_id.startswith("sha256:")


def test_a_delivery_report_belongs_to_the_mail_it_is_about() -> None:
    mail = parse_mail(
        b"Message-ID: <dsn@x>\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nfailed\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <sent@us>\r\n--b--\r\n"
    )
    assert "sent@us" in mail.reference_ids
    assert mail.auto_submitted


def test_a_forwarded_mail_without_a_word_shows_its_text() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: Tilbud\r\n\r\nTaget koster 40.000 kr.\r\n"
    alone = parse_mail(
        HEAD + b"VS\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + inner + b"--b--"
    )
    assert alone.text.strip() == "Taget koster 40.000 kr."
    assert alone.attachments[0].name == "Tilbud.eml"
    note = parse_mail(
        HEAD
        + b"VS\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSe her\r\n--b\r\n"
        + inner
        + b"--b--"
    )
    assert note.text.strip() == "Se her"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tue, 05 Mar 2024 10:12:00 +0100", datetime(2024, 3, 5, 9, 12, tzinfo=UTC)),
        ("ti, 05 maj 2024 10:12:00 +0200", datetime(2024, 5, 5, 8, 12, tzinfo=UTC)),
        ("tir. 5. okt. 2024 kl. 10.12", datetime(2024, 10, 5, 10, 12, tzinfo=UTC)),
        ("2024-03-05T10:12:00+01:00", datetime(2024, 3, 5, 9, 12, tzinfo=UTC)),
        ("i går efter frokost", None),
        ("Tue, 99 Mar 2024 10:12:00 +0100", None),
    ],
)
def test_dates(written: str, expected: datetime | None) -> None:
    assert parse_mail(f"Date: {written}\r\n\r\n".encode()).date == expected


def test_addresses_as_people_write_them() -> None:
    mail = parse_mail(
        'To: "Ærø, Åse" <aase@example.dk>, =?utf-8?q?J=C3=B8rgen?= <j@example.dk>, bo@example.dk (Bo),\r\n'
        " Salg: x@example.dk, 'Ib' <mailto:ib@example.dk>;, undisclosed-recipients:;\r\n\r\n".encode()
    )
    assert [(one.name, one.address) for one in mail.to] == [
        ("Ærø, Åse", "aase@example.dk"),
        ("Jørgen", "j@example.dk"),
        ("Bo", "bo@example.dk"),
        ("", "x@example.dk"),
        ("Ib", "ib@example.dk"),
    ]


def test_what_postgres_cannot_store_is_taken_out() -> None:
    head = HEAD + b"a\x00b\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n"
    mail = parse_mail(head + b"x+2AA-y\x00z")
    check_storable(mail)
    assert mail.subject == "ab"
    assert mail.text == "x\ufffdyz"


def test_only_whole_lines_delimit_parts() -> None:
    head = HEAD + b"x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    mail = parse_mail(head + b"--b\r\n\r\none --b\r\n--bb\r\n two\r\n--b--\r\nepilogue")
    assert mail.text == "one --b\n--bb\n two"
