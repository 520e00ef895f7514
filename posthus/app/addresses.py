"""Where servers listen, as settings and flags write it, and what is wrong with a setting."""

from dataclasses import dataclass


class SettingsError(Exception):
    """A setting is unknown or cannot be used; the message names it and what would do."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def read_address(text: str) -> Address:
    """`HOST:PORT`, `:PORT` or `[V6]:PORT`."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise SettingsError(f"{text!r} is not HOST:PORT")
    return Address(host.strip("[]") or "127.0.0.1", int(port))
