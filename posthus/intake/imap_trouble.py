"""What an error of a mail server means, and how long to stay away because of it."""

import random
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from imapclient.exceptions import IMAPClientError, LoginError

Kind = Literal["sign_in", "busy", "unreachable", "certificate", "refused", "token", "server"]
_FIRST_WAIT = 15.0
_LONGEST_WAIT = 3600.0
_SIGN_IN_WAIT = 300.0  # a wrong password that is tried often locks the account
_SUGGESTED = re.compile(
    r"(?:backoff time|retry[ -]after|try again in)[: ]+(\d{1,9})\s*(ms|milliseconds|s|seconds|m|minutes)?",
    re.IGNORECASE,
)
_BUSY = re.compile(
    r"throttl|too many|rate limit|bandwidth|\[LIMIT\]|\[OVERQUOTA\]|\[UNAVAILABLE\]|\[INUSE\]|exceeded|try again",
    re.IGNORECASE,
)
_SIGN_IN = re.compile(
    r"\[(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED)\]|invalid credentials|login failed", re.IGNORECASE
)


class TokenError(Exception):
    """The token endpoint refused to give a new access token; the message is its reason."""


# The first that fits: most of them are OSErrors.
_KINDS: Sequence[tuple[Kind, type[Exception]]] = (
    ("token", TokenError),
    ("certificate", ssl.SSLError),
    ("refused", ConnectionRefusedError),
    ("unreachable", OSError),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a mailbox cannot be followed now: a word for the screen, the server's own, and seconds to wait."""

    kind: Kind
    words: str
    wait: float


def trouble_of(error: Exception, failures: int) -> Trouble:
    """What an error means after `failures` earlier ones in a row."""
    kind, words = _kind(error), " ".join(str(error).split())[:300]
    least = _SIGN_IN_WAIT if kind in ("sign_in", "token", "certificate") else _FIRST_WAIT
    wait = min(_LONGEST_WAIT, least * 2 ** min(failures, 12)) * random.uniform(0.75, 1.0)
    return Trouble(kind, words or type(error).__name__, max(wait, suggested_wait(words)))


def suggested_wait(words: str) -> float:
    """The seconds that a server asks to be left alone for; 0 where it does not say."""
    found = _SUGGESTED.search(words)
    if found is None:
        return 0.0
    unit = (found[2] or "s").lower()
    seconds = int(found[1]) * (
        0.001 if unit.startswith(("ms", "milli")) else 60 if unit.startswith("m") else 1
    )
    return min(seconds, 24 * _LONGEST_WAIT)


def _kind(error: Exception) -> Kind:
    words = str(error)
    if isinstance(error, LoginError) or _SIGN_IN.search(words):
        return "busy" if _BUSY.search(words) else "sign_in"
    if isinstance(error, IMAPClientError):
        return "busy" if _BUSY.search(words) else "server"
    for kind, errors in _KINDS:
        if isinstance(error, errors):
            return kind
    return "server"
