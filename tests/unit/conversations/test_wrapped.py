"""What mail programs wrap mail in is opened: winmail.dat, signatures, invitations; encrypted mail says that it is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posthus.conversations.calendars import calendar_text
from posthus.conversations.envelopes import is_encrypted, signed_content, without_armour
from posthus.conversations.mail import parse_mail
from posthus.conversations.tnef import read_tnef, unpack_rtf

HEAD = b"Message-ID: <own@x.example>\r\nFrom: a@example.com\r\nSubject: x\r\n"
INNER = "Content-Type: text/plain; charset=utf-8\r\n\r\nVi ses på mandag\r\n".encode()


@pytest.fixture(scope="module")
def identity() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a@example.com")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=9))
    return builder.sign(key, hashes.SHA256()), key


def smime(kind: str, content: bytes) -> bytes:
    head = f"Content-Type: application/pkcs7-mime; smime-type={kind}; name=smime.p7m\r\n"
    return HEAD + head.encode() + b"Content-Transfer-Encoding: binary\r\n\r\n" + content


def test_opaquely_signed_mail_is_read(identity: tuple[x509.Certificate, rsa.RSAPrivateKey]) -> None:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(INNER)
    signed = builder.add_signer(*identity, hashes.SHA256()).sign(serialization.Encoding.DER, [])
    mail = parse_mail(smime("signed-data", signed))
    assert mail.text.strip() == "Vi ses på mandag"
    assert mail.attachments == ()
    assert mail.defects == ()


def test_signed_content_in_pieces_of_unknown_length_is_joined() -> None:
    pieces = b"".join(b"\x04" + bytes([len(piece)]) + piece for piece in (INNER[:30], INNER[30:]))
    signed_data = bytes.fromhex("06092a864886f70d010702") + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80"
    content = bytes.fromhex("06092a864886f70d010701") + b"\xa0\x80\x24\x80" + pieces + bytes(12)
    assert signed_content(b"\x30\x80" + signed_data + content) == INNER


def test_encrypted_mail_says_so_and_keeps_what_came(
    identity: tuple[x509.Certificate, rsa.RSAPrivateKey],
) -> None:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(INNER).add_recipient(identity[0])
    sealed = builder.encrypt(serialization.Encoding.DER, [])
    mail = parse_mail(smime("enveloped-data", sealed))
    assert mail.defects == ("encrypted",)
    assert [one.content for one in mail.attachments] == [sealed]
    pgp = HEAD + b"\r\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n"
    assert parse_mail(pgp).defects == ("encrypted",)


def test_text_signed_in_place_is_shown_without_its_armour() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHej\n- -- \nÅse\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"
    )
    assert without_armour(text) == "Hej\n-- \nÅse\n"


def test_an_invitation_is_shown_as_lines() -> None:
    source = (
        "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\n"
        "BEGIN:VEVENT\r\nSUMMARY:Møde\\, om\r\n  tilbud\r\nDTSTART;TZID=Europe/Copenhagen:20260305T100000\r\n"
        "DTEND;TZID=Europe/Copenhagen:20260305T113000\r\nLOCATION:Tagvej 1\r\n"
        'ORGANIZER;CN="Åse: chef":mailto:aase@example.dk\r\nATTENDEE:mailto:bo@example.dk\r\n'
        "DESCRIPTION:Husk\\ntegninger\r\nBEGIN:VALARM\r\nDESCRIPTION:Nej\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert calendar_text(source) == (
        "[CANCEL] Møde, om tilbud\n2026-03-05 10:00 - 11:30 (Europe/Copenhagen)\nTagvej 1\n"
        "Åse: chef <aase@example.dk>, bo@example.dk\nHusk\ntegninger"
    )
    assert calendar_text(
        "BEGIN:VEVENT\nSUMMARY:Ferie\nDTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260708"
    ) == ("Ferie\n2026-07-01 - 2026-07-08")


def test_files_packed_by_outlook_are_the_references(shared_data: Path) -> None:
    folder = shared_data / "mail" / "torture" / "mimekit" / "tnef"
    compared = 0
    for listed in sorted(folder.glob("*.list")):
        packed = read_tnef(listed.with_suffix(".tnef").read_bytes())
        assert packed is not None
        files = {one.name: one.content for one in packed.files}
        wanted = {name for name in listed.read_text().split("\n") if name and not name.startswith("body.")}
        assert wanted <= set(files), listed.name
        for name in wanted:
            reference = listed.with_suffix("") / name
            if reference.suffix in {".doc", ".pdf", ".jpg", ".png"} and reference.exists():
                assert files[name] == reference.read_bytes(), name
                compared += 1
        if "body.html" in listed.read_text():
            assert packed.page
        if "body.rtf" in listed.read_text():
            assert packed.rtf.startswith(b"{\\rtf1")
    assert compared >= 5


@pytest.fixture
def samples(shared_data: Path) -> list[bytes]:
    folder = shared_data / "mail" / "torture" / "mimekit" / "tnef"
    return [path.read_bytes()[:60_000] for path in sorted(folder.glob("*.tnef"))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    choice=st.integers(0, 1000),
    places=st.lists(st.tuples(st.integers(0, 60_000), st.binary(max_size=6)), max_size=6),
    cut=st.integers(0, 60_000),
)
def test_damaged_packets_never_raise(
    samples: list[bytes], choice: int, places: list[tuple[int, bytes]], cut: int
) -> None:
    damaged = bytearray(samples[choice % len(samples)])
    for position, content in places:
        damaged[position : position + len(content)] = content
    read_tnef(bytes(damaged[: cut or None]))


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=300), text=st.text(max_size=300))
def test_anything_can_be_asked(raw: bytes, text: str) -> None:
    read_tnef(b'x\x9f>"\0\0' + raw)
    unpack_rtf(raw)
    signed_content(bytes.fromhex("308006092a864886f70d010702") + raw)
    is_encrypted(raw)
    calendar_text(f"BEGIN:VEVENT\n{text}")
    without_armour(f"-----BEGIN PGP SIGNED MESSAGE-----\n{text}")
