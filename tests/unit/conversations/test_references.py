"""The ids that parsing finds tie real mail together exactly as the reference partition does."""

import json
import re
from pathlib import Path

import pytest

from posthus.conversations.mail import parse_mail
from posthus.conversations.parsed import ParsedMail


def read_list(folder: Path, name: str) -> list[ParsedMail]:
    """The mails of one list, from an mbox or a folder."""
    mbox = folder / f"{name}.mbox"
    if mbox.exists():
        raws = re.split(rb"(?:\A|(?<=\n))From [^\n]*\n", mbox.read_bytes())[1:]
    else:
        raws = [path.read_bytes() for path in sorted((folder / name).glob("*.eml"))]
    return [parse_mail(raw) for raw in raws]


def components(mails: list[ParsedMail]) -> dict[str, str]:
    """Message-ID to a representative of its connected component."""
    parent: dict[str, str] = {}

    def find(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for mail in mails:
        for other in mail.reference_ids:
            parent[find(other)] = find(mail.message_id)
    return {mail.message_id: find(mail.message_id) for mail in mails}


def partition(names: dict[str, str]) -> set[frozenset[str]]:
    """The sets of ids that share a name."""
    groups: dict[str, set[str]] = {}
    for one, name in names.items():
        groups.setdefault(name, set()).add(one)
    return {frozenset(group) for group in groups.values()}


@pytest.mark.parametrize("name", ["usrp-users-2020H1", "easy-ham-1"])
def test_conversations_of_real_lists(shared_data: Path, name: str) -> None:
    folder = shared_data / "mail" / "lists"
    reference: dict[str, dict[str, str]] = json.loads((folder / "threads" / f"{name}.json").read_bytes())
    assert partition(components(read_list(folder, name))) == partition(reference["union_find"])
