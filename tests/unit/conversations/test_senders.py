"""The contact is the person who wrote, also where a list put its own name in From."""

import re
from pathlib import Path

import pytest

from posthus.conversations.mail import parse_mail
from posthus.conversations.parsed import Address
from posthus.conversations.senders import (
    PUBLIC_MAIL_DOMAINS,
    contact_address,
    domain_of,
    is_public_mail_domain,
)

LIST = "Tagfolk <tagfolk@lists.example.dk>"
MUNGED = "From: Åse Ærø via Tagfolk <tagfolk@lists.example.dk>\r\n"


def contact(head: str, *lists: str) -> tuple[str, str] | None:
    """Name and address of the contact of a mail with that head."""
    found = contact_address(parse_mail(f"{head}\r\nx".encode()), lists)
    return (found.name, found.address) if found else None


def test_a_plain_sender() -> None:
    assert contact("From: Åse <aase@example.dk>\r\nReply-To: x@example.dk\r\n") == ("Åse", "aase@example.dk")
    assert contact("Sender: x@example.dk\r\n") == ("", "x@example.dk")
    assert contact("Subject: x\r\n") is None


def test_via_a_list() -> None:
    post = "List-Id: <tagfolk.lists.example.dk>\r\nList-Post: <mailto:tagfolk@lists.example.dk>\r\n"
    person = ("Åse Ærø", "aase@example.dk")
    assert contact(f"{MUNGED}{post}Reply-To: Åse Ærø <aase@example.dk>\r\n") == person
    assert contact(f"{MUNGED}{post}Reply-To: {LIST}, aase@example.dk\r\n") == person
    assert (
        contact(f"{MUNGED}{post}Reply-To: {LIST}\r\nCc: Bo <b@x.dk>, Åse Ærø <aase@example.dk>\r\n") == person
    )
    assert (
        contact(f"{MUNGED}{post}Reply-To: {LIST}\r\nX-Original-From: Åse Ærø <aase@example.dk>\r\n") == person
    )
    assert contact(f"{MUNGED}{post}") == ("Åse Ærø", "tagfolk@lists.example.dk")


def test_a_list_that_is_only_known_to_us() -> None:
    head = "From: Åse <all@us.example>\r\nReply-To: aase@example.dk\r\n"
    assert contact(head) == ("Åse", "all@us.example")
    assert contact(head, "ALL@us.example") == ("Åse", "aase@example.dk")


def test_every_author_on_a_real_munging_list(shared_data: Path) -> None:
    raw = (shared_data / "mail" / "lists" / "usrp-users-2020H1.mbox").read_bytes()
    mails = [parse_mail(one) for one in re.split(rb"(?:\A|(?<=\n))From [^\n]*\n", raw)[1:]]
    munged = [mail for mail in mails if mail.from_ and " via " in mail.from_.name]
    found = [contact_address(mail) for mail in munged]
    assert len(munged) == 872
    assert all(one is not None and "lists.ettus.com" not in one.address and one.name for one in found)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("A@Example.DK", "example.dk"),
        ("a@b@c.dk", "c.dk"),
        ("a", None),
        ("@x.dk", None),
        ("a@", None),
        ("a@b c", None),
    ],
)
def test_domains(address: str, domain: str | None) -> None:
    assert domain_of(address) == domain


def test_public_mail_domains() -> None:
    for domain in (
        "gmail.com",
        "Outlook.com",
        "hotmail.com",
        "icloud.com",
        "mail.dk",
        "jubii.dk",
        "web.de",
        "mail.ru",
    ):
        assert is_public_mail_domain(domain)
    assert not is_public_mail_domain("example.dk")
    assert all(domain == domain.strip().lower() and "." in domain for domain in PUBLIC_MAIL_DOMAINS)
    assert Address("", "x@tdcadsl.dk").address.split("@")[1] in PUBLIC_MAIL_DOMAINS
