"""The mean vector of each side of a model, taken out of every vector; part of the model's version.

Recompute them with `python tools/means.py` (texts and licences are named there) and raise the version: vectors
centred on different means must never be compared.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posthus.embedding.encoder import DIMENSIONS, EncoderError, Vectors


@dataclass(frozen=True, slots=True)
class Means:
    """What is subtracted from questions and from passages: float32 [384] each."""

    version: str
    query: Vectors
    passage: Vectors


def load_means(raw_model: str) -> Means:
    """The means that come with Posthus for a model; raises EncoderError where there are none."""
    path = Path(__file__).with_name("means") / f"{raw_model}.npy"
    if not path.is_file():
        raise EncoderError(f"no means were computed for the model {raw_model}")
    stored: Vectors = np.load(path, allow_pickle=False)
    if stored.shape != (2, DIMENSIONS) or stored.dtype != np.float32:
        raise EncoderError(f"{path.name} does not hold two means of {DIMENSIONS} numbers")
    return Means("centred-1", stored[0], stored[1])
