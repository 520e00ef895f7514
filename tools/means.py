"""Compute the means of the local model from generic text and write them into the package.

Usage: python tools/means.py FOLDER, where FOLDER holds `libreoffice-help` (Danish and English help pages, MPL-2.0)
and `banking77` (English customer questions, CC-BY-4.0). Only two means of 384 numbers are kept, no text.
Questions: 300 banking questions, 150 Danish and 150 English index terms. Passages: 200 Danish and 200 English pages,
title and first 500 characters. Sampled with a fixed seed; takes about four minutes on one core.
"""

import json
import random
import sys
from pathlib import Path

import numpy as np

from posthus.embedding.encoder import Side, Vectors
from posthus.embedding.local import RAW_MODEL, ModelProcess


def main(folder: Path) -> None:
    """Embed the samples and store both means."""
    pick = random.Random(20261124)
    help_pages, questions = folder / "libreoffice-help", folder / "banking77" / "train.jsonl"
    queries = [row["text"] for row in pick.sample(_rows(questions), 300)]
    passages = []
    for language in ("da", "en"):
        queries += [row["text"] for row in pick.sample(_rows(help_pages / f"queries.{language}.jsonl"), 150)]
        pages = pick.sample(_rows(help_pages / f"corpus.{language}.jsonl"), 200)
        passages += [f"{page['title']}\n{page['text'][:500]}" for page in pages]
    child = ModelProcess(idle_seconds=60)
    query, passage = _mean(child, queries, "query"), _mean(child, passages, "passage")
    child.stop()
    target = Path(__file__).parents[1] / "posthus" / "embedding" / "means" / f"{RAW_MODEL}.npy"
    np.save(target, np.stack([query, passage]).astype(np.float32))
    print(f"{target}: lengths of the means {np.linalg.norm(query):.3f} {np.linalg.norm(passage):.3f}")


def _mean(child: ModelProcess, texts: list[str], side: Side) -> Vectors:
    every = np.concatenate([child.encode(texts[at : at + 8], side) for at in range(0, len(texts), 8)])
    mean: Vectors = every.mean(axis=0)
    return mean


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
