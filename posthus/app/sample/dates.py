"""Dates told relative to now, in Danish and English words, on the clock of Copenhagen."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

WEEKDAYS_DA = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_DA = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)
MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_ON_A_DAY = re.compile(r"(\d+)d (\d\d):(\d\d)")
_AGO = re.compile(r"(?:(\d+)h)? ?(?:(\d+)m)?")
_PLACEHOLDER = re.compile(r"\{(ugedag|dato|kortdato|måned|uge|år|weekday|day|month|year) ([+-]\d+)\}")


def copenhagen(moment: datetime) -> datetime:
    """The moment on Danish clocks (EU summer time rule), so that no zone database is needed."""
    moment = moment.astimezone(UTC)
    summer = _last_sunday(moment.year, 3) <= moment < _last_sunday(moment.year, 10)
    return moment.astimezone(timezone(timedelta(hours=2 if summer else 1)))


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def moment_of(when: str, now: datetime) -> datetime:
    """`41d 09:12`: that time of day, so many days ago; `2h 10m` or `25m`: so long ago. Raises ValueError."""
    if found := _ON_A_DAY.fullmatch(when):
        days, hour, minute = (int(part) for part in found.groups())
        if days < 1:
            raise ValueError(f"a time of day needs at least one day ago: {when!r}")
        day = copenhagen(now).date() - timedelta(days=days)
        naive = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
        offset = copenhagen(naive).utcoffset()
        return copenhagen(naive - (offset or timedelta()))
    found = _AGO.fullmatch(when)
    if not when or found is None:
        raise ValueError(f"not a time: {when!r}")
    hours, minutes = (int(part or 0) for part in found.groups())
    return copenhagen(now - timedelta(hours=hours, minutes=minutes)).replace(microsecond=0)


def workday(now: datetime, days: int) -> date:
    """The date so many days from now, a weekend moved to the Monday after."""
    day = copenhagen(now).date() + timedelta(days=days)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def fill_dates(text: str, now: datetime) -> str:
    """Replace `{ugedag +3}`, `{day -10}` and the like by words."""

    def words(found: re.Match[str]) -> str:
        day = workday(now, int(found[2]))
        return _words(found[1], day)

    return _PLACEHOLDER.sub(words, text)


def _words(form: str, day: date) -> str:
    month_da, month_en = MONTHS_DA[day.month - 1], MONTHS_EN[day.month - 1]
    forms = {
        "ugedag": f"{WEEKDAYS_DA[day.weekday()]} den {day.day}. {month_da}",
        "dato": f"{day.day}. {month_da}",
        "kortdato": f"{day.day:02}-{day.month:02}-{day.year}",
        "måned": month_da,
        "uge": str(day.isocalendar().week),
        "år": str(day.year),
        "weekday": f"{WEEKDAYS_EN[day.weekday()]} {day.day} {month_en}",
        "day": f"{day.day} {month_en}",
        "month": month_en,
        "year": str(day.year),
    }
    return forms[form]
