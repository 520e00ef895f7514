"""Who the sample workspace belongs to: a fictitious roofing and energy-renovation firm and its people."""

from dataclasses import dataclass
from typing import Literal

NAME = "Falkedal Tag & Energi ApS"
CVR = "99128569"
INTAKE_ADDRESS = "post@falkedal.example.dk"
# Mail from these domains is the company's own, so it is shown as outgoing.
DOMAINS = ("falkedal.example.dk", "butik.falkedal.example.dk")


@dataclass(frozen=True, slots=True)
class SampleAgent:
    """A demo user; `role` is the role in Posthus, `key` the name used in `people.txt`."""

    key: str
    name: str
    address: str
    role: Literal["admin", "manager", "agent", "read-only"]
    language: Literal["da", "en"]


AGENTS = (
    SampleAgent("mette", "Mette Dalgaard", "mette@falkedal.example.dk", "admin", "da"),
    SampleAgent("jonas", "Jonas Krogh", "jonas@falkedal.example.dk", "manager", "da"),
    SampleAgent("sofie", "Sofie Lindtoft", "sofie@falkedal.example.dk", "agent", "da"),
    SampleAgent("karim", "Karim Haddadi", "karim@falkedal.example.dk", "agent", "en"),
    SampleAgent("lone", "Lone Vestergaard", "lone@falkedal.example.dk", "agent", "da"),
)
