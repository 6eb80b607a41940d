"""Who contributes what: the honest, and everybody who would like to be paid without being worth it."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from datasets import Shuffled
from engine import Contribution, Recipe

# Honest contributors of a round.
HONEST = 10

# Honest newcomers of the second round.
NEWCOMERS = 5

# Share of a public sample's records that lie within the duplicate radius of another one of their class.
DUPLICATES = 0.02

# Accounts of a Sybil.
ACCOUNTS = 50

Records = tuple[np.ndarray, np.ndarray]


def sizes(name: str) -> tuple[int, int, int]:
    """Records of a contribution, of a benchmark, of a test of trained models."""
    return (48, 150, 300) if name == "digits" else (64, 200, 500)


def squared_distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    # Exact: no sum passes 2^53, and products of floats are a hundred times faster.
    one, other = one.astype(np.float64), other.astype(np.float64)
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None] - 2 * one @ other.T
    return squares.astype(np.int64)


def nearest_of_class(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Squared distances to the nearest other record of the same label."""
    distances = squared_distances(features, features)
    distances[labels[:, None] != labels[None]] = np.iinfo(np.int64).max
    np.fill_diagonal(distances, np.iinfo(np.int64).max)
    return distances.min(axis=1)


def jitter(features: np.ndarray, squared: float, random: np.random.Generator) -> np.ndarray:
    """Vectors at about this squared distance, in random directions; no nearer, where there is room."""
    count, dimension = features.shape
    length = np.sqrt(squared)
    moved = features.astype(float)
    done = np.zeros(count, bool)
    for _ in range(20):
        steps = random.standard_normal((count, dimension))
        steps *= length / np.linalg.norm(steps, axis=1, keepdims=True)
        tried = np.clip(np.round(features + steps), -128, 127)
        moved[~done] = tried[~done]
        done |= ((moved - features) ** 2).sum(axis=1) >= squared
        if done.all():
            break
        length *= 1.03
    return moved.astype(np.int8)


def jitter_within(features: np.ndarray, squared: int, random: np.random.Generator) -> np.ndarray:
    """Vectors at no more than this squared distance."""
    moved = jitter(features, max(squared, 0) / 4, random)
    far = ((moved.astype(int) - features) ** 2).sum(axis=1) > squared
    moved[far] = features[far]
    return moved


def wrong(labels: np.ndarray, classes: int, random: np.random.Generator) -> np.ndarray:
    """Other labels."""
    return (labels + random.integers(1, classes, len(labels))) % classes


@dataclass
class Play:
    """A round that somebody attacks: contributions in their order, and which of them are the attacker's."""

    new: list[Contribution]
    attack: list[int]
    old: list[Contribution]
    benchmark: Records

    @classmethod
    def after(cls, world: "World", attack: list[Contribution]) -> "Play":
        """The honest come first."""
        places = range(len(world.honest), len(world.honest) + len(attack))
        return cls([*world.honest, *attack], list(places), [], world.benchmark)

    @classmethod
    def before(cls, world: "World", attack: list[Contribution]) -> "Play":
        """The attacker comes first."""
        return cls([*attack, *world.honest], list(range(len(attack))), [], world.benchmark)


class World:
    """A dataset divided, by a seed, among those who take part."""

    def __init__(self, name: str, seed: int) -> None:
        data = Shuffled.of(name, seed)
        self.name, self.classes = name, data.classes
        self.size, benchmark, test = sizes(name)
        self.random = np.random.default_rng([seed, 2])
        self.public = data.public
        nearest = nearest_of_class(*data.public)
        self.recipe = Recipe(data.classes, int(np.quantile(nearest, DUPLICATES)))
        self.benchmark = data.take_balanced(benchmark)
        self.second_benchmark = data.take_balanced(benchmark)
        self.test = data.take(test)
        one_class = data.take_of_class(int(self.random.integers(data.classes)), self.size)
        self.one_class = self.contribution("single class", *one_class)
        self.honest = [self.contribution("honest", *data.take(self.size)) for _ in range(HONEST)]
        self.own = data.take(self.size)
        self.newcomers = [self.contribution("honest", *data.take(self.size)) for _ in range(NEWCOMERS)]
        # What garbage is made of.
        self.reserve = [data.take(self.size) for _ in range(4)]
        lacking = ceil(HONEST * self.size * 0.51 / 0.49) - HONEST * self.size
        self.rest = self.gibberish(lacking, np.random.default_rng([seed, 4]))

    def contribution(self, name: str, features: np.ndarray, labels: np.ndarray, good: bool | np.ndarray = True) -> Contribution:
        return Contribution(name, features, labels, np.broadcast_to(good, len(labels)).copy())

    def past(self) -> float:
        """Just past the radius."""
        return self.recipe.radius * 1.02 + 1

    def equal_honest(self) -> Contribution:
        return self.contribution("honest", *self.own)

    def noisy(self, share: float, records: Records | None = None) -> Contribution:
        """Labels, of which a share is wrong."""
        features, labels = records or self.own
        flipped = np.zeros(len(labels), bool)
        flipped[self.random.permutation(len(labels))[: round(share * len(labels))]] = True
        labels = np.where(flipped, wrong(labels, self.classes, self.random), labels)
        return self.contribution(f"label noise {share:.0%}", features, labels, ~flipped)

    def shuffled(self, records: Records | None = None) -> Contribution:
        """Each record's numbers in an order of their own."""
        features, labels = records or self.own
        return self.contribution("shuffled", self.random.permuted(features, axis=1), labels, False)

    def uniform(self) -> Contribution:
        """Noise between the least and the greatest number, random labels."""
        low, high = int(self.public[0].min()), int(self.public[0].max())
        features = self.random.integers(low, high + 1, (self.size, self.public[0].shape[1])).astype(np.int8)
        return self.contribution("uniform noise", features, self.random.integers(0, self.classes, self.size), False)

    def gibberish(self, count: int | None = None, random: np.random.Generator | None = None) -> Contribution:
        """Columns of public records put together at random, all of the most frequent label."""
        count, random = count or self.size, random or self.random
        features = random.permuted(self.public[0], axis=0)
        features = features[random.integers(0, len(features), count)]
        label = np.bincount(self.public[1]).argmax()
        return self.contribution("majority gibberish", features, np.full(count, label), False)

    def copies(self, name: str, of: Contribution, squared: float | None) -> Contribution:
        """Somebody else's records: exact, or jittered within or past the radius."""
        features = of.features
        if squared is not None and squared <= self.recipe.radius:
            features = jitter_within(features, self.recipe.radius, self.random)
        elif squared is not None:
            features = jitter(features, squared, self.random)
        return self.contribution(name, features, of.labels, False)

    def augmented(self, times: int) -> Contribution:
        """One's own records, and jittered ones of each, just past the radius."""
        features, labels = self.own
        copies = [jitter(features, self.past(), self.random) for _ in range(times - 1)]
        good = np.arange(times * len(labels)) < len(labels)
        return self.contribution(f"augmentation x{times}", np.concatenate([features, *copies]), np.tile(labels, times), good)

    def pieces(self, contribution: Contribution) -> list[Contribution]:
        """The same records from many accounts."""
        parts = np.array_split(np.arange(len(contribution)), min(ACCOUNTS, len(contribution)))
        return [
            Contribution(contribution.name, contribution.features[part], contribution.labels[part], contribution.good[part])
            for part in parts
        ]

    def leaked(self) -> Contribution:
        """The benchmark's own records, just past the radius."""
        features, labels = self.benchmark
        chosen = self.random.permutation(len(labels))[: self.size]
        return self.contribution("leaked benchmark", jitter(features[chosen], self.past(), self.random), labels[chosen], False)

    def garbage(self) -> list[Contribution]:
        """One contribution of each kind of which nothing, or half, is good."""
        return [
            self.noisy(0.5, self.reserve[0]),
            self.noisy(1, self.reserve[1]),
            self.copies("exact copies", self.honest[0], None),
            self.copies("jittered copies", self.honest[1], self.recipe.radius),
            self.shuffled(self.reserve[2]),
            self.uniform(),
            self.gibberish(),
        ]

    def mixture(self) -> Play:
        """All kinds at once: ten honest contributions, two doubtful, seven of garbage."""
        return Play.after(self, [self.noisy(0.2, self.reserve[3]), self.one_class, *self.garbage()])

    def flood(self) -> Play:
        """51 % of the volume is garbage: as many contributions as the honest, and a small one."""
        kinds = [lambda: self.noisy(1, self.reserve[1]), self.uniform, self.gibberish, lambda: self.shuffled(self.reserve[2])]
        garbage = [kinds[index % len(kinds)]() for index in range(HONEST)]
        return Play.after(self, [*garbage, self.rest])

    def wrong_label_shadows(self) -> Play:
        """Copies within the radius of half of the honest, with wrong labels, that come first. It takes a leak to make them."""
        copies = []
        for victim in self.honest[: HONEST // 2]:
            copy = self.copies("wrong-label shadows", victim, self.recipe.radius)
            copy.labels = wrong(copy.labels, self.classes, self.random)
            copies.append(copy)
        return Play.before(self, copies)

    def mimic(self, squared: float | None) -> Play:
        """A round later: records of the first round, admitted by now, once more."""
        copy = self.copies("mimic", self.honest[0], squared)
        return Play([*self.newcomers, copy], [len(self.newcomers)], self.honest, self.second_benchmark)

    def later(self) -> Play:
        """A round later, all honest."""
        return Play([*self.newcomers, self.equal_honest()], [len(self.newcomers)], self.honest, self.second_benchmark)

    def plays(self) -> dict[str, Play]:
        """Every attack. `honest` and `honest, round 2` are what they are compared with."""

        def after(*attack: Contribution) -> Play:
            return Play.after(self, list(attack))

        past = self.past()
        return {
            "honest": after(self.equal_honest()),
            "label noise 20%": after(self.noisy(0.2)),
            "label noise 50%": after(self.noisy(0.5)),
            "label noise 100%": after(self.noisy(1)),
            "single class": after(self.one_class),
            "shuffled": after(self.shuffled()),
            "uniform noise": after(self.uniform()),
            "majority gibberish": after(self.gibberish()),
            "exact copies": after(self.copies("exact copies", self.honest[0], None)),
            "copies within the radius": after(self.copies("jittered copies", self.honest[0], self.recipe.radius)),
            "copies past the radius": after(self.copies("jittered copies", self.honest[0], past)),
            "front-runner with a leak": Play.before(self, [self.copies("front-runner", self.honest[0], None)]),
            "wrong-label shadows": self.wrong_label_shadows(),
            "augmentation x4": after(self.augmented(4)),
            "augmentation x16": after(self.augmented(16)),
            "leaked benchmark": after(self.leaked()),
            "Sybil, honest": after(*self.pieces(self.equal_honest())),
            "Sybil, random labels": after(*self.pieces(self.noisy(1))),
            "honest, round 2": self.later(),
            "mimic, exact": self.mimic(None),
            "mimic, past the radius": self.mimic(past),
            "flood": self.flood(),
            "mixture": self.mixture(),
        }


# What each attack's share is divided by: that of an honest contribution in its place.
HONEST_OF = {"mimic, exact": "honest, round 2", "mimic, past the radius": "honest, round 2"}
