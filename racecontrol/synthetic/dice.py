"""Chance, seeded. Uniform numbers only: NumPy promises their stream, not that of distributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")


class Dice:
    """One stream of chance. seeds: what it follows from; another pilot, another stream."""

    def __init__(self, *seeds: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(seeds))

    def between(self, low: float, high: float) -> float:
        """A number of [low, high)."""
        return low + (high - low) * float(self._generator.random())

    def whole(self, low: int, high: int) -> int:
        """A whole number of low..high, both included."""
        return low + int((high - low + 1) * float(self._generator.random()))

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.whole(0, len(choices) - 1)]

    def sample(self, choices: Sequence[T], count: int) -> list[T]:
        """`count` different ones of `choices`, in the order of `choices`."""
        drawn = self._order(len(choices))[:count]
        return [choices[index] for index in sorted(drawn)]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """All of `choices` in another order."""
        return [choices[index] for index in self._order(len(choices))]

    def column(self, low: float, high: float, length: int) -> npt.NDArray[np.float64]:
        """`length` numbers of [low, high)."""
        return low + (high - low) * self._generator.random(length)

    def _order(self, count: int) -> list[int]:
        order: list[int] = np.argsort(self._generator.random(count), kind="stable").tolist()
        return order
