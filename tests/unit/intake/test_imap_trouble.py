"""What a mail server's error means, and how long it is left alone."""

import ssl
from itertools import pairwise

import pytest
from imapclient.exceptions import IMAPClientError, LoginError

from posthus.intake.imap_trouble import TokenError, suggested_wait, trouble_of


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (LoginError("b'[AUTHENTICATIONFAILED] Authentication failed.'"), "sign_in"),
        (LoginError("[AUTHENTICATIONFAILED] Invalid credentials (Failure)"), "sign_in"),
        (LoginError("[ALERT] Too many simultaneous connections. (Failure)"), "busy"),
        (IMAPClientError("[OVERQUOTA] Account exceeded command or bandwidth limits."), "busy"),
        (IMAPClientError("Request is throttled. Suggested Backoff Time: 299961 milliseconds"), "busy"),
        (IMAPClientError("fetch failed: bad"), "server"),
        (ssl.SSLCertVerificationError("certificate verify failed"), "certificate"),
        (ConnectionRefusedError("refused"), "refused"),
        (TimeoutError("timed out"), "unreachable"),
        (TokenError("the token endpoint refused: invalid_grant"), "token"),
    ],
)
def test_errors_are_told_apart(error: Exception, kind: str) -> None:
    assert trouble_of(error, 0).kind == kind


def test_each_failure_waits_longer_up_to_an_hour() -> None:
    waits = [trouble_of(TimeoutError(), failures).wait for failures in range(14)]
    assert 11 <= waits[0] <= 15
    assert all(1.4 * before < after or after > 2000 for before, after in pairwise(waits))
    assert max(waits) <= 3600


def test_a_wrong_password_is_not_tried_often() -> None:
    assert trouble_of(LoginError("no"), 0).wait > 200


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Request is throttled. Suggested Backoff Time: 299961 milliseconds", 299.961),
        ("please retry after 90 seconds", 90),
        ("try again in 5 minutes", 300),
        ("no", 0),
        ("Suggested Backoff Time: 999999999 minutes", 86400),
    ],
)
def test_what_the_server_asks_for_is_kept(words: str, seconds: float) -> None:
    assert suggested_wait(words) == pytest.approx(seconds)
    assert trouble_of(IMAPClientError(words), 0).wait >= min(seconds, 86400)
