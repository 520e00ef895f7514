"""One connection to a mail server: what following a mailbox needs of IMAP (RFC 9051, 7162, 2177)."""

import select
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from imapclient.response_parser import parse_fetch_response

from posthus.intake.uids import as_multirange, sequence_set

Security = Literal["tls", "starttls", "none"]
_LEFT_OUT = (b"\\Noselect", b"\\NonExistent", b"\\All", b"\\Flagged", b"\\Important")
_UNWANTED = (b"\\Drafts", b"\\Junk", b"\\Trash")


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mailbox is and how long to wait for it, in seconds; `tls` None is the system's trust."""

    host: str
    port: int
    security: Security
    seconds: float = 60.0
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A password, or an access token where `oauth` is set."""

    username: str
    secret: str = field(repr=False)
    oauth: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder as it stood when it was opened; `modseq` is 0 where the server counts no changes."""

    uid_validity: int
    uid_next: int
    messages: int
    modseq: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server keeps it."""

    raw: bytes = field(repr=False)
    flags: tuple[str, ...]
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Flags that changed, and which messages went, as a multirange; None where the server does not say."""

    flags: Mapping[int, tuple[str, ...]]
    vanished: str | None


class Link:
    """Signed in, reading only; nothing that is read becomes seen. Not for two threads at once."""

    def __init__(self, server: Server, sign_in: SignIn) -> None:
        tls = server.tls or ssl.create_default_context()
        self.client = IMAPClient(
            server.host,
            server.port,
            ssl=server.security == "tls",
            ssl_context=tls if server.security == "tls" else None,
            timeout=server.seconds,
        )
        self.client.normalise_times = False  # keep the zone
        try:
            if server.security == "starttls":
                self.client.starttls(tls)
            self._sign_in(sign_in)
            self.offers = frozenset(
                name.decode("ascii", "replace").upper() for name in self.client.capabilities()
            )
            # QRESYNC brings CONDSTORE along (RFC 7162, 3.2.3).
            for wanted in ("QRESYNC", "CONDSTORE"):
                if wanted in self.offers and "ENABLE" in self.offers:
                    self.client.enable(wanted)
                    break
        except BaseException:
            self.hang_up()
            raise

    def _sign_in(self, sign_in: SignIn) -> None:
        if not sign_in.oauth:
            self.client.login(sign_in.username, sign_in.secret)
        elif b"AUTH=OAUTHBEARER" in self.client.capabilities():
            self.client.oauthbearer_login(sign_in.username, sign_in.secret)
        else:
            self.client.oauth2_login(sign_in.username, sign_in.secret)

    def hang_up(self) -> None:
        """Close the connection; safe at any moment."""
        with suppress(OSError, IMAPClientError):
            self.client.shutdown()

    def bye(self) -> None:
        """Sign out where the server still listens."""
        with suppress(OSError, IMAPClientError):
            self.client.logout()
        self.hang_up()

    def folders(self, wanted: Sequence[str]) -> list[str]:
        """Those wanted that are there, else all that hold mail but drafts, junk and trash; the inbox first."""
        found = []
        for flags, _, name in self.client.list_folders():
            text = name if isinstance(name, str) else name.decode("utf-8", "replace")
            if any(flag in flags for flag in _LEFT_OUT[:2]):
                continue
            if text in wanted or (not wanted and not any(flag in flags for flag in (*_LEFT_OUT, *_UNWANTED))):
                found.append(text)
        return sorted(found, key=lambda name: (name.upper() != "INBOX", name))

    def open(self, folder: str) -> Opened:
        """Make a folder the one that is read from."""
        answer = self.client.select_folder(folder, readonly=True)
        return _opened({**answer, b"MESSAGES": answer.get(b"EXISTS", 0)})

    def uids(self, least: int = 1) -> list[int]:
        """Every uid from `least` on."""
        found = self.client.search(["UID", f"{least}:*"] if least > 1 else "ALL")
        return [uid for uid in found if uid >= least]  # `n:*` always holds the last one (RFC 9051, 6.4.4)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """How large messages are, in bytes."""
        answer = self.client.fetch(list(uids), ["RFC822.SIZE"])
        return {uid: int(found.get(b"RFC822.SIZE", 0)) for uid, found in answer.items()}

    def messages(self, uids: Sequence[int]) -> dict[int, Fetched]:
        """Whole messages, for as many of the uids as there still are."""
        answer = self.client.fetch(list(uids), ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
        return {
            uid: Fetched(found[b"BODY[]"], _flags(found), found.get(b"INTERNALDATE"))
            for uid, found in answer.items()
            if isinstance(found.get(b"BODY[]"), bytes)
        }

    def flags(self, uids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The flags of messages."""
        return self._flags_of(sequence_set(uids), []) if uids else {}

    def changes(self, modseq: int) -> Changes:
        """What changed after `modseq`, in the open folder; for servers that count changes."""
        if "QRESYNC" not in self.offers:
            return Changes(self._flags_of("1:*", [f"CHANGEDSINCE {modseq}"]), None)
        self._response("VANISHED")  # what an earlier command left behind
        flags = self._flags_of("1:*", [f"CHANGEDSINCE {modseq}", "VANISHED"])
        gone = [line.removeprefix(b"(EARLIER) ") for line in self._response("VANISHED") if line]
        return Changes(flags, as_multirange(b",".join(gone)) if gone else "{}")

    def wait(self, seconds: float, wake: socket.socket) -> None:
        """Return when the server tells news, `wake` can be read, or the time is over."""
        if "IDLE" not in self.offers:
            select.select([wake], [], [], seconds)
            self.client.noop()
            return
        self.client.idle()
        try:
            # News may have come together with the server's consent: then the socket has nothing to tell.
            if not self._has_buffered():
                select.select([self.client.socket(), wake], [], [], seconds)
        finally:
            self.client.idle_done()

    def _has_buffered(self) -> bool:
        connection = self.client.socket()
        patience = connection.gettimeout()
        connection.settimeout(0)
        try:
            return bool(self.client._imap.file.peek(1))  # noqa: SLF001
        except ssl.SSLWantReadError:
            return False
        finally:
            connection.settimeout(patience)

    def _flags_of(self, which: str, modifiers: Sequence[str]) -> dict[int, tuple[str, ...]]:
        # IMAPClient's own fetch takes no range that is open at its end, and no CHANGEDSINCE over one.
        arguments = [which, "(FLAGS UID)", *([f"({' '.join(modifiers)})"] if modifiers else [])]
        kind, lines = self.client._imap.uid("FETCH", *arguments)  # noqa: SLF001
        if kind != "OK":
            raise IMAPClientError(f"fetch failed: {lines!r}")
        lines = [line for line in lines if line]
        answer = parse_fetch_response(lines, normalise_times=False) if lines else {}
        return {int(uid): _flags(found) for uid, found in answer.items() if b"FLAGS" in found}

    def _response(self, code: str) -> list[bytes]:
        _, lines = self.client._imap.response(code)  # noqa: SLF001
        return [line for line in lines or [] if isinstance(line, bytes)]


def _opened(answer: Mapping[bytes, object]) -> Opened:
    def number(name: bytes) -> int:
        value = answer.get(name, 0)
        value = value[0] if isinstance(value, list | tuple) and value else value
        return int(value) if isinstance(value, int | str | bytes) else 0

    return Opened(number(b"UIDVALIDITY"), number(b"UIDNEXT"), number(b"MESSAGES"), number(b"HIGHESTMODSEQ"))


def _flags(found: Mapping[bytes, object]) -> tuple[str, ...]:
    flags = found.get(b"FLAGS", ())
    return tuple(
        sorted(
            flag.decode("utf-8", "replace")
            for flag in flags
            if isinstance(flag, bytes) and flag != b"\\Recent"  # a session's, not the message's
        )
        if isinstance(flags, tuple | list)
        else ()
    )
