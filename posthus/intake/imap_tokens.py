"""Access tokens for mailboxes: got with a refresh token, kept in memory while they are good (RFC 6749, 6)."""

from dataclasses import dataclass, field
from time import monotonic

import httpx

from posthus.intake.imap_trouble import TokenError

_EARLY = 60.0  # seconds before its end that a token is no longer used


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a provider's mail is, and where its tokens come from."""

    host: str
    token_url: str
    scope: str


PROVIDERS = {
    "google": Provider("imap.gmail.com", "https://oauth2.googleapis.com/token", "https://mail.google.com/"),
    "microsoft": Provider(
        "outlook.office365.com",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    ),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token is asked for with; a public client has no secret."""

    token_url: str
    client_id: str
    client_secret: str | None = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, until when to use it (monotonic seconds), and the refresh token from now on."""

    access: str = field(repr=False)
    until: float
    refresh: str = field(repr=False)


def refresh(grant: Grant, seconds: float = 30.0) -> Token:
    """A new access token; raises TokenError where it is refused, OSError where nobody answers."""
    form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token, "client_id": grant.client_id}
    if grant.client_secret:
        form["client_secret"] = grant.client_secret
    if grant.scope:
        form["scope"] = grant.scope
    try:
        answer = httpx.post(grant.token_url, data=form, timeout=seconds, follow_redirects=False)
    except httpx.HTTPError as error:
        raise ConnectionError(f"the token endpoint does not answer: {error}") from error
    found = _fields(answer)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise ConnectionError(f"the token endpoint answers {answer.status_code}, try again")
    access = found.get("access_token")
    if answer.status_code != 200 or not isinstance(access, str):
        reason = found.get("error_description") or found.get("error") or f"status {answer.status_code}"
        raise TokenError(f"the token endpoint refused: {reason}")
    lasts, again = found.get("expires_in"), found.get("refresh_token")
    seconds_left = float(lasts) if isinstance(lasts, int | float) else 3600.0
    return Token(
        access,
        monotonic() + max(0.0, seconds_left - _EARLY),
        again if isinstance(again, str) else grant.refresh_token,
    )


def _fields(answer: httpx.Response) -> dict[str, object]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
