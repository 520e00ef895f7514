"""A model behind an address: any OpenAI-compatible `/v1/embeddings`."""

import random
import threading
from collections.abc import Callable, Sequence

import httpx
import numpy as np
import orjson

from posthus import telemetry
from posthus.embedding.encoder import DIMENSIONS, EncoderError, Side, Vectors, clean, finished

ATTEMPTS = 5
LONGEST_PAUSE = 30.0
TEXTS_AT_ONCE = 64


class RemoteEncoder:
    """Vectors from `<address>/v1/embeddings`, batched, retried when the other side is busy or broken.

    `address` is the endpoint's base URL, with or without `/v1`. Models of the e5 family get the prefixes that they
    were trained with. No means are known for these models, so their vectors are not centred and the name says so.
    """

    def __init__(
        self, address: str, model: str, key: str | None = None, pause: Callable[[float], object] | None = None
    ) -> None:
        self._url = address.rstrip("/").removesuffix("/v1") + "/v1/embeddings"
        self._remote_model = model
        self._prefixed = "e5" in model.lower()
        self._closed = threading.Event()
        self._pause = pause or self._closed.wait
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(headers=headers, timeout=httpx.Timeout(60.0, connect=10.0))

    @property
    def model(self) -> str:
        """The endpoint's model and that nothing was done to its vectors but bringing them to length 1."""
        return f"remote:{self._remote_model}/{DIMENSIONS}+plain-1"

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; see Encoder."""
        return self._encode(texts, "query")

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages; see Encoder."""
        return self._encode(texts, "passage")

    def close(self) -> None:
        """Close the connections; a closed encoder is not used again."""
        self._closed.set()
        self._client.close()

    def _encode(self, texts: Sequence[str], side: Side) -> Vectors:
        if not texts:
            return np.empty((0, DIMENSIONS), dtype=np.float32)
        sent = [f"{side}: {clean(text)}" if self._prefixed else clean(text) for text in texts]
        batches = [sent[at : at + TEXTS_AT_ONCE] for at in range(0, len(sent), TEXTS_AT_ONCE)]
        return finished(np.concatenate([self._vectors(batch) for batch in batches]), None)

    def _vectors(self, texts: list[str]) -> Vectors:
        response = self._post({"model": self._remote_model, "input": texts, "dimensions": DIMENSIONS})
        rows = _rows(response)
        if rows is None or sorted(rows) != list(range(len(texts))):
            raise EncoderError(f"{self._url} does not answer {len(texts)} texts in the form of OpenAI's")
        lengths = {len(row) for row in rows.values()}
        if lengths != {DIMENSIONS}:
            raise EncoderError(
                f"{self._remote_model} answers vectors of {sorted(lengths)} numbers, not {DIMENSIONS}; choose a model"
                f" that can answer {DIMENSIONS} dimensions"
            )
        vectors = np.array([rows[index] for index in range(len(texts))], dtype=np.float32)
        if not np.isfinite(vectors).all():
            raise EncoderError(f"{self._remote_model} answers numbers that are not finite")
        return vectors

    def _post(self, body: dict[str, object]) -> httpx.Response:
        for attempt in range(1, ATTEMPTS + 1):
            if self._closed.is_set():
                raise EncoderError("the encoder was closed")
            reason, wait = "", None
            try:
                response = self._client.post(self._url, json=body)
            except httpx.TransportError as error:
                reason = f"{type(error).__name__}: {error}"
            else:
                if response.is_success:
                    return response
                reason = f"status {response.status_code}: {response.text[:200]}"
                if response.status_code != 429 and response.status_code < 500:
                    raise EncoderError(f"{self._url} refuses the texts, {reason}")
                wait = _retry_after(response)
            if attempt < ATTEMPTS:
                backoff = min(LONGEST_PAUSE, 0.5 * 2**attempt * random.uniform(0.5, 1.0))
                telemetry.log("remote_encoder_waits", attempt=attempt)
                self._pause(backoff if wait is None else min(LONGEST_PAUSE, wait))
        raise EncoderError(f"{self._url} does not answer after {ATTEMPTS} attempts, {reason}")


def _rows(response: httpx.Response) -> dict[int, list[float]] | None:
    """The vectors by the number of their text; None when the answer has another form."""
    try:
        answer: object = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None
    listed = answer.get("data") if isinstance(answer, dict) else None
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
    """Seconds from the header; a date there, which is rare, leaves the wait to us (RFC 9110, 10.2.3)."""
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None
