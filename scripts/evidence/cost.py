"""What it costs to verify a contribution as the datanet grows a hundredfold."""

import numpy as np

import cells
from datasets import load
from engine import Contribution, Engine, Recipe, join

CONTRIBUTIONS = 10
SIZE = 128
TESTS = 200
# By admitted records.
REPETITIONS = {2_000: 50, 20_000: 50, 200_000: 15}


def digits(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Mixtures of two digits of a class, each pixel changed by at most one."""
    features, labels = load("digits")
    wanted = random.integers(0, 10, count)
    of_class = [np.flatnonzero(labels == label) for label in range(10)]
    pairs = [np.array([random.choice(of_class[label]) for label in wanted]) for _ in range(2)]
    share = random.random((count, 1))
    mixed = share * features[pairs[0]] + (1 - share) * features[pairs[1]]
    return np.clip(np.round(mixed) + random.integers(-1, 2, mixed.shape), 0, 17).astype(np.int8), wanted


def uniform(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return random.integers(-128, 128, (count, 64)).astype(np.int8), random.integers(0, 10, count)


class Cost:
    def __init__(self) -> None:
        self.engine = Engine()

    def __call__(self, data: str, old: int) -> list[dict]:
        random = np.random.default_rng(7)
        make = {"digits": digits, "uniform": uniform}[data]
        earlier = [Contribution("old", *make(old // 100, random), np.ones(old // 100, bool)) for _ in range(100)]
        new = [Contribution("new", *make(SIZE, random), np.ones(SIZE, bool)) for _ in range(CONTRIBUTIONS)]
        tests = make(TESTS, random)
        recipe = Recipe(10, 20 if data == "digits" else 100)
        # The least of the repetitions: what else the machine does only adds to it.
        seconds = np.min([self.engine.game(recipe, earlier, new, tests).seconds for _ in range(REPETITIONS[old])], axis=0)
        _, shadows, rows, values = seconds
        everything = join([*earlier, *new], 64)
        joint = min(self.engine.timed_shapley(recipe.neighbours, everything, tests) for _ in range(2))
        return [{"shadows": shadows, "rows": rows, "values": values, "joint": joint}]


def run(_: int | None) -> None:
    cells.compute("cost", [{"data": data, "old": old} for data in ("digits", "uniform") for old in REPETITIONS], Cost(), measures=True)
