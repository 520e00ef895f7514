"""A model behind an address: any OpenAI-compatible `/v1/embeddings`."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import numpy as np
import orjson

from posthus import telemetry
from posthus.embedding.encoder import (
    DIMENSIONS,
    EncoderAwayError,
    EncoderError,
    Side,
    Use,
    Vectors,
    clean,
    finished,
)

ATTEMPTS = 5
LONGEST_PAUSE = 30.0
TEXTS_AT_ONCE = 64
CHARACTERS_AT_ONCE = 200_000  # some 60,000 tokens: well below what endpoints take in one request
# Not the texts' fault: a wrong key or address, or a model that is not there. They wait until it is mended.
MISCONFIGURED = frozenset({401, 402, 403, 404, 405})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is: the base URL, with or without `/v1`; its name there; its key; how long its vectors are."""

    address: str
    model: str
    key: str | None = None
    dimensions: int = DIMENSIONS

    @property
    def url(self) -> str:
        """What is asked."""
        return self.address.rstrip("/").removesuffix("/v1") + "/v1/embeddings"


class RemoteEncoder:
    """Vectors from `<address>/v1/embeddings`, batched, retried when the other side is busy or broken.

    Models of the e5 family get the prefixes that they were trained with. No means are known for these models, so
    their vectors are not centred and the name says so. What was used is counted for whoever pays for it.
    """

    def __init__(self, endpoint: Endpoint, pause: Callable[[float], object] | None = None) -> None:
        self.dimensions = endpoint.dimensions
        self._endpoint = endpoint
        self._prefixed = "e5" in endpoint.model.lower()
        self._sends_length = True
        self._closed = threading.Event()
        self._pause = pause or self._closed.wait
        self._use, self._lock = Use(), threading.Lock()
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
        self._client = httpx.Client(headers=headers, timeout=httpx.Timeout(60.0, connect=10.0))

    @property
    def model(self) -> str:
        """The endpoint's model and that nothing was done to its vectors but bringing them to length 1."""
        return f"remote:{self._endpoint.model}/{self.dimensions}+plain-1"

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see Encoder."""
        return self._encode(texts, "query")

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages; see Encoder."""
        return self._encode(texts, "passage")

    def take_use(self) -> Use:
        """What was asked for since the last call."""
        with self._lock:
            taken, self._use = self._use, Use()
        return taken

    def close(self) -> None:
        """Close the connections; a closed encoder is not used again."""
        self._closed.set()
        self._client.close()

    def _encode(self, texts: Sequence[str], side: Side) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        sent = [f"{side}: {clean(text)}" if self._prefixed else clean(text) for text in texts]
        return finished(np.concatenate([self._vectors(batch) for batch in _batches(sent)]), None)

    def _vectors(self, texts: list[str]) -> Vectors:
        response = self._asked(texts)
        rows = _rows(response)
        if rows is None or sorted(rows) != list(range(len(texts))):
            raise EncoderError(
                f"{self._endpoint.url} does not answer {len(texts)} texts in the form of OpenAI's"
            )
        lengths = {len(row) for row in rows.values()}
        if lengths != {self.dimensions}:
            found = ", ".join(map(str, sorted(lengths)))
            raise EncoderAwayError(
                f"{self._endpoint.model} answers vectors of {found} numbers, not {self.dimensions}; set"
                f" POSTHUS_EMBEDDER_DIMENSIONS to what it answers"
            )
        vectors = np.array([rows[index] for index in range(len(texts))], dtype=np.float32)
        if not np.isfinite(vectors).all():
            raise EncoderError(f"{self._endpoint.model} answers numbers that are not finite")
        self._count(Use(requests=0, texts=len(texts), tokens=_tokens(response)))
        return vectors

    def _asked(self, texts: list[str]) -> httpx.Response:
        """The answer, with the wished length of vectors unless the endpoint knows no such wish."""
        plain: dict[str, object] = {"model": self._endpoint.model, "input": texts}
        if self._sends_length:
            response = self._post({**plain, "dimensions": self.dimensions})
            if response.is_success or "dimension" not in response.text.lower():
                return self._usable(response)
            self._sends_length = False
        return self._usable(self._post(plain))

    def _usable(self, response: httpx.Response) -> httpx.Response:
        if response.is_success:
            return response
        reason = f"{self._endpoint.url} refuses, status {response.status_code}: {response.text[:200]}"
        raise (EncoderAwayError if response.status_code in MISCONFIGURED else EncoderError)(reason)

    def _post(self, body: dict[str, object]) -> httpx.Response:
        """The first answer that is no reason to wait; raises EncoderAwayError after several that are."""
        reason = ""
        for attempt in range(1, ATTEMPTS + 1):
            if self._closed.is_set():
                raise EncoderError("the encoder was closed")
            wait = None
            try:
                response = self._client.post(self._endpoint.url, json=body)
            except httpx.TransportError as error:
                reason = f"{type(error).__name__}: {error}"
            else:
                self._count(Use(requests=1, refused=int(not response.is_success)))
                if response.status_code not in (408, 429) and response.status_code < 500:
                    return response
                reason = f"status {response.status_code}: {response.text[:200]}"
                wait = _retry_after(response)
            if wait is not None and wait > LONGEST_PAUSE:
                break  # longer than a batch may take: everything waits in the queue instead
            if attempt < ATTEMPTS:
                backoff = min(LONGEST_PAUSE, 0.5 * 2**attempt * random.uniform(0.5, 1.0))
                telemetry.log("remote_encoder_waits", attempt=attempt)
                self._pause(backoff if wait is None else wait)
        raise EncoderAwayError(f"{self._endpoint.url} does not answer, {reason}")

    def _count(self, more: Use) -> None:
        with self._lock:
            self._use += more


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in their order, as many at once as one request may carry."""
    held: list[str] = []
    size = 0
    for text in texts:
        if held and (len(held) == TEXTS_AT_ONCE or size + len(text) > CHARACTERS_AT_ONCE):
            yield held
            held, size = [], 0
        held.append(text)
        size += len(text)
    yield held


def _answer(response: httpx.Response) -> dict[str, object]:
    try:
        answer: object = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _tokens(response: httpx.Response) -> int:
    """What the answer says that it cost; 0 where it does not say."""
    usage = _answer(response).get("usage")
    tokens = usage.get("total_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else 0


def _rows(response: httpx.Response) -> dict[int, list[float]] | None:
    """The vectors by the number of their text; None when the answer has another form."""
    listed = _answer(response).get("data")
    rows: dict[int, list[float]] = {}
    for one in listed if isinstance(listed, list) else []:
        index, values = (one.get("index"), one.get("embedding")) if isinstance(one, dict) else (None, None)
        if not isinstance(index, int) or not isinstance(values, list):
            return None
        if not all(isinstance(value, float | int) for value in values):
            return None
        rows[index] = values
    return rows


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds from the header, which may also be a date (RFC 9110, 10.2.3); None where it says nothing usable."""
    said = response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
