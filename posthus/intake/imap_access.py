"""Getting into a mailbox, with a password or a fresh access token; and trying whether that works."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from posthus.intake.imap_link import Link, Server, SignIn
from posthus.intake.imap_mailboxes import Access
from posthus.intake.imap_tokens import Grant, Token, refresh


@dataclass(frozen=True, slots=True)
class Found:
    """What a mailbox holds: its folders with their numbers of messages, and what its server can do."""

    folders: Sequence[tuple[str, int]]
    capabilities: Sequence[str]


def connect(access: Access, seconds: float, tls: ssl.SSLContext | None = None) -> tuple[Link, Token | None]:
    """Signed in, and the token it took. Raises OSError, IMAPClientError or TokenError."""
    server = Server(access.host, access.port, access.security, seconds, tls)
    if access.sign_in == "password":
        return Link(server, SignIn(access.username, access.secret.password)), None
    grant = Grant(
        access.token_url or "",
        access.client_id or "",
        access.secret.client_secret,
        access.secret.refresh_token,
        access.scope,
    )
    token = refresh(grant, seconds)
    return Link(server, SignIn(access.username, token.access, oauth=True)), token


def try_access(access: Access, seconds: float = 15.0, tls: ssl.SSLContext | None = None) -> Found:
    """Sign in, count what there is, sign out; raises what `connect` raises."""
    link, _ = connect(access, seconds, tls)
    try:
        folders = [(name, link.open(name).messages) for name in link.folders(access.folders)]
        return Found(folders, sorted(link.offers))
    finally:
        link.bye()
