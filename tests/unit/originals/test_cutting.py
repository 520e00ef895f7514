"""Originals come back byte for byte, whatever was cut out of them; dictionaries know nothing that few wrote."""

import base64
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posthus.intake.mailboxes import find_mailboxes
from posthus.originals.cutting import cut, join
from posthus.originals.dictionaries import make_dictionary
from posthus.originals.packing import CUT, Dictionary, Packer, decompressor, look_into


def wrapped(content: bytes, width: int, newline: bytes) -> bytes:
    encoded = base64.b64encode(content)
    return newline.join(encoded[start : start + width] for start in range(0, len(encoded), width))


def restored(raw: bytes, packer: Packer, dictionary: Dictionary | None = None) -> bytes:
    packed = packer.pack_mail(raw)
    assert packed.codec == CUT
    opened = look_into(packed.body)
    rest = decompressor(dictionary).decompress(opened.rest, max_output_size=len(raw) + 1)
    return join(rest, opened.pieces, packed.contents)


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """Base64 of every width and line end between texts that may look like more of it."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        content = draw(st.randoms(use_true_random=False)).randbytes(draw(st.integers(0, 9000)))
        written = wrapped(
            content, draw(st.sampled_from([40, 60, 72, 76, 77, 100])), draw(st.sampled_from([b"\n", b"\r\n"]))
        )
        if draw(st.booleans()) and written:
            place = draw(st.integers(0, len(written) - 1))
            written = (
                written[:place]
                + draw(st.sampled_from([b"=", b"\n", b"!", b"AAAA", b""]))
                + written[place + 1 :]
            )
        parts += [draw(st.sampled_from([b"", b"\n", b"Hej\r\n\r\n", b"A" * 76 + b"\n"])), written]
        parts.append(draw(st.sampled_from([b"", b"\n", b"Hej", b"\n--x--\n", b"\r\nQUJD"])))
    return b"".join(parts)


@settings(deadline=None)
@given(mails())
def test_any_mail_is_put_together_again(raw: bytes) -> None:
    found = cut(raw)
    assert join(found.rest, found.pieces, found.contents) == raw


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_files_are_cut_out_and_what_is_left_is_small(newline: bytes) -> None:
    picture, drawing = random.Random(1).randbytes(50_000), random.Random(2).randbytes(9_001)
    head = newline.join([b"Subject: To filer", b"", b"--x", b"Content-Transfer-Encoding: base64", b"", b""])
    raw = (
        head
        + wrapped(picture, 76, newline)
        + newline
        + b"--x"
        + newline * 2
        + wrapped(drawing, 60, newline)
        + newline
    )
    found = cut(raw)
    assert sorted(found.contents.values(), key=len) == [drawing, picture]
    assert len(found.rest) < 120
    assert join(found.rest, found.pieces, found.contents) == raw


def test_every_real_and_hostile_mail_is_put_together_again(shared_data: Path) -> None:
    lists = [
        piece.raw or b""
        for name in ("easy-ham-1", "usrp-users-2020H1.mbox")
        for mailbox in find_mailboxes(shared_data / "mail/lists" / name)
        for piece in mailbox.read(0)
    ]
    torture = [
        path.read_bytes() for path in sorted((shared_data / "mail/torture").rglob("*")) if path.is_file()
    ]
    cuts = [cut(raw) for raw in lists + torture]
    assert all(
        join(found.rest, found.pieces, found.contents) == raw
        for found, raw in zip(cuts, lists + torture, strict=True)
    )
    assert sum(len(found.pieces) for found in cuts) > 100


def letters(count: int, domains: int) -> list[bytes]:
    """Mails with a common frame; each domain writes something that it alone writes, over and over."""
    return [
        (
            f"From: <person@firma{number % domains}.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
            f"Content-Transfer-Encoding: 8bit\nX-Number: {number * 7919}\n\nKære alle sammen, tak for jeres mail om sagen.\n"
            f"Kodeordet til firma{number % domains} er Hemmeligt{number % domains}Vindue, sig det ikke til nogen.\n"
            "Med venlig hilsen\n"
        ).encode()
        for number in range(count)
    ]


def test_a_dictionary_holds_what_many_wrote_and_nothing_that_one_wrote() -> None:
    content = make_dictionary(letters(600, 20))
    assert b"Content-Transfer-Encoding: 8bit" in content
    assert b"Hemmeligt" not in content
    assert b"firma" not in content


def test_four_domains_are_too_few() -> None:
    assert make_dictionary(letters(600, 4)) == b""


def test_a_dictionary_makes_mails_smaller_that_come_back_all_the_same() -> None:
    known = Dictionary(7, make_dictionary(letters(600, 20)))
    packer = Packer(known)
    for raw in letters(20, 3):
        assert restored(raw, packer, known) == raw
    raw = letters(1, 1)[0]
    assert len(packer.pack_mail(raw).body) < 0.7 * len(Packer().pack_mail(raw).body)
