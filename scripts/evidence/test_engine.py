"""The engine against brute force over all subsets, and against pyDVL. `python -m unittest` in this folder; `run` does so first."""

import unittest
from fractions import Fraction
from itertools import combinations
from math import factorial

import numpy as np

import peers
from engine import Contribution, Engine, Recipe
from text import encode


def accuracy(recipe: Recipe, records: list[tuple], target: np.ndarray, label: int) -> Fraction:
    """Soft accuracy of the nearest neighbours of one benchmark record; phantoms at infinity fill up."""
    near = [each for each in records if each[0] > recipe.radius]
    near = sorted(near)[: recipe.neighbours]
    right = sum(each[2] == label for each in near)
    phantoms = recipe.neighbours - len(near)
    return (right + Fraction(phantoms, recipe.classes)) / recipe.neighbours


class Brute:
    """Shapley values from the definition: every subset, each as likely as its place in an order."""

    def __init__(self, recipe: Recipe, old: list[Contribution], new: list[Contribution], benchmark: tuple) -> None:
        self.recipe, self.benchmark = recipe, benchmark
        records = [
            (number, position, each.features[position].astype(int), int(each.labels[position]))
            for number, each in enumerate([*old, *new])
            for position in range(len(each))
        ]
        self.old = [record for record in records if record[0] < len(old)]
        originals, self.players = list(self.old), []
        for record in records[len(self.old) :]:
            if not any(other[3] == record[3] and self.distance(other[2], record[2]) <= recipe.radius for other in originals):
                originals.append(record)
                self.players.append(record)

    @staticmethod
    def distance(one: np.ndarray, other: np.ndarray) -> int:
        return int(((one - other) ** 2).sum())

    def worth(self, chosen: tuple) -> Fraction:
        total = Fraction(0)
        for target, label in zip(*self.benchmark, strict=True):
            records = [(self.distance(each[2], target.astype(int)), each[:2], each[3]) for each in [*self.old, *chosen]]
            total += accuracy(self.recipe, records, target, label)
        return total / len(self.benchmark[1])

    def values(self) -> dict:
        count = len(self.players)
        values = {}
        for player in self.players:
            others = [other for other in self.players if other is not player]
            value = Fraction(0)
            for size in range(count):
                chance = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
                for chosen in combinations(others, size):
                    value += chance * (self.worth((*chosen, player)) - self.worth(chosen))
            values[player[:2]] = value
        return values


class EngineTest(unittest.TestCase):
    def setUp(self) -> None:
        self.engine = Engine()
        self.addCleanup(self.engine.process.communicate)

    def contribution(self, random: np.random.Generator, count: int) -> Contribution:
        features = random.integers(-4, 5, (count, 2)).astype(np.int8)
        return Contribution("some", features, random.integers(0, 3, count), np.ones(count, bool))

    def test_values_are_those_of_all_subsets(self) -> None:
        for seed in range(6):
            random = np.random.default_rng(seed)
            old = [self.contribution(random, 2)] if seed % 2 else []
            new = [self.contribution(random, 3), self.contribution(random, 4)]
            tests = self.contribution(random, 3)
            recipe = Recipe(3, int(random.integers(0, 3)), neighbours=2)
            benchmark = tests.features, tests.labels
            brute = Brute(recipe, old, new, benchmark)
            expected = brute.values()
            valued = self.engine.game(recipe, old, new, benchmark)
            for index, each in enumerate(new):
                number = len(old) + index
                values = [expected.get((number, position), 0) for position in range(len(each))]
                self.assertEqual(valued.values[index], sum(values))
            self.assertAlmostEqual(valued.after - valued.before, float(brute.worth(tuple(brute.players)) - brute.worth(())))
            self.assertEqual(len(valued.shadows) - valued.shadows.sum(), len(brute.players))

    def test_joint_shapley_is_that_of_pydvl(self) -> None:
        # Numbers far enough apart that no two distances are equal: pyDVL takes equal ones in any order.
        random = np.random.default_rng(1)
        features = random.integers(-128, 128, (300, 40)).astype(np.int8)
        labels = random.integers(0, 3, 300)
        tests = random.integers(-128, 128, (20, 40)).astype(np.int8), random.integers(0, 3, 20)
        distances = ((features[None].astype(int) - tests[0][:, None]) ** 2).sum(axis=2)
        ties = [len(row) - len(set(row)) for row in distances.tolist()]
        tests = tuple(each[np.array(ties) == 0] for each in tests)
        self.assertGreater(len(tests[1]), 5)
        own = self.engine.shapley(5, (features, labels), tests)
        np.testing.assert_allclose(own, peers.knn_shapley(features, labels, tests, 5), atol=1e-9)

    def test_neighbours_are_the_nearest(self) -> None:
        features = np.random.default_rng(2).integers(-9, 10, (90, 3)).astype(np.int8)
        distances = ((features[None].astype(int) - features[:, None]) ** 2).sum(axis=2)
        np.fill_diagonal(distances, 1 << 30)
        expected = np.argsort(distances, axis=1, kind="stable")[:, :32]
        np.testing.assert_array_equal(self.engine.neighbours(features), expected)

    def test_texts_are_encoded_as_on_chain(self) -> None:
        # From the encoder's own test vectors.
        self.assertEqual(encode("Hello, world!", 16), [-23, 0, 11, 11, 34, 11, 11, 11, 6, 11, -6, 11, 23, 6, -28, 11])
        self.assertEqual(encode("e\u0301 \u00e9", 16), [-29, 0, 0, 15, 0, -15, 0, 29, 15, 29, 0, 0, 29, 0, 0, 0])


if __name__ == "__main__":
    unittest.main()
