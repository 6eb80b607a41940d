"""What was tried against self-augmentation within a round, and what it costs the honest.

- *occlusion*: a row leaves out a newcomer to which an already listed newcomer of its label is much nearer than the benchmark record is;
- *cells*: the value of all records of a label around the same public record is divided equally among the accounts that are there;
- *class radius*: two records of a class are copies up to a distance learnt, class by class, from public records;
- *fee*: a price for each record, whatever it is worth.

The attacker knows the counter: copies lie just past whatever radius there is, a counter that counts accounts meets as many accounts, and
one that looks at distances meets copies that lie further away.
"""

import numpy as np

import cells
from attacks import keys
from engine import Contribution, Engine, Valued, join, number
from world import Play, World, jitter, nearest_of_class, squared_distances

TIMES = (1, 4, 16)

# Of the squared distance from the benchmark record.
OCCLUSION = (0.25, 0.5)

# Shares of public records that lie within the class's radius of another one of their class.
RADII = (0.25, 0.5)

# Further copies lie at this share of the median squared distance between nearest public records.
FURTHER = (0.25, 1)

# Candidates of a row that are looked at.
CANDIDATES = 600


def play(world: World, times: int, radius: np.ndarray, accounts: int) -> Play:
    """The attacker's own records so many times, past the radius of their class, in one account or several."""
    features, labels = world.own
    copies = [features]
    for _ in range(times - 1):
        moved = features.copy()
        for label in np.unique(labels):
            of_label = labels == label
            moved[of_label] = jitter(features[of_label], radius[label] * 1.02 + 1, world.random)
        copies.append(moved)
    if accounts == 1:
        copies = [np.concatenate(copies)]
    good = np.ones(len(copies[0]), bool)
    attack = [Contribution("attack", each, np.tile(labels, len(each) // len(labels)), good) for each in copies]
    return Play.after(world, attack)


def shadows(features: np.ndarray, labels: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Copies of earlier records that are none, by a radius for each class."""
    distances = squared_distances(features, features)
    listed = np.zeros(len(labels), bool)
    for index, label in enumerate(labels):
        earlier = ~listed[:index] & (labels[:index] == label)
        listed[index] = (distances[index, :index][earlier] <= radius[label]).any()
    return listed


def with_class_radius(engine: Engine, world: World, play: Play, radius: np.ndarray) -> tuple[np.ndarray, Valued, float]:
    features, labels = join(play.new, play.benchmark[0].shape[1])
    listed = shadows(features, labels, radius)
    parts = np.split(~listed, np.cumsum([len(each) for each in play.new])[:-1])
    kept = [
        Contribution(each.name, each.features[part], each.labels[part], each.good[part])
        for each, part in zip(play.new, parts, strict=True)
    ]
    valued = engine.game(world.recipe, [], kept, play.benchmark)
    return valued.weights, valued, listed[: 10 * world.size].mean()


def with_occlusion(engine: Engine, world: World, play: Play, listed: np.ndarray, share: float) -> tuple[np.ndarray, Valued]:
    features, labels = join(play.new, play.benchmark[0].shape[1])
    numbers, positions = number(play.new, 0)
    between = squared_distances(features, features)
    rows = []
    for distances, label in zip(squared_distances(play.benchmark[0], features), play.benchmark[1], strict=True):
        eligible = np.flatnonzero(~listed & (distances > world.recipe.radius))
        order = eligible[np.argsort(distances[eligible], kind="stable")][:CANDIDATES]
        occluded = np.zeros(len(order), bool)
        row = []
        for place, record in enumerate(order):
            if occluded[place]:
                continue
            row.append((int(numbers[record]), int(positions[record]), bool(labels[record] == label)))
            if len(row) == world.recipe.horizon:
                break
            occluded |= (between[record, order] < share * distances[order]) & (labels[order] == labels[record])
        rows.append(row)
    valued = engine.rows(world.recipe, rows, [len(each) for each in play.new], 0)
    return valued.weights, valued


def by_cells(world: World, play: Play, valued: Valued) -> np.ndarray:
    features, labels = join(play.new, play.benchmark[0].shape[1])
    numbers, _ = number(play.new, 0)
    distances = squared_distances(features, world.public[0])
    distances[labels[:, None] != world.public[1][None]] = np.iinfo(np.int64).max
    homes = distances.argmin(axis=1)
    values = np.zeros(len(play.new))
    for home in np.unique(homes):
        inside = homes == home
        accounts = np.unique(numbers[inside & ~valued.shadows])
        if len(accounts):
            values[accounts] += valued.records[inside].sum() / len(accounts)
    return np.maximum(values, 0)


class Counters:
    def __init__(self) -> None:
        self.engine = Engine()

    def __call__(self, seed: int, dataset: str) -> list[dict]:
        world = World(dataset, seed)
        own = np.full(world.classes, world.recipe.radius)
        rows = []

        def add(counter: str, play: Play, times: int, accounts: int, weights: np.ndarray, accuracy: float, lost: float) -> None:
            share = weights / max(weights.sum(), 1e-12)
            row = {"counter": counter, "times": times, "accounts": accounts, "attack": share[play.attack].sum()}
            rows.append(row | {"accuracy": accuracy, "shadowed": lost})

        def by_class(quantile: float) -> np.ndarray:
            radius = own.copy()
            for label in range(world.classes):
                of_label = world.public[1] == label
                nearest = nearest_of_class(world.public[0][of_label], world.public[1][of_label])
                if of_label.sum() > 1:
                    radius[label] = max(radius[label], np.quantile(nearest, quantile))
            return radius

        for times in TIMES:
            for accounts in sorted({1, times}):
                attacked = play(world, times, own, accounts)
                valued = self.engine.game(world.recipe, [], attacked.new, attacked.benchmark)
                lost = valued.shadows[: 10 * world.size].mean()
                add("none", attacked, times, accounts, valued.weights, valued.after, lost)
                add("cells", attacked, times, accounts, by_cells(world, attacked, valued), valued.after, lost)
                for share in OCCLUSION:
                    weights, other = with_occlusion(self.engine, world, attacked, valued.shadows, share)
                    add(f"occlusion {share}", attacked, times, accounts, weights, other.after, lost)
                for quantile in RADII:
                    radius = by_class(quantile)
                    larger = play(world, times, radius, accounts)
                    weights, other, lost_by_class = with_class_radius(self.engine, world, larger, radius)
                    add(f"class radius {quantile:.0%}", larger, times, accounts, weights, other.after, lost_by_class)
        nearest = float(np.median(nearest_of_class(*world.public)))
        for times in TIMES[1:]:
            for further in FURTHER:
                apart = np.maximum(own, further * nearest)
                attacked = play(world, times, apart, 1)
                valued = self.engine.game(world.recipe, [], attacked.new, attacked.benchmark)
                lost = valued.shadows[: 10 * world.size].mean()
                add(f"none, further copies {further}", attacked, times, 1, valued.weights, valued.after, lost)
                for share in OCCLUSION:
                    weights, other = with_occlusion(self.engine, world, attacked, valued.shadows, share)
                    add(f"occlusion {share}, further copies {further}", attacked, times, 1, weights, other.after, lost)
        return rows


def run(seeds: int | None) -> None:
    cells.compute("counters", keys(seeds), Counters())
