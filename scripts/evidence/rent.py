"""First-round rent: what equally good records earn by the round they come in, under this method and under joint Shapley."""

import numpy as np

import cells
from attacks import keys
from datasets import Shuffled
from engine import Contribution, Engine, Recipe, join
from world import DUPLICATES, nearest_of_class

ROUNDS = 5
CONTRIBUTIONS = 4


class Rent:
    def __init__(self) -> None:
        self.engine = Engine()

    def __call__(self, seed: int, dataset: str) -> list[dict]:
        data = Shuffled.of(dataset, seed)
        size, benchmark = (40, 100) if dataset == "digits" else (64, 200)
        recipe = Recipe(data.classes, int(np.quantile(nearest_of_class(*data.public), DUPLICATES)))
        benchmarks = [data.take_balanced(benchmark) for _ in range(ROUNDS)]
        rows, old, everything = [], [], []
        for number, tests in enumerate(benchmarks):
            new = [Contribution("honest", *data.take(size), np.ones(size, bool)) for _ in range(CONTRIBUTIONS)]
            valued = self.engine.game(recipe, old, new, tests)
            everything.append(new)
            # Only what is admitted counts in later rounds.
            old += [each for each, value in zip(new, valued.values, strict=True) if value > 0]
            row = {"round": number + 1, "weight": valued.weights.sum(), "negative": sum(value <= 0 for value in valued.values)}
            rows.append(row | {"before": valued.before, "after": valued.after})
        # All records of all rounds, measured by the last benchmark.
        records = join([each for new in everything for each in new], benchmarks[0][0].shape[1])
        joint = self.engine.shapley(recipe.neighbours, records, benchmarks[-1]).reshape(ROUNDS, CONTRIBUTIONS, size)
        joint = np.maximum(joint.sum(axis=2), 0).sum(axis=1)
        total = sum(row["weight"] for row in rows)
        for row, value in zip(rows, joint, strict=True):
            row["share"] = row["weight"] / total
            row["joint"] = value / joint.sum()
        return rows


def run(seeds: int | None) -> None:
    cells.compute("rent", keys(seeds), Rent())
