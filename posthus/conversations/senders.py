"""Who a mail is really from, and whether a domain tells the company."""

import re
from collections.abc import Collection
from importlib.resources import files

from posthus.conversations.parsed import Address, ParsedMail

VIA = re.compile(r"[\s'\"]+via[\s'\"]+\S", re.IGNORECASE)
MAX_DOMAIN_CHARACTERS = 253
PUBLIC_MAIL_DOMAINS = frozenset(
    line
    for line in (files("posthus.conversations") / "public_mail_domains.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)


def domain_of(address: str) -> str | None:
    """The lower-case domain after the last @, IDN as written; None when there is none."""
    local, at, domain = address.rpartition("@")
    domain = domain.strip().strip(".>").casefold()
    one_word = domain.split() == [domain]
    return domain if at and local and one_word and len(domain) <= MAX_DOMAIN_CHARACTERS else None


def is_public_mail_domain(domain: str) -> bool:
    """Whether anybody can have an address there, so that it says nothing about the company."""
    return domain.strip().strip(".").casefold() in PUBLIC_MAIL_DOMAINS


def name_before_via(name: str) -> str:
    """The person in "Åse Ærø via Support"."""
    via = VIA.search(name)
    return name[: via.start()].strip(" '\"") if via else name


def is_rewritten(parsed: ParsedMail, lists: Collection[str]) -> bool:
    """Whether From names the list or service that passed the mail on, not its author (DMARC munging)."""
    if parsed.from_ is None:
        return bool(parsed.original_from)
    if parsed.from_.address.casefold() in lists:
        return True
    return VIA.search(parsed.from_.name) is not None and bool(
        parsed.reply_to or parsed.original_from or parsed.list_id
    )


def contact_address(parsed: ParsedMail, list_addresses: Collection[str] = ()) -> Address | None:
    """The author: From, or X-Original-From, Reply-To or a Cc of the same name where From is a list's own.

    list_addresses: addresses known to be lists or our own intake, compared without case.
    """
    lists = {address.casefold() for address in list_addresses}
    if parsed.list_post is not None:
        lists.add(parsed.list_post.casefold())
    shown = parsed.from_
    if not is_rewritten(parsed, lists):
        return shown if shown is not None else parsed.sender
    if shown is not None and VIA.search(shown.name):
        lists.add(shown.address.casefold())
    name = name_before_via(shown.name) if shown is not None else ""
    named = [one for one in parsed.cc if name and one.name.casefold() == name.casefold()]
    original = (parsed.original_from,) if parsed.original_from is not None else ()
    for candidate in (*original, *parsed.reply_to, *named):
        if "@" in candidate.address and candidate.address.casefold() not in lists:
            return Address(name_before_via(candidate.name) or name, candidate.address)
    return Address(name, shown.address) if shown is not None else None
