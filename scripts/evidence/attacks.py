"""Attacks on a round, under Tributary, under pay by volume, and under others' values as weights."""

import itertools
from fractions import Fraction

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

import cells
import peers
from datasets import GAMES
from engine import Engine, Valued, join
from world import Play, World

SEEDS = 20

# The story's recipe and pledge (`scripts/story/story.mjs`): coins for an accuracy of one, at the most, a record and a byte.
PRICE = Fraction(1000)
BUDGET = Fraction(900)
FEE = Fraction(1, 1000)
BOND = Fraction(1, 10000)


def keys(seeds: int | None) -> list[dict]:
    seeds = SEEDS if seeds is None else seeds
    return [{"seed": seed, "dataset": name} for seed, name in itertools.product(range(seeds), GAMES)]


def weights(values: np.ndarray, play: Play) -> np.ndarray:
    """A contribution's weight: the sum of its records' values, or nothing. Values are those of old and new records."""
    values = values[len(values) - sum(map(len, play.new)) :]
    parts = np.split(values, np.cumsum([len(each) for each in play.new])[:-1])
    return np.array([max(0.0, part.sum()) for part in parts])


def shares(name: str, scenario: str, play: Play, weights: np.ndarray) -> dict:
    """How the pay is divided."""
    total = weights.sum()
    share = weights / total if total > 0 else weights
    garbage = [index for index, each in enumerate(play.new) if each.good.mean() <= 0.5]
    volume = np.array([len(each) for each in play.new])
    return {
        "method": name,
        "scenario": scenario,
        "attack": share[play.attack].sum(),
        "garbage": share[garbage].sum(),
        "volume": volume[play.attack].sum() / volume.sum(),
        "honest": [share[index] for index, each in enumerate(play.new) if each.name == "honest"],
    }


def detection(scores: np.ndarray, play: Play) -> dict:
    """How well low scores of new records tell bad ones."""
    bad = ~np.concatenate([each.good for each in play.new])
    scores = scores[len(scores) - len(bad) :]
    return {"auroc": roc_auc_score(bad, -scores), "ap": average_precision_score(bad, -scores), "bad": bad.mean()}


def money(valued: Valued, play: Play) -> dict:
    """What the attacker pays and gets: pay, fees, what is held for a while, what is burnt. In coins."""
    positive = sum(value for value in valued.values if value > 0)
    factor = min(Fraction(1), BUDGET / (PRICE * positive)) if positive > 0 else Fraction(1)
    row = {"pay": 0.0, "fee": 0.0, "bond": 0.0, "burnt": 0.0}
    for index in play.attack:
        each, value = play.new[index], valued.values[index]
        bond = BOND * len(each) * (each.features.shape[1] + 1)
        row["pay"] += float(PRICE * max(value, Fraction(0)) * factor)
        row["fee"] += float(FEE * len(each))
        row["bond"] += float(bond)
        row["burnt"] += float(min(bond, PRICE * max(-value, Fraction(0)) * factor))
    return row


def scores_of(valued: Valued) -> np.ndarray:
    """Values, and below them all the listed copies."""
    return np.where(valued.shadows, -1e9, valued.records)


class Attacks:
    """Methods that cost next to nothing: Tributary, volume, and K-NN Shapley of all records together."""

    def __init__(self) -> None:
        self.engine = Engine()

    def __call__(self, seed: int, dataset: str) -> list[dict]:
        rows = []
        world = World(dataset, seed)
        for scenario, play in world.plays().items():
            dimension = play.benchmark[0].shape[1]
            valued = self.engine.game(world.recipe, play.old, play.new, play.benchmark)
            row = shares("Tributary", scenario, play, valued.weights)
            row |= money(valued, play) | {"before": valued.before, "after": valued.after}
            volume = np.concatenate([np.ones(len(each)) for each in play.new])
            records = join([*play.old, *play.new], dimension)
            joint = self.engine.shapley(world.recipe.neighbours, records, play.benchmark)
            more = [
                shares("volume", scenario, play, weights(volume, play)),
                shares("K-NN Shapley", scenario, play, weights(joint, play)),
            ]
            if scenario == "mixture":
                row |= detection(scores_of(valued), play)
                more[1] |= detection(joint, play)
            rows += [row, *more]
        return rows


def with_models(seed: int, dataset: str) -> list[dict]:
    """Methods that train models."""
    rows = []
    world = World(dataset, seed)
    for scenario, play in world.plays().items():
        features, labels = join([*play.old, *play.new], play.benchmark[0].shape[1])
        for name, value in (("Data-OOB", peers.data_oob), ("cleanlab", peers.self_confidence)):
            values = value(features, labels, seed)
            row = shares(name, scenario, play, weights(values, play))
            if scenario == "mixture":
                row |= detection(values, play)
            rows.append(row)
    return rows


def run(seeds: int | None) -> None:
    cells.compute("attacks", keys(seeds), Attacks())


def run_models(seeds: int | None) -> None:
    cells.compute("peers", keys(seeds), with_models)
