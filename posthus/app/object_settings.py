"""Settings of the object store, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from posthus.app.addresses import SettingsError
from posthus.originals.moving import Rule

KNOWN = {
    "POSTHUS_OBJECT_STORE": "where large files lie: a folder, or s3://BUCKET/PREFIX (default in the database)",
    "POSTHUS_OBJECT_STORE_KB": "files of so many kB or more lie there; `off` brings all of them back (default 64)",
}
# The standard names of S3's own tools; obstore reads the others of them itself.
ENDPOINT = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


@dataclass(frozen=True, slots=True)
class InBucket:
    """A bucket and what its objects' names begin with."""

    bucket: str
    prefix: str
    endpoint: str | None


@dataclass(frozen=True, slots=True)
class ObjectSettings:
    """Where the store is, if there is one, and what lies in it."""

    place: Path | InBucket | None = None
    rule: Rule = field(default_factory=lambda: Rule(None))


def read_objects(found: Mapping[str, str], environment: Mapping[str, str]) -> ObjectSettings:
    """What the host decided; raises SettingsError."""
    wanted = found.get("POSTHUS_OBJECT_STORE_KB", "64")
    if wanted != "off" and not (wanted.isascii() and wanted.isdigit() and 4 <= int(wanted) <= 1_000_000):
        raise SettingsError(f"POSTHUS_OBJECT_STORE_KB is {wanted!r}; it can be 4 to 1000000, or off")
    address = found.get("POSTHUS_OBJECT_STORE")
    if address is None:
        return ObjectSettings()
    return ObjectSettings(
        _place(address, environment), Rule(None if wanted == "off" else 1_000 * int(wanted))
    )


def _place(address: str, environment: Mapping[str, str]) -> Path | InBucket:
    if "://" not in address:
        return Path(address).absolute()
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError(f"POSTHUS_OBJECT_STORE is {address!r}; it can be a folder or s3://BUCKET/PREFIX")
    endpoint = next((environment[name] for name in ENDPOINT if environment.get(name)), None)
    return InBucket(parts.netloc, parts.path.strip("/"), endpoint)
