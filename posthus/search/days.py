"""Days as people write them in a filter; pure."""

import re
from calendar import monthrange
from datetime import date, timedelta

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DANISH = re.compile(r"(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?\.?")
_AGO = re.compile(r"(\d{1,4})([dwumåy])")
_TODAY = {"today": 0, "idag": 0, "i dag": 0, "yesterday": 1, "igår": 1, "i går": 1, "igaar": 1}
_DAYS = {"d": 1, "w": 7, "u": 7}
_MONTHS = {"m": 1, "å": 12, "y": 12}


def day_of(text: str, today: date) -> date | None:
    """The first day of what is said: `2026`, `2026-03`, `2026-03-31`, `31.3.2026`, `31/3`, `igår`, `7d`, `3m`; None for anything else.

    A day without a year is the last one that has been.
    """
    said = text.strip().lower()
    try:
        if said in _TODAY:
            return today - timedelta(days=_TODAY[said])
        if found := _ISO.fullmatch(said):
            return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
        if found := _DANISH.fullmatch(said):
            return _danish(int(found[1]), int(found[2]), found[3], today)
        if found := _AGO.fullmatch(said):
            return _ago(int(found[1]), found[2], today)
    except (ValueError, OverflowError):
        return None
    return None


def _danish(day: int, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    found = date(today.year, month, day)
    return found if found <= today else date(today.year - 1, month, day)


def _ago(count: int, unit: str, today: date) -> date:
    if unit in _DAYS:
        return today - timedelta(days=count * _DAYS[unit])
    months = today.year * 12 + today.month - 1 - count * _MONTHS[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
