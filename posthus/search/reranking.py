"""Hits put in order once more by a model that reads question and hit together, behind an address.

`POST <address>/v1/rerank` with `{"model", "query", "documents", "top_n"}`, answered by
`{"results": [{"index", "relevance_score"}]}`: the form of Cohere and Jina, and of vLLM and Infinity on one's own machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from uuid import UUID

import httpx
import orjson
from cachetools import LRUCache

from posthus.search.request import MOST_HITS, Hit, SearchRequest, SearchResult
from posthus.telemetry import log

DEPTH = 30  # hits that are read again, at least
REMEMBERED = 2_000
SECONDS = 3.0


class RerankerError(Exception):
    """The model gave no usable order; the message says why."""


@dataclass(frozen=True, slots=True)
class _Asked:
    words: str
    hits: tuple[tuple[UUID, str], ...]


class Reranker:
    """A cross-encoder behind an address; safe to use from several threads. What was ordered once is remembered."""

    def __init__(self, address: str, model: str, key: str | None = None, seconds: float = SECONDS) -> None:
        self.model = model
        self._url = address.rstrip("/").removesuffix("/v1") + "/v1/rerank"
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(headers=headers, timeout=seconds)
        self._orders: LRUCache[_Asked, tuple[int, ...]] = LRUCache(REMEMBERED)
        self._lock = Lock()

    def order(self, words: str, hits: Sequence[Hit]) -> tuple[int, ...]:
        """The places of the hits, best first, each once; raises RerankerError."""
        asked = _Asked(words, tuple((hit.message_id, hit.snippet) for hit in hits))
        with self._lock:
            known = self._orders.get(asked)
        if known is None:
            known = self._ask(words, [f"{hit.subject}\n{hit.snippet}" for hit in hits])
            with self._lock:
                self._orders[asked] = known
        return known

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, words: str, documents: list[str]) -> tuple[int, ...]:
        body = {"model": self.model, "query": words, "documents": documents, "top_n": len(documents)}
        try:
            response = self._client.post(self._url, json=body)
        except httpx.HTTPError as error:
            raise RerankerError(f"{self._url}: {type(error).__name__}") from error
        if not response.is_success:
            raise RerankerError(f"{self._url} answers {response.status_code}")
        scores = _scores(response.content)
        if scores is None or sorted(scores) != list(range(len(documents))):
            raise RerankerError(f"{self._url} does not answer {len(documents)} documents with a score each")
        return tuple(sorted(scores, key=lambda place: (-scores[place], place)))


def _scores(content: bytes) -> dict[int, float] | None:
    """Scores by the number of their document; None when the answer has another form."""
    try:
        answer: object = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    listed = answer.get("results") if isinstance(answer, dict) else None
    scores: dict[int, float] = {}
    for one in listed if isinstance(listed, list) else []:
        place, score = (
            (one.get("index"), one.get("relevance_score")) if isinstance(one, dict) else (None, None)
        )
        if type(place) is not int or not isinstance(score, int | float):
            return None
        scores[place] = float(score)
    return scores


def widened(reranker: Reranker | None, request: SearchRequest) -> SearchRequest:
    """The search to make where its first hits will be read again."""
    if reranker is None:
        return request
    return replace(request, limit=min(MOST_HITS, max(DEPTH, request.limit)))


def reranked(reranker: Reranker | None, request: SearchRequest, found: SearchResult) -> SearchResult:
    """What the widened request found, its hits read again; as they were where that fails, and `plan` says so."""
    if reranker is None:
        return found
    hits, said = found.hits, f"read again by {reranker.model}"
    if found.words and len(hits) > 1:
        try:
            hits = tuple(hits[place] for place in reranker.order(found.words, hits))
        except RerankerError as error:
            log("reranker_failed", reason=str(error))
            said = f"not read again: {error}"
    return replace(found, hits=hits[: request.limit], plan=f"{found.plan}; {said}")
