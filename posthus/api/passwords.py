"""Passwords and tokens: argon2 for what people choose, SHA-256 for what we draw at random."""

import secrets
from hashlib import sha256
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

KEY_PREFIX = "phk_"


def new_token(prefix: str = "") -> str:
    """256 random bits, url-safe."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a token; it has too many bits for a slow hash to be needed."""
    return sha256(token.encode()).digest()


def same(one: str, other: str) -> bool:
    """Compare without telling by time where they differ."""
    return secrets.compare_digest(one.encode(), other.encode())


class Passwords:
    """Argon2id with 19 MiB and two passes (OWASP's minimum), two at a time, so that memory stays bounded."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._turn = BoundedSemaphore(2)
        self._nobody = self._hasher.hash(new_token())

    def hash(self, password: str) -> str:
        """The stored form, with its own salt and parameters."""
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; takes as long when nobody is there to have one."""
        with self._turn:
            try:
                self._hasher.verify(stored or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None
