"""Invitations (RFC 5545) as a few lines that a person can read, without words of any language of our own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_EVENTS = 20
MAX_LINES = 20_000
MAX_PEOPLE = 30
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Event:
    """The fields that are shown of an appointment, and whom it is for."""

    fields: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)


def calendar_text(source: str) -> str:
    """Every appointment: what, when, where, who, and its description; empty when there is none."""
    method = ""
    events: list[Event] = []
    inside: list[str] = []
    for name, parameters, value in _lines(source):
        if name == "BEGIN":
            inside.append(value.upper())
            if value.upper() in {"VEVENT", "VTODO"} and len(events) < MAX_EVENTS:
                events.append(Event())
        elif name == "END":
            del inside[-1:]
        elif name == "METHOD":
            method = value.upper()
        elif inside and inside[-1] in {"VEVENT", "VTODO"} and events:
            if name in {"ORGANIZER", "ATTENDEE"} and len(events[-1].people) < MAX_PEOPLE:
                events[-1].people.append(_person(parameters, value))
            events[-1].fields.setdefault(name, (parameters, value))
    return "\n\n".join(text for event in events if (text := _event_text(event, method)))


def _event_text(event: Event, method: str) -> str:
    def plain(name: str) -> str:
        return ESCAPED.sub(
            lambda found: "\n" if found[1] in "nN" else found[1], event.fields.get(name, ({}, ""))[1]
        )

    lines = [plain("SUMMARY")]
    if method in {"CANCEL", "REPLY", "COUNTER", "DECLINECOUNTER"}:
        lines[0] = f"[{method}] {lines[0]}"
    lines.append(_span(event))
    lines += [plain("LOCATION"), ", ".join(dict.fromkeys(event.people)), plain("DESCRIPTION")]
    return "\n".join(line.strip() for line in lines if line.strip())


def _span(event: Event) -> str:
    parameters, value = event.fields.get("DTSTART", ({}, ""))
    start = _moment(value)
    end = _moment(event.fields.get("DTEND", ({}, ""))[1])
    if end and end[:10] == start[:10]:
        end = end[11:]
    zone = parameters.get("TZID", "UTC" if value.endswith("Z") else "")
    between = f"{start} - {end}" if end and end != start else start
    return f"{between} ({zone})" if zone and between else between


def _moment(value: str) -> str:
    found = MOMENT.match(value.strip())
    if found is None:
        return ""
    date = f"{found[1]}-{found[2]}-{found[3]}"
    return f"{date} {found[4]}:{found[5]}" if found[4] else date


def _person(parameters: dict[str, str], value: str) -> str:
    address = value[7:] if value[:7].lower() == "mailto:" else value
    name = parameters.get("CN", "")
    return f"{name} <{address}>" if name and name != address else address


def _lines(source: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Name, parameters and value of each content line, unfolded (RFC 5545, 3.1)."""
    unfolded: list[str] = []
    for line in source.split("\n", MAX_LINES)[:MAX_LINES]:
        if line[:1] in {" ", "\t"} and unfolded:
            unfolded[-1] += line[1:].rstrip("\r")
        else:
            unfolded.append(line.rstrip("\r"))
    for line in unfolded:
        head, colon, value = _cut(line)
        if colon:
            name, *written = head.split(";")
            pairs = (one.partition("=") for one in written)
            yield name.upper(), {key.upper(): content.strip('"') for key, _, content in pairs}, value


def _cut(line: str) -> tuple[str, str, str]:
    """At the first colon outside quotes."""
    quoted = False
    for index, character in enumerate(line[:5_000]):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return line[:index], ":", line[index + 1 :]
    return line, "", ""
