"""Cells as samples: means over datasets and seeds, and their intervals.

Intervals are those of a paired bootstrap: datasets are drawn with replacement, then seeds of each, the same for all that is compared; 95 %
of 2,000 such means lie within.
"""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

import cells
from world import HONEST_OF

METHODS = ["Tributary", "volume", "K-NN Shapley", "Data-OOB", "cleanlab"]
DRAWS = 2000

# By dataset, seeds x quantities.
Samples = dict[str, np.ndarray]


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def mean(samples: Samples) -> np.ndarray:
    return np.mean([each.mean(axis=0) for each in samples.values()], axis=0)


def interval(samples: Samples, statistic: Callable[[np.ndarray], np.ndarray], fixed: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """95 % of a statistic of the means; with the datasets taken as given, or as a sample of datasets."""
    random = np.random.default_rng(1)
    # Of each dataset, means of seeds drawn with replacement.
    drawn = [
        np.array([each[random.integers(0, len(each), len(each))].mean(axis=0) for _ in range(DRAWS)])
        for each in samples.values()
    ]
    chosen = np.tile(np.arange(len(drawn)), (DRAWS, 1)) if fixed else random.integers(0, len(drawn), (DRAWS, len(drawn)))
    stack = np.stack(drawn)
    means = stack[chosen, np.arange(DRAWS)[:, None]].mean(axis=1)
    return tuple(np.quantile([statistic(each) for each in means], [0.025, 0.975], axis=0))


def collect(rows: list[dict], quantities: Callable[[dict], dict]) -> tuple[Samples, list]:
    """Rows of cells to samples, and the names of the quantities that rows tell of. A cell that lacks one is left out."""
    by_cell: dict = defaultdict(dict)
    for row in rows:
        by_cell[row["dataset"], row["seed"]] |= quantities(row)
    names = list(dict.fromkeys(name for cell in by_cell.values() for name in cell))
    samples = defaultdict(list)
    for (dataset, _), cell in sorted(by_cell.items()):
        if len(cell) == len(names):
            samples[dataset].append([cell[name] for name in names])
    return {dataset: np.array(each) for dataset, each in samples.items()}, names


class Attacked:
    """Shares by scenario and method, of those cells that all methods were computed for."""

    def __init__(self) -> None:
        rows = [*cells.read("attacks"), *cells.read("peers")]
        self.methods = [method for method in METHODS if any(row["method"] == method for row in rows)]
        self.scenarios = list(dict.fromkeys(row["scenario"] for row in rows))

        def quantities(row: dict) -> dict:
            key = row["scenario"], row["method"]
            return {
                (*key, "attack"): row["attack"],
                (*key, "garbage"): row["garbage"],
                (*key, "honest"): sum(row["honest"]),
            }

        cheap = [row for row in rows if row["method"] in ("Tributary", "volume", "K-NN Shapley")]
        self.samples, names = collect(cheap, quantities)
        self.names = {name: index for index, name in enumerate(names)}
        self.dear, names = collect(rows, quantities)
        self.dear_names = {name: index for index, name in enumerate(names)}

    def of(self, method: str) -> tuple[Samples, dict]:
        return (self.dear, self.dear_names) if method in ("Data-OOB", "cleanlab") else (self.samples, self.names)

    def cell(self, scenario: str, method: str, what: str) -> str:
        samples, names = self.of(method)
        if not samples:
            return "-"
        if what == "gain":
            share = names[scenario, method, "attack"]
            honest = names[HONEST_OF.get(scenario, "honest"), method, "attack"]

            def statistic(means: np.ndarray) -> float:
                return means[share] / means[honest]

            value, (low, high) = statistic(mean(samples)), interval(samples, statistic)
            return f"{value:.2f} [{low:.2f}, {high:.2f}]"
        index = names[scenario, method, what]

        def share_of(means: np.ndarray) -> float:
            return 100 * means[index]

        value, (low, high) = share_of(mean(samples)), interval(samples, share_of)
        return f"{value:.1f} [{low:.1f}, {high:.1f}]"

    def value(self, scenario: str, method: str, what: str) -> float:
        samples, names = self.of(method)
        return float(mean(samples)[names[scenario, method, what]])

    def gain(self, scenario: str, method: str) -> float:
        """An attack's share, divided by that of an honest contribution in its place."""
        return self.value(scenario, method, "attack") / self.value(HONEST_OF.get(scenario, "honest"), method, "attack")
