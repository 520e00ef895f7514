"""Every message of a mailbox comes out as it went in, whatever writes mailboxes do to it."""

import io
import mailbox
import tarfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.intake.importer import mail_key
from posthus.intake.mailboxes import MailboxError, MboxFile, find_mailboxes
from posthus.intake.mbox import Piece, read_mbox

FROM = b"From someone@example.com Mon Jan  5 10:11:12 2026\n"
MAIL = "From: a@example.com\nSubject: Hej\n\nBrødtekst\n".encode()


def raws(pieces: Iterator[Piece]) -> list[bytes]:
    return [piece.raw or b"" for piece in pieces]


def read(path: Path) -> list[bytes]:
    return [raw for found in find_mailboxes(path) for raw in raws(found.read(0))]


def quoted(mail: bytes) -> bytes:
    """As mboxrd writes it."""
    lines = mail.split(b"\n")
    return b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)


LINE = st.sampled_from(
    [
        b"From me to you",
        b">From here",
        b">>From there",
        b"",
        b"text",
        FROM.strip(),
        b"Content-Length: 7",
        b"\xe6\xf8",
    ]
)
MAILS = st.lists(st.lists(LINE, max_size=6).map(lambda lines: MAIL + b"\n".join(lines) + b"\n"), max_size=6)


@given(mails=MAILS)
def test_mboxrd_gives_back_what_was_put_in(mails: list[bytes]) -> None:
    written = b"".join(FROM + quoted(mail) + b"\n" for mail in mails)
    assert [mail_key(raw) for raw in raws(read_mbox(io.BytesIO(written)))] == [
        mail_key(mail) for mail in mails
    ]


@given(mails=MAILS)
def test_reading_may_begin_at_any_position_it_reported(mails: list[bytes]) -> None:
    written = b"".join(FROM + quoted(mail) + b"\n" for mail in mails)
    every = list(read_mbox(io.BytesIO(written)))
    for number, piece in enumerate(every, 1):
        file = io.BytesIO(written)
        file.seek(piece.position)
        assert list(read_mbox(file, piece.position)) == every[number:]


@given(mails=MAILS)
def test_windows_line_ends_change_nothing_but_themselves(mails: list[bytes]) -> None:
    written = b"".join(FROM + quoted(mail) + b"\n" for mail in mails).replace(b"\n", b"\r\n")
    found = [mail_key(raw) for raw in raws(read_mbox(io.BytesIO(written)))]
    assert found == [mail_key(mail) for mail in mails]


@given(written=st.binary(max_size=400).map(lambda noise: FROM + noise))
def test_noise_never_raises(written: bytes) -> None:
    list(read_mbox(io.BytesIO(written)))


def test_a_right_content_length_is_believed_and_a_wrong_one_is_not() -> None:
    inner = b"a\n\n" + FROM + b"Subject: not a mail of its own\n\nb\n"
    head = b"From: a@example.com\nContent-Length: %d\n\n"
    right = head % len(inner) + inner
    assert raws(read_mbox(io.BytesIO(FROM + right + b"\n" + FROM + MAIL))) == [right, MAIL]
    wrong = head % 5 + b"a longer text\n"
    assert raws(read_mbox(io.BytesIO(FROM + wrong + b"\n" + FROM + MAIL))) == [wrong, MAIL]


def test_a_message_over_the_limit_is_passed_over() -> None:
    big = MAIL + b"x" * 70 + b"\n" + b"y" * 5_000_000 + b"\n"
    pieces = list(read_mbox(io.BytesIO(FROM + big + b"\n" + FROM + MAIL), largest=100_000))
    assert [(piece.raw, piece.whole) for piece in pieces] == [(None, False), (MAIL, True)]


def test_pythons_own_mbox_and_maildir_are_read(tmp_path: Path) -> None:
    mails = [Message() for _ in range(20)]
    for number, mail in enumerate(mails):
        mail["Message-ID"] = f"<{number}@example.com>"
        mail.set_payload(f"Hej\n\nFrom me {number}\n")
    box, maildir = mailbox.mbox(tmp_path / "box"), mailbox.Maildir(tmp_path / "maildir")
    for each in (box, maildir):
        for mail in mails:
            each.add(mail)
        each.flush()
    expected = sorted(mail_key(mail.as_bytes()) for mail in mails)
    assert sorted(map(mail_key, read(tmp_path / "box"))) == expected
    assert sorted(map(mail_key, read(tmp_path / "maildir"))) == expected


def test_archives_are_read_like_what_they_hold(tmp_path: Path) -> None:
    box = FROM + MAIL + b"\n" + FROM + MAIL.replace(b"Hej", b"Igen")
    entries = {"post/1.eml": MAIL, "post/inbox": box, "post/cur/1:2,S": MAIL, "note.txt": b"no mail"}
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    for name in ("a.zip", "a.tar.gz"):
        (found,) = find_mailboxes(tmp_path / name)
        assert len(raws(found.read(0))) == 4
        assert list(found.read(0))[2:] == list(found.read(2))


def test_takeout_of_google_is_read_as_it_is_downloaded(tmp_path: Path) -> None:
    """Two zips of one export: a mailbox for each label, the labels in a field, and pages about the export itself."""
    separator = b"From 1790123456789012345@xxx Mon Jan 05 10:11:12 +0000 2026\r\n"
    labelled = b"X-GM-THRID: 1790123456789012345\r\nX-Gmail-Labels: =?UTF-8?Q?Indbakke,=C3=85bnet?=\r\n"
    mails = [
        labelled + MAIL.replace(b"\n", b"\r\n").replace(b"Hej", f"Hej {number}".encode())
        for number in range(3)
    ]
    boxes = {
        "takeout-20260105T101112Z-001.zip": ("Alle mails, inklusive spam og papirkurv.mbox", mails[:2]),
        "takeout-20260105T101112Z-002.zip": ("Sendt.mbox", mails[2:]),
    }
    for zipped, (name, held) in boxes.items():
        with zipfile.ZipFile(tmp_path / zipped, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("Takeout/arkivoversigt.html", "<html><body>From: alt, hvad du har</body></html>")
            archive.writestr("Takeout/Mail/Brugerindstillinger/Filtre.json", '{"filters": []}')
            archive.writestr(f"Takeout/Mail/{name}", b"".join(separator + mail + b"\r\n" for mail in held))
    assert [mail_key(raw) for raw in read(tmp_path)] == [mail_key(mail) for mail in mails]


@pytest.mark.parametrize("zipped", [False, True])
def test_what_outlook_saved_is_handed_over_as_it_is(tmp_path: Path, *, zipped: bool) -> None:
    saved = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 4
    if zipped:
        with zipfile.ZipFile(tmp_path / "sager.zip", "w") as archive:
            archive.writestr("sager/Tilbud.msg", saved)
    else:
        (tmp_path / "Tilbud.msg").write_bytes(saved)
    assert read(tmp_path) == [saved]


def test_a_torn_archive_gives_what_can_be_read(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for number in range(3):
            entry = tarfile.TarInfo(f"{number}.eml")
            entry.size = len(MAIL) * 50
            tar.addfile(entry, io.BytesIO(MAIL * 50))
    whole = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "torn.tar").write_bytes(whole[: 512 * 2 + len(MAIL) * 60])
    (found,) = find_mailboxes(tmp_path / "torn.tar")
    pieces = list(found.read(0))
    assert pieces[0].whole
    assert not pieces[-1].whole


@pytest.mark.parametrize("name", ["archive.pst", "absent", "picture.png"])
def test_what_holds_no_mail_is_said_so(tmp_path: Path, name: str) -> None:
    if name != "absent":
        (tmp_path / name).write_bytes(b"\x89PNG\0\0")
    with pytest.raises(MailboxError):
        find_mailboxes(tmp_path / name)


def test_the_public_lists_mailbox_has_all_its_messages(shared_data: Path) -> None:
    path = shared_data / "mail/lists/usrp-users-2020H1.mbox"
    (found,) = find_mailboxes(path)
    assert isinstance(found, MboxFile)
    every = raws(found.read(0))
    assert len(every) == 872
    assert all(b"\n\n" in raw and not raw.startswith(b"From ") for raw in every)
