"""The project's own kernel and recursion, as a process that is asked: `client/kernel/examples/games`."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

GAMES = Path(os.environ["CARGO_TARGET_DIR"]) / "release" / "examples" / "games"


@dataclass
class Recipe:
    """What a datanet fixes: K, K*, squared duplicate radius, classes."""

    classes: int
    radius: int
    neighbours: int = 5
    horizon: int = 32


@dataclass
class Contribution:
    """Records of one account, in order of priority by its number."""

    name: str
    features: np.ndarray
    labels: np.ndarray
    # Which records are good: real, rightly labelled, and not a copy of somebody else's.
    good: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass
class Valued:
    """What a round came to."""

    # By contribution, in accuracy points of one. Exact.
    values: list[Fraction]
    # By record, of all contributions one after the other; 0 for shadows.
    records: np.ndarray
    shadows: np.ndarray
    before: float
    after: float
    # To index the old records, to find shadows, to find rows, to value them.
    seconds: list[float] = field(default_factory=list)

    @property
    def weights(self) -> np.ndarray:
        return np.array([float(max(value, 0)) for value in self.values])


def pack(features: np.ndarray, labels: np.ndarray, ids: tuple[np.ndarray, np.ndarray] | None = None) -> bytes:
    parts = [np.ascontiguousarray(features, dtype=np.int8).tobytes(), labels.astype(np.uint8).tobytes()]
    if ids is not None:
        parts += [ids[0].astype("<u4").tobytes(), ids[1].astype("<u2").tobytes()]
    return b"".join(parts)


def join(contributions: list[Contribution], dimension: int) -> tuple[np.ndarray, np.ndarray]:
    features = [contribution.features for contribution in contributions]
    labels = [contribution.labels for contribution in contributions]
    return np.concatenate([np.zeros((0, dimension), np.int8), *features]), np.concatenate([np.zeros(0, int), *labels])


def number(contributions: list[Contribution], first: int) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.concatenate([np.zeros(0, int), *[np.full(len(each), first + index) for index, each in enumerate(contributions)]])
    positions = np.concatenate([np.zeros(0, int), *[np.arange(len(each)) for each in contributions]])
    return numbers, positions


class Engine:
    def __init__(self) -> None:
        self.process = subprocess.Popen([GAMES], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, *words: object, data: bytes) -> dict:
        self.process.stdin.write((" ".join(str(word) for word in words) + "\n").encode() + data)
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the engine has ended")
        return json.loads(line)

    def game(
        self, recipe: Recipe, old: list[Contribution], new: list[Contribution], benchmark: tuple[np.ndarray, np.ndarray]
    ) -> Valued:
        """A round: contributions of `new`, in their order, on top of all records of `old`."""
        dimension = benchmark[0].shape[1]
        parts = []
        for contributions, first in ((old, 0), (new, len(old))):
            parts.append(pack(*join(contributions, dimension), number(contributions, first)))
        parts.append(pack(*benchmark))
        counts = [sum(map(len, old)), sum(map(len, new)), len(benchmark[1])]
        words = [recipe.neighbours, recipe.horizon, recipe.radius, recipe.classes, dimension, *counts]
        answer = self.ask("game", *words, data=b"".join(parts))
        valued = self.valued(answer, [len(each) for each in new], len(old))
        valued.shadows[answer["shadows"]] = True
        valued.seconds = answer["seconds"]
        return valued

    def rows(self, recipe: Recipe, rows: list[list[tuple[int, int, bool]]], sizes: list[int], first: int) -> Valued:
        """What rows of somebody else's choice are worth. Entries: contribution, position, match."""
        parts = []
        for row in rows:
            parts.append(len(row).to_bytes(2, "little"))
            for contribution, position, matches in row:
                parts.append(contribution.to_bytes(4, "little") + position.to_bytes(2, "little") + bytes([matches]))
        answer = self.ask("rows", recipe.neighbours, recipe.horizon, recipe.classes, first, len(rows), data=b"".join(parts))
        return self.valued(answer, sizes, first)

    def valued(self, answer: dict, sizes: list[int], first: int) -> Valued:
        one = answer["one"]
        values = [Fraction(0)] * len(sizes)
        for contribution, value in answer["contributions"]:
            values[contribution - first] = Fraction(value, one)
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
        records = np.zeros(starts[-1])
        for contribution, position, value in answer["records"]:
            records[starts[contribution - first] + position] = value / one
        return Valued(values, records, np.zeros(starts[-1], bool), answer["before"] / one, answer["after"] / one)

    def shapley(self, neighbours: int, data: tuple[np.ndarray, np.ndarray], tests: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """The game of Jia et al., all records at once."""
        return np.array(self.ask_shapley(neighbours, data, tests)["values"])

    def timed_shapley(self, neighbours: int, data: tuple[np.ndarray, np.ndarray], tests: tuple[np.ndarray, np.ndarray]) -> float:
        """The seconds that it takes."""
        return self.ask_shapley(neighbours, data, tests)["seconds"]

    def ask_shapley(self, neighbours: int, data: tuple[np.ndarray, np.ndarray], tests: tuple[np.ndarray, np.ndarray]) -> dict:
        words = [neighbours, data[0].shape[1], len(data[1]), len(tests[1])]
        return self.ask("shapley", *words, data=pack(*data) + pack(*tests))

    def neighbours(self, features: np.ndarray) -> np.ndarray:
        """The nearest 32 others of each record."""
        data = pack(features, np.zeros(len(features)))
        return np.array(self.ask("neighbours", features.shape[1], len(features), data=data)["neighbours"])

    def screen(self, features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
        """The advisory quality of each record, and the seconds that it took."""
        index = np.arange(len(labels))
        data = pack(features, labels, (index >> 16, index & 0xFFFF))
        answer = self.ask("screen", features.shape[1], len(labels), data=data)
        return np.array(answer["scores"], dtype=float), answer["seconds"]
