"""Models trained on what the chain admits, and on other choices from the same records."""

import warnings

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

import cells
import peers
from attacks import keys
from engine import Engine, join
from world import World

PLAYS = ("mixture",)


def learners(seed: int) -> dict:
    return {
        "logistic regression": peers.logistic_regression(),
        "gradient boosting": HistGradientBoostingClassifier(
            max_iter=20, max_leaf_nodes=15, max_features=0.25, early_stopping=False, random_state=seed
        ),
        "small network": MLPClassifier((32,), max_iter=40, early_stopping=False, random_state=seed),
    }


def probabilities(model, features: np.ndarray, classes: int) -> np.ndarray:
    """Of all classes, also of those that the model has not seen; none is impossible."""
    found = np.full((len(features), classes), 1e-6)
    found[:, model.classes_] = np.maximum(model.predict_proba(features), 1e-6)
    return found / found.sum(axis=1, keepdims=True)


class Models:
    def __init__(self) -> None:
        self.engine = Engine()

    def choices(self, world: World, name: str, seed: int) -> dict[str, np.ndarray]:
        """Which records each curator takes."""
        play = world.plays()[name]
        features, labels = join(play.new, play.benchmark[0].shape[1])
        valued = self.engine.game(world.recipe, play.old, play.new, play.benchmark)
        sizes = [len(each) for each in play.new]
        admitted = np.repeat([value > 0 for value in valued.values], sizes)
        count = admitted.sum()
        trusted = peers.self_confidence(features, labels, seed)
        # Of the admitted, a trainer may leave out listed copies and the tenth that the screening likes least.
        quality, _ = self.engine.screen(features[admitted], labels[admitted])
        screened = np.flatnonzero(admitted)[quality >= np.quantile(quality, 0.1)]
        self.records = features, labels
        return {
            "admitted": np.flatnonzero(admitted),
            "admitted, screened": screened[~valued.shadows[screened]],
            "everything": np.arange(len(labels)),
            "random, same size": world.random.permutation(len(labels))[:count],
            "cleanlab, same size": np.argsort(-trusted, kind="stable")[:count],
            "clean oracle": np.flatnonzero(np.concatenate([each.good for each in play.new])),
        }

    def __call__(self, seed: int, dataset: str) -> list[dict]:
        rows = []
        world = World(dataset, seed)
        for name in PLAYS:
            for choice, chosen in self.choices(world, name, seed).items():
                features, labels = self.records
                deviation = max(features.astype(float).std(), 1e-9)
                for learner, model in learners(seed).items():
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        model.fit(features[chosen] / deviation, labels[chosen])
                    likely = probabilities(model, world.test[0] / deviation, world.classes)
                    rows.append(
                        {
                            "scenario": name,
                            "choice": choice,
                            "model": learner,
                            "records": len(chosen),
                            "accuracy": float((likely.argmax(axis=1) == world.test[1]).mean()),
                            "loss": log_loss(world.test[1], likely, labels=np.arange(world.classes)),
                        }
                    )
        return rows


def run(seeds: int | None) -> None:
    cells.compute("models", keys(seeds), Models())
