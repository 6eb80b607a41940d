"""Telling wrong labels from right ones without a benchmark, beside others that do."""

import itertools

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

import cells
import peers
from datasets import CHOSEN_ON, SCREENED, Shuffled
from engine import Engine
from world import wrong

SEEDS = 10
CHOICE_SEEDS = 4
NOISE = (0.05, 0.1, 0.2, 0.4)
RECORDS = 800
TREES = 100


def keys(names: list[str], seeds: range) -> list[dict]:
    combinations = itertools.product(seeds, names, NOISE)
    return [{"seed": seed, "dataset": name, "noise": noise} for seed, name, noise in combinations]


def agreement_and_value(labels: np.ndarray, lists: np.ndarray, neighbours: int) -> tuple[np.ndarray, np.ndarray]:
    """The first experiment's two measures: harmonic-weighted agreement, and the value with the other records as benchmark."""
    matches = (labels[lists] == labels[:, None]).astype(float)
    places = np.arange(1, lists.shape[1] + 1)
    agreement = matches @ (1 / places)
    shares = np.minimum(places, neighbours) / places / neighbours
    further = np.column_stack([matches[:, 1:], np.zeros(len(labels))])
    games = np.cumsum(((matches - further) * shares)[:, ::-1], axis=1)[:, ::-1]
    values = np.zeros(len(labels))
    np.add.at(values, lists.ravel(), games.ravel())
    return agreement, values


def ranks(values: np.ndarray) -> np.ndarray:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - counts / 2)[places]


class Screening:
    def __init__(self) -> None:
        self.engine = Engine()

    def __call__(self, seed: int, dataset: str, noise: float) -> list[dict]:
        random = np.random.default_rng([seed, 3, round(100 * noise)])
        data = Shuffled.of(dataset, seed)
        features, labels = data.take(min(RECORDS, len(data)))
        flipped = random.permutation(len(labels)) < round(noise * len(labels))
        labels = np.where(flipped, wrong(labels, data.classes, random), labels)

        rows = []

        def add(method: str, scores: np.ndarray) -> None:
            found = {"auroc": roc_auc_score(flipped, -scores), "ap": average_precision_score(flipped, -scores)}
            rows.append({"method": method} | found)

        add("Tributary", self.engine.screen(features, labels)[0])
        agreement, values = agreement_and_value(labels, self.engine.neighbours(features), 5)
        add("agreement", agreement)
        add("first experiment", ranks(agreement) + ranks(values))
        # A fifth of the records, as wrong as the rest, is the benchmark of the others, and so on in turn.
        parts = np.array_split(random.permutation(len(labels)), peers.FOLDS)
        noisy = np.zeros(len(labels))
        for part in parts:
            rest = np.setdiff1d(np.arange(len(labels)), part)
            noisy[rest] += self.engine.shapley(5, (features[rest], labels[rest]), (features[part], labels[part]))
        add("K-NN Shapley, noisy benchmark", noisy)
        add("Data-OOB, forest", peers.data_oob(features, labels, seed, TREES))
        add("cleanlab, logistic regression", peers.self_confidence(features, labels, seed))
        add("cleanlab, K-NN", peers.self_confidence(features, labels, seed, KNeighborsClassifier(10)))
        add("cleanlab, forest", peers.self_confidence(features, labels, seed, RandomForestClassifier(TREES // 2, random_state=seed)))
        return rows


def run(seeds: int | None) -> None:
    """On the data that the report is about."""
    cells.compute("screening", keys(SCREENED, range(min(seeds or SEEDS, SEEDS))), Screening())


def run_choice(seeds: int | None) -> None:
    """On the data that the method was chosen on, with other seeds."""
    cells.compute("screening-choice", keys(CHOSEN_ON, range(100, 100 + min(seeds or CHOICE_SEEDS, CHOICE_SEEDS))), Screening())
