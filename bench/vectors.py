"""Vectors of benchmark texts, kept on disk: the model makes two to four a second and core."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from posthus.embedding.encoder import DIMENSIONS, Encoder, Side, Vectors

VECTORS = Path(__file__).with_name("results") / "vectors"


def cached(encoder: Encoder, side: Side, texts: Sequence[str], folder: Path) -> Vectors:
    """The vectors of `texts` in their order; those not yet in the folder are computed and added, 64 at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{encoder.model}-{side}.npz"
    kept: dict[str, Vectors] = {}
    if file.exists():
        with np.load(file) as stored:
            kept = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in kept}.items())
    for at in range(0, len(missing), 64):
        piece = missing[at : at + 64]
        made = encoder.queries if side == "query" else encoder.passages
        kept.update(zip([key for key, _ in piece], made([text for _, text in piece]), strict=True))
        np.savez(file, keys=np.array(list(kept)), vectors=np.stack(list(kept.values())))
    if not keys:
        return np.empty((0, DIMENSIONS), dtype=np.float32)
    return np.stack([kept[key] for key in keys])
