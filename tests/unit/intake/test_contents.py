"""A file that was sent in by pieces reads like the file it was, wherever the pieces were cut."""

import io
import zipfile
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.intake.contents import DiskFile, Uploaded
from posthus.intake.mailboxes import MailboxError, kind_of, mailbox_of

MAIL = b"From: a@example.com\nSubject: Hej %d\n\nHej\n"
FROM = b"From someone@example.com Mon Jan  5 10:11:12 2026\n"


def uploaded(name: str, pieces: list[bytes]) -> Uploaded:
    starts = [0, *accumulate(len(piece) for piece in pieces)]

    def piece_at(place: int) -> tuple[int, bytes]:
        which = bisect_right(starts, place) - 1
        return starts[which], pieces[which]

    return Uploaded(name, starts[-1], piece_at)


def cut(whole: bytes, size: int) -> list[bytes]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


PIECES = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=12)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(0, 90)), st.tuples(st.just("seek"), st.integers(0, 400))
    ),
    max_size=20,
)


@given(pieces=PIECES, moves=MOVES)
def test_reading_and_moving_about_is_as_in_one_file(
    pieces: list[bytes], moves: list[tuple[str, int]]
) -> None:
    plain = io.BytesIO(b"".join(pieces))
    content = uploaded("a.mbox", pieces)
    with content.open() as file:
        for what, amount in moves:
            if what == "seek":
                assert file.seek(amount) == plain.seek(amount)
            else:
                assert file.read(amount) == plain.read(amount)
            assert content.place == plain.tell()
        assert (file.seek(0, io.SEEK_END), file.read()) == (content.size, b"")
        assert file.seek(0) == 0
        assert file.read() == plain.getvalue()
    assert content.place == content.size


@pytest.mark.parametrize("size", [7, 100, 5_000])
def test_every_kind_of_file_is_read_from_pieces(tmp_path: Path, size: int) -> None:
    mails = [MAIL % number for number in range(9)]
    box = b"".join(FROM + mail + b"\n" for mail in mails)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Takeout/Mail/alt.mbox", box)
    (tmp_path / "a.mbox").write_bytes(box)
    (tmp_path / "one.eml").write_bytes(mails[0])
    for path in sorted(tmp_path.iterdir()):
        on_disk = mailbox_of(DiskFile(str(path)))
        in_pieces = mailbox_of(uploaded(path.name, cut(path.read_bytes(), size)))
        assert list(in_pieces.read(0)) == list(on_disk.read(0))
        assert in_pieces.size == on_disk.size == path.stat().st_size
        assert type(in_pieces) is type(on_disk)


@pytest.mark.parametrize(
    ("name", "beginning", "reason"),
    [("Gammel post.PST", b"!BDN", "outlook_store"), ("billede.png", b"\x89PNG\r\n", "no_mail")],
)
def test_what_holds_no_mail_is_known_by_its_beginning(name: str, beginning: bytes, reason: str) -> None:
    with pytest.raises(MailboxError) as raised:
        kind_of(name, beginning)
    assert raised.value.reason == reason
