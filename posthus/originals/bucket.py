"""An object store that speaks S3: Amazon's, Supabase Storage, MinIO, Garage, Ceph and others."""

from collections.abc import Iterable
from datetime import timedelta
from threading import Lock
from time import monotonic

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from posthus.originals.objects import ObjectMissingError, ObjectsAwayError

CONNECT = timedelta(seconds=3)
TIMEOUT = timedelta(seconds=30)
RETRIES = 2
PATIENCE = timedelta(seconds=10)  # for all retries of one request together
BACK_OFF = 5.0  # seconds that a store which did not answer is not asked again


class Bucket:
    """A bucket, or what lies in it under a prefix. For many threads.

    Who signs in, in which region and at which endpoint is said as S3's own tools have it said: AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL, or by the machine's own role.
    """

    def __init__(self, bucket: str, prefix: str, endpoint: str | None = None) -> None:
        self._named = f"s3://{bucket}" + (f"/{prefix}" if prefix else "")
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            client_options={
                "allow_http": (endpoint or "").startswith("http://"),
                "connect_timeout": CONNECT,
                "timeout": TIMEOUT,
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE},
        )
        self._lock = Lock()
        self._ask_again_at = 0.0

    @property
    def place(self) -> str:
        """The bucket and the prefix."""
        return self._named

    def read(self, name: str) -> bytes:
        """The object's bytes."""
        self._ready()
        try:
            return obstore.get(self._store, name).bytes().to_bytes()
        except FileNotFoundError:
            raise ObjectMissingError(name) from None
        except (BaseError, OSError) as error:
            raise self._away(error) from error

    def write(self, name: str, content: bytes) -> None:
        """Stored when the server has said so."""
        self._ready()
        try:
            obstore.put(self._store, name, content)
        except (BaseError, OSError) as error:
            raise self._away(error) from error

    def remove(self, names: Iterable[str]) -> None:
        """As many as there are, in as few requests as the server takes."""
        self._ready()
        try:
            obstore.delete(self._store, list(names))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise self._away(error) from error

    def holds(self, name: str) -> bool:
        """Whether the object is there."""
        self._ready()
        try:
            obstore.head(self._store, name)
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise self._away(error) from error
        return True

    def _ready(self) -> None:
        """People who wait for a store that is away hold connections: for a moment nobody but the first does."""
        with self._lock:
            if monotonic() < self._ask_again_at:
                raise ObjectsAwayError(f"{self._named} did not answer just now")

    def _away(self, error: Exception) -> ObjectsAwayError:
        with self._lock:
            self._ask_again_at = monotonic() + BACK_OFF
        reason = next(
            (line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__
        )
        return ObjectsAwayError(f"{self._named} does not answer as it should: {reason[:300]}")
