"""Settings from the environment: every POSTHUS_ name that is known, and an error for every other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from posthus.app import mail_settings, object_settings
from posthus.app.addresses import Address, SettingsError, read_address
from posthus.intake.smtp_settings import SmtpSettings

__all__ = ["Address", "Settings", "SettingsError", "read_address", "read_settings"]

KNOWN = {
    "POSTHUS_DATA": "folder of the embedded database and everything else Posthus keeps (default posthus-data)",
    "POSTHUS_DATABASE_URL": "a Postgres to use instead of the embedded one",
    "POSTHUS_HTTP": "HOST:PORT that the web client, the API and webhooks are served on (default 127.0.0.1:8000)",
    "POSTHUS_SMTP": "HOST:PORT that mail is received on (default 127.0.0.1:2525)",
    **mail_settings.KNOWN,
    **object_settings.KNOWN,
    "POSTHUS_SPOOL_MB": "what may be kept in POSTHUS_DATA while the database is away, in MB (default 4000)",
    "POSTHUS_SPOOL_FREE_MB": "what the spool leaves free on its disk, in MB (default 500)",
    "POSTHUS_UPLOAD_MB": "what files that browsers send in for import may take in the database, in MB (default 20000)",
    "POSTHUS_DRAIN_SECONDS": "how long /readyz says 503 before a process stops taking requests (default 0)",
    "POSTHUS_PUBLIC_URL": "how people and providers reach this Posthus, for URLs that are shown",
    "POSTHUS_CDN_URL": "where the web client's assets are served from, if not here",
    "POSTHUS_EMBEDDER": "`local`, or the base URL of an OpenAI-compatible endpoint",
    "POSTHUS_EMBEDDER_MODEL": "the model to ask that endpoint for",
    "POSTHUS_EMBEDDER_KEY": "its key",
    "POSTHUS_EMBEDDER_OLD_KEY": "the key of the endpoint that was set before, while its vectors still serve",
    "POSTHUS_EMBEDDER_DIMENSIONS": "how many numbers its vectors have (default 384)",
    "POSTHUS_RERANKER": "base URL of an endpoint that puts hits in order once more (/v1/rerank)",
    "POSTHUS_RERANKER_MODEL": "the model to ask that endpoint for",
    "POSTHUS_RERANKER_KEY": "its key",
    "POSTHUS_SECRET_KEY": "keys that stored secrets are sealed with, the first for new ones (default a file in POSTHUS_DATA)",
    "POSTHUS_LOG": "`human` or `json`",
}
MOST_DIMENSIONS = 4_000  # what an approximate index of half precision takes
# Named in the contract for what comes later: setting one must not pass in silence.
NOT_YET = ("POSTHUS_REPLICA_URLS", "POSTHUS_VALKEY_URL")
# Read by tests and CI, not by Posthus.
TESTING = ("POSTHUS_TEST_", "POSTHUS_REQUIRE_", "POSTHUS_SCREENS")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the person who runs Posthus decided."""

    data: Path
    database_url: str | None
    http: Address
    smtp: Address
    mail: SmtpSettings
    objects: object_settings.ObjectSettings
    spool_mb: int
    spool_free_mb: int
    upload_mb: int
    drain_seconds: int
    public_url: str
    cdn_url: str | None
    embedder: str
    embedder_model: str | None
    embedder_key: str | None
    embedder_old_key: str | None
    embedder_dimensions: int | None
    reranker: str | None
    reranker_model: str | None
    reranker_key: str | None
    secret_keys: tuple[str, ...] = field(repr=False)
    log: Literal["human", "json"]

    @property
    def url_follows(self) -> bool:
        """Whether nobody set a public URL, so that it is where we listen."""
        return self.public_url == f"http://{self.http}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from `POSTHUS_` variables; raises SettingsError on a name or a value that is wrong."""
    _refuse_unknown(environment)
    found = {name: value for name in KNOWN if (value := environment.get(name, "").strip())}
    log = found.get("POSTHUS_LOG", "human")
    if log not in ("human", "json"):
        raise SettingsError(f"POSTHUS_LOG is {log!r}; it can be human or json")
    http = read_address(found.get("POSTHUS_HTTP", "127.0.0.1:8000"))
    return Settings(
        data=Path(found.get("POSTHUS_DATA", "posthus-data")),
        database_url=found.get("POSTHUS_DATABASE_URL"),
        http=http,
        smtp=read_address(found.get("POSTHUS_SMTP", "127.0.0.1:2525")),
        mail=mail_settings.read_mail(found),
        objects=object_settings.read_objects(found, environment),
        spool_mb=_number(found, "POSTHUS_SPOOL_MB", 4000),
        spool_free_mb=_number(found, "POSTHUS_SPOOL_FREE_MB", 500),
        upload_mb=_number(found, "POSTHUS_UPLOAD_MB", 20_000),
        drain_seconds=_number(found, "POSTHUS_DRAIN_SECONDS", 0),
        public_url=found.get("POSTHUS_PUBLIC_URL", f"http://{http}").rstrip("/"),
        cdn_url=found.get("POSTHUS_CDN_URL"),
        embedder=_endpoint(found, "POSTHUS_EMBEDDER", "local") or "local",
        embedder_model=found.get("POSTHUS_EMBEDDER_MODEL"),
        embedder_key=found.get("POSTHUS_EMBEDDER_KEY"),
        embedder_old_key=found.get("POSTHUS_EMBEDDER_OLD_KEY"),
        embedder_dimensions=_dimensions(found),
        reranker=_endpoint(found, "POSTHUS_RERANKER"),
        reranker_model=found.get("POSTHUS_RERANKER_MODEL"),
        reranker_key=found.get("POSTHUS_RERANKER_KEY"),
        secret_keys=tuple(
            key.strip() for key in found.get("POSTHUS_SECRET_KEY", "").split(",") if key.strip()
        ),
        log="json" if log == "json" else "human",
    )


def _endpoint(found: Mapping[str, str], name: str, otherwise: str | None = None) -> str | None:
    """The base URL that a model is behind, which must be named, or what there is without one."""
    address = found.get(name)
    if address is None or address == otherwise:
        return otherwise
    if not address.startswith(("http://", "https://")):
        other = f"{otherwise} or " if otherwise else ""
        raise SettingsError(f"{name} is {address!r}; it can be {other}an http(s) base URL")
    if f"{name}_MODEL" not in found:
        raise SettingsError(f"{name} names an endpoint, so {name}_MODEL must name its model")
    return address.rstrip("/")


def _number(found: Mapping[str, str], name: str, default: int) -> int:
    text = found.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise SettingsError(f"{name} is {text!r}; it can be a whole number")
    return int(text)


def _dimensions(found: Mapping[str, str]) -> int | None:
    if "POSTHUS_EMBEDDER_DIMENSIONS" not in found:
        return None
    number = _number(found, "POSTHUS_EMBEDDER_DIMENSIONS", 0)
    if not 1 <= number <= MOST_DIMENSIONS:
        raise SettingsError(f"POSTHUS_EMBEDDER_DIMENSIONS is {number}; it can be 1 to {MOST_DIMENSIONS}")
    return number


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    for name in environment:
        if not name.startswith("POSTHUS_") or name in KNOWN or name.startswith(TESTING):
            continue
        if name in NOT_YET:
            raise SettingsError(f"{name} is not supported by this version; unset it")
        near = get_close_matches(name, KNOWN, n=1, cutoff=0.0)
        raise SettingsError(f"{name} is not a setting; did you mean {near[0]}?")
