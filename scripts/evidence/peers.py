"""What others value records by, with settings that are not worse than their defaults. All get the same records.

Features are divided by one number, their standard deviation over all of them, which changes nothing for trees and neighbours and helps
logistic regression.
"""

import warnings

import numpy as np
from cleanlab.rank import get_label_quality_scores
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydvl.valuation import Dataset, DataOOBValuation, KNNShapleyValuation

from sklearn.neighbors import KNeighborsClassifier

FOLDS = 5


def scaled(features: np.ndarray) -> np.ndarray:
    features = features.astype(np.float64)
    return features / max(features.std(), 1e-9)


def logistic_regression() -> LogisticRegression:
    return LogisticRegression()


def out_of_fold(model, features: np.ndarray, labels: np.ndarray, seed: int) -> np.ndarray:
    """Probabilities of all classes, of each record by a model that has not seen it."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cross_val_predict(model, scaled(features), labels, cv=folds, method="predict_proba")


def self_confidence(features: np.ndarray, labels: np.ndarray, seed: int, model=None) -> np.ndarray:
    """cleanlab: the probability that a model, trained on other records, gives to a record's label."""
    model = logistic_regression() if model is None else model
    # A small round may lack a class.
    _, labels = np.unique(labels, return_inverse=True)
    return get_label_quality_scores(labels, out_of_fold(model, features, labels, seed), method="self_confidence")


def data_oob(features: np.ndarray, labels: np.ndarray, seed: int, trees: int = 50) -> np.ndarray:
    """pyDVL Data-OOB: how often trees that have not seen a record are right about it."""
    forest = RandomForestClassifier(trees, random_state=seed, n_jobs=1).fit(features, labels)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        valuation = DataOOBValuation(forest).fit(Dataset(features.astype(np.float64), labels))
    return in_order(valuation)


def knn_shapley(features: np.ndarray, labels: np.ndarray, tests: tuple[np.ndarray, np.ndarray], neighbours: int) -> np.ndarray:
    """pyDVL K-NN Shapley. The engine's `shapley` is the same in a hundredth of the time; `test_engine.py` compares them."""
    model = KNeighborsClassifier(n_neighbors=neighbours)
    valuation = KNNShapleyValuation(model, test_data=Dataset(tests[0].astype(np.float64), tests[1]), progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        valuation.fit(Dataset(features.astype(np.float64), labels))
    return in_order(valuation)


def in_order(valuation) -> np.ndarray:
    return np.asarray(valuation.result.values)[np.argsort(valuation.result.indices)]
