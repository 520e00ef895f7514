"""Stopping does not wait for the model: whoever waits for vectors hears of it, and nothing is left running."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from posthus.embedding.encoder import EncoderError
from posthus.embedding.local import LocalEncoder
from posthus.embedding.remote import Endpoint, RemoteEncoder

Wait = Callable[[Callable[[], bool]], None]


def test_a_local_model_that_is_computing_ends_at_once_and_can_be_used_again(wait_until: Wait) -> None:
    encoder = LocalEncoder()
    endless = ["Vi vil gerne have et tilbud på nyt skifertag. " * 20] * 400
    with ThreadPoolExecutor(1) as pool:
        computing = pool.submit(encoder.passages, endless)
        wait_until(lambda: bool(encoder.pids))
        (pid,) = encoder.pids
        encoder.close()
        with pytest.raises(EncoderError, match="stopped"):
            computing.result(60)
    assert encoder.pids == []
    assert not psutil.pid_exists(pid)
    assert encoder.queries(["Hvor er taget?"]).shape == (1, 384)
    encoder.close()


def test_a_remote_model_that_is_waited_for_is_let_go() -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        encoder.close()

    encoder = RemoteEncoder(Endpoint("http://127.0.0.1:9", "some-model"), pause)
    with pytest.raises(EncoderError, match="closed"):
        encoder.passages(["Hej"])
    assert len(pauses) == 1
