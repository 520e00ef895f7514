"""An endpoint that answers like OpenAI's, over real HTTP; what it answers can be told beforehand."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

Scripted = tuple[int, Mapping[str, str], object]


@dataclass
class Embedder:
    """What was asked, and the answers that come before the usual ones: status, headers, JSON."""

    dimensions: int = 384
    asked: list[dict[str, object]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    first: list[Scripted] = field(default_factory=list)
    address: str = ""

    def answer(self, body: dict[str, object]) -> Scripted:
        self.asked.append(body)
        if self.first:
            return self.first.pop(0)
        texts = body["input"]
        assert isinstance(texts, list)
        rows = [{"index": number, "embedding": self.vector(str(text))} for number, text in enumerate(texts)]
        # The order is the endpoint's own: the index says what belongs to what.
        return 200, {}, {"data": rows[::-1], "usage": {"total_tokens": 7 * len(texts)}}

    def vector(self, text: str) -> list[float]:
        total = np.zeros(self.dimensions)
        for word in text.lower().split():
            seed = int.from_bytes(sha256(word[:5].encode()).digest()[:4], "big")
            total += np.random.default_rng(seed).standard_normal(self.dimensions)
        return [float(value) for value in total]


@pytest.fixture
def embedder() -> Iterator[Embedder]:
    told = Embedder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.keys.append(self.headers.get("Authorization"))
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, content = told.answer(body) if self.path == "/v1/embeddings" else (404, {}, {})
            answer = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()
