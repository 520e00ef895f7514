"""The messages that have a query's words, with how well each fits: packed, because thousands are kept; pure."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

_HALVES = ">u8"


@dataclass(frozen=True, slots=True)
class Packed:
    """As the database gives them: ids of 16 bytes, moments and ranks of 8, all in one order."""

    ids: bytes
    moments: bytes
    ranks: bytes


@dataclass(frozen=True, slots=True)
class Pool:
    """Messages in any order: `ids` [n, 2] in halves, `moments` [n] in microseconds, `ranks` [n]."""

    ids: npt.NDArray[np.uint64]
    moments: npt.NDArray[np.int64]
    ranks: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ranks)

    @classmethod
    def unpacked(cls, packed: Packed) -> "Pool":
        """The pool that a query gave."""
        return cls(
            np.frombuffer(packed.ids, _HALVES).reshape(-1, 2).astype(np.uint64),
            np.frombuffer(packed.moments, ">i8").astype(np.int64),
            np.frombuffer(packed.ranks, ">f8").astype(np.float64),
        )

    def best(self, most: int) -> list[UUID]:
        """The ids that fit best; of equal ones the newest id first."""
        order = np.lexsort((self.ids[:, 1], self.ids[:, 0], self.ranks))[::-1][:most]
        return [_uuid(one) for one in self.ids[order]]

    def with_newer(self, gone: Collection[UUID], came: "Pool", most: int) -> "Pool":
        """The pool without `gone` and with `came`, of which the newest `most` are kept."""
        stays = ~_among(self.ids, gone)
        ids = np.concatenate([self.ids[stays], came.ids])
        moments = np.concatenate([self.moments[stays], came.moments])
        ranks = np.concatenate([self.ranks[stays], came.ranks])
        if len(ranks) > most:
            kept = np.lexsort((ids[:, 1], ids[:, 0], moments))[::-1][:most]
            ids, moments, ranks = ids[kept], moments[kept], ranks[kept]
        return Pool(ids, moments, ranks)

    def has_any(self, some: Collection[UUID]) -> bool:
        """Whether one of these is in the pool."""
        return bool(_among(self.ids, some).any())


def _uuid(halves: npt.NDArray[np.uint64]) -> UUID:
    return UUID(int=(int(halves[0]) << 64) | int(halves[1]))


def _among(ids: npt.NDArray[np.uint64], some: Collection[UUID]) -> npt.NDArray[np.bool_]:
    if not some or not len(ids):
        return np.zeros(len(ids), np.bool_)
    wanted = np.frombuffer(b"".join(one.bytes for one in some), _HALVES).reshape(-1, 2).astype(np.uint64)
    kind = np.dtype([("high", np.uint64), ("low", np.uint64)])
    return np.isin(np.ascontiguousarray(ids).view(kind).ravel(), wanted.view(kind).ravel())
