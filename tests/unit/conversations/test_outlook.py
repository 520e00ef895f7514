"""What Outlook saves as .msg is read as the mail it was; what is broken is kept and raises nothing."""

import random
import struct
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from posthus.conversations.mail import parse_mail
from posthus.conversations.outlook import outlook_mail
from tests.unit.conversations.compound_file import Tree, compound_file

SENT = datetime(2026, 3, 5, 10, 12, tzinfo=UTC)
TICKS = int((SENT - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
PICTURE = random.Random(1).randbytes(9_000)


def text(number: str, value: str) -> dict[str, bytes]:
    return {f"__substg1.0_{number}001F": value.encode("utf-16-le")}


def fixed(header: int, values: dict[int, int]) -> dict[str, bytes]:
    rows = b"".join(struct.pack("<IIQ", number << 16 | 3, 6, value) for number, value in values.items())
    return {"__properties_version1.0": bytes(header) + rows}


def recipient(kind: int, name: str, address: str) -> Tree:
    return {**fixed(8, {0x0C15: kind}), **text("3001", name), **text("39FE", address)}


DRAFT: Tree = {
    **fixed(32, {0x0039: TICKS, 0x3FFD: 1252}),
    **text("0037", "Tilbud på tagrender"),
    **text("0C1A", "Åse Ærø"),
    **text("5D01", "aase@tag.example"),
    **text("1035", "<tilbud-1@tag.example>"),
    **text("1042", "<spørgsmål@kunde.example>"),
    **text("1000", "Hej Bo\r\n\r\nTilbuddet er vedhæftet.\r\n"),
    "__substg1.0_10130102": "<p>Hej Bo</p><p>Tilbuddet er vedhæftet.</p>".encode("cp1252"),
    "__recip_version1.0_#00000000": recipient(1, "Bo", "bo@kunde.example"),
    "__recip_version1.0_#00000001": recipient(2, "Ida", "ida@kunde.example"),
    "__recip_version1.0_#00000002": recipient(3, "Skjult", "skjult@kunde.example"),
    "__attach_version1.0_#00000000": {
        **fixed(8, {}),
        **text("3707", "tilbud æøå.pdf"),
        **text("370E", "application/pdf"),
        "__substg1.0_37010102": PICTURE,
    },
    "__attach_version1.0_#00000001": {
        **fixed(8, {}),
        **text("3707", "logo.png"),
        **text("3712", "logo@tag"),
        "__substg1.0_37010102": b"lille",
    },
    "__attach_version1.0_#00000002": {
        **fixed(8, {}),
        "__substg1.0_3701000D": {
            **fixed(24, {}),
            **text("0037", "Den gamle sag"),
            **text("1000", "Vi venter."),
        },
    },
}


def test_a_mail_that_was_never_sent_is_read_from_its_properties() -> None:
    mail = parse_mail(compound_file(DRAFT))
    assert mail.subject == "Tilbud på tagrender"
    assert mail.from_ is not None
    assert (mail.from_.name, mail.from_.address) == ("Åse Ærø", "aase@tag.example")
    assert [one.address for one in mail.to] == ["bo@kunde.example"]
    assert [one.address for one in mail.cc] == ["ida@kunde.example"]
    assert mail.date == SENT
    assert mail.reference_ids == ("tilbud-1@tag.example", "spørgsmål@kunde.example")
    assert "Tilbuddet er vedhæftet." in mail.text
    assert mail.html is not None
    assert "vedhæftet" in mail.html
    files = {one.name: one for one in mail.attachments}
    assert files["tilbud æøå.pdf"].content == PICTURE
    assert files["tilbud æøå.pdf"].content_type == "application/pdf"
    assert files["logo.png"].content_id == "logo@tag"
    assert files["logo.png"].inline
    assert b"Vi venter" in files["Den gamle sag.eml"].content or "Den gamle sag.eml" in files


def test_a_mail_that_travelled_keeps_the_fields_it_travelled_with() -> None:
    travelled = (
        "Microsoft Mail Internet Headers Version 2.0\r\nReceived: from mx\r\n\tby post\r\nFrom: Bo <bo@kunde.example>\r\n"
        "Message-ID: <svar@kunde.example>\r\nContent-Type: multipart/alternative;\r\n\tboundary=x\r\nSubject: SV: Tilbud\r\n"
    )
    mail = parse_mail(compound_file({**DRAFT, **text("007D", travelled)}))
    assert mail.subject == "SV: Tilbud"
    assert mail.message_id == "svar@kunde.example"
    assert mail.from_ is not None
    assert mail.from_.address == "bo@kunde.example"
    assert "Tilbuddet er vedhæftet." in mail.text


def test_narrow_text_is_read_in_its_code_page() -> None:
    narrow: Tree = {**fixed(32, {0x3FFD: 1251}), "__substg1.0_0037001E": "Привет".encode("cp1251")}
    assert parse_mail(compound_file(narrow)).subject == "Привет"


def test_a_directory_name_of_exchange_is_no_address() -> None:
    mail = parse_mail(
        compound_file({**fixed(32, {}), **text("0C1A", "Bo"), **text("0C1F", "/O=FIRMA/CN=BO")})
    )
    assert mail.from_ is None or "@" not in mail.from_.address


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_a_broken_file_raises_nothing(seed: int, breaks: int) -> None:
    chance = random.Random(seed)
    broken = bytearray(compound_file(DRAFT))
    for _ in range(breaks):
        broken[chance.randrange(8, len(broken))] = chance.randrange(256)
    del broken[chance.randrange(512, len(broken)) :]
    parse_mail(bytes(broken))
    outlook_mail(bytes(broken))
