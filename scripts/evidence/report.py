"""Tables and plots of docs/evidence.md: what stands between `<!-- name -->` and `<!-- end -->` there is replaced by what has that name."""

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np

import cells
from counters import FURTHER
from datasets import CHOSEN_ON, GAMES, SCREENED, SOURCES, load
from models import PLAYS
from samples import METHODS, Attacked, Samples, collect, interval, mean, table
from summary import cost_line, fee_line, in_short

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

DOCS = Path(__file__).resolve().parents[2] / "docs"

GARBAGE = [
    "label noise 50%",
    "label noise 100%",
    "shuffled",
    "uniform noise",
    "majority gibberish",
    "exact copies",
    "copies within the radius",
    "flood",
    "mixture",
]

MANIPULATION = [
    "label noise 20%",
    "label noise 50%",
    "single class",
    "exact copies",
    "copies within the radius",
    "copies past the radius",
    "mimic, exact",
    "mimic, past the radius",
    "front-runner with a leak",
    "augmentation x4",
    "augmentation x16",
    "leaked benchmark",
    "Sybil, honest",
    "Sybil, random labels",
]


def data_table() -> str:
    rows = []
    for name, source in SOURCES.items():
        features, labels = load(name)
        used = ", ".join(use for use, names in (("games", GAMES), ("screening", SCREENED), ("choice of the method", CHOSEN_ON)) if name in names)
        shape = [f"{len(labels):,}", f"{features.shape[1]:,}", str(labels.max() + 1)]
        rows.append([name, *shape, used, source.origin, source.licence])
    return table(["dataset", "records", "d", "classes", "used for", "from", "licence"], rows)


def seeds_line(attacked: Attacked) -> str:
    cheap = sum(map(len, attacked.samples.values()))
    dear = sum(map(len, attacked.dear.values()))
    return (
        f"{cheap} games of each kind ({len(attacked.samples)} datasets) under Tributary, volume and K-NN Shapley; "
        f"{dear} of them under Data-OOB and cleanlab, too."
    )


def garbage_table(attacked: Attacked) -> str:
    rows = []
    for scenario in GARBAGE:
        volume = attacked.value(scenario, "volume", "garbage")
        rows.append([scenario, f"{100 * volume:.1f}", *[attacked.cell(scenario, method, "garbage") for method in attacked.methods if method != "volume"]])
    return table(["garbage", "volume = pay by volume", *[method for method in attacked.methods if method != "volume"]], rows)


def gain_table(attacked: Attacked) -> str:
    rows = [[scenario, *[attacked.cell(scenario, method, "gain") for method in attacked.methods]] for scenario in MANIPULATION]
    return table(["attack", *attacked.methods], rows)


def victims_table(attacked: Attacked) -> str:
    rows = []
    for scenario in ("wrong-label shadows", "front-runner with a leak", "copies past the radius", "flood"):
        rows.append([scenario, *[attacked.cell(scenario, method, "honest") for method in attacked.methods]])
    return table(["attack", *attacked.methods], rows)


def datasets_table() -> str:
    """Under Tributary, dataset by dataset."""
    rows = [row for row in cells.read("attacks") if row["method"] == "Tributary"]
    shares = defaultdict(list)
    for row in rows:
        shares[row["scenario"], row["dataset"]].append(row["attack"])
    wanted = ["honest", "label noise 50%", "shuffled", "majority gibberish", "copies past the radius", "mimic, past the radius", "augmentation x16", "leaked benchmark"]
    lines = [[scenario, *[f"{100 * np.mean(shares[scenario, name]):.1f}" for name in GAMES]] for scenario in wanted]
    garbage = defaultdict(list)
    for row in rows:
        garbage[row["scenario"], row["dataset"]].append(row["garbage"])
    for scenario in ("flood", "mixture"):
        lines.append([f"{scenario}: garbage", *[f"{100 * np.mean(garbage[scenario, name]):.1f}" for name in GAMES]])
    gains = defaultdict(list)
    for row in rows:
        if row["scenario"] == "honest":
            gains[row["dataset"]].append(100 * (row["after"] - row["before"]))
    lines.append(["accuracy gained, points", *[f"{np.mean(gains[name]):.1f}" for name in GAMES]])
    return table(["share of the pay, %", *GAMES], lines)


def money_table() -> str:
    rows = [row for row in cells.read("attacks") if row["method"] == "Tributary" and row["scenario"] != "mixture"]
    parts = ("bond", "fee", "burnt", "pay")
    samples, names = collect(rows, lambda row: {(row["scenario"], part): row[part] for part in parts})
    means = mean(samples)
    lines = []
    for scenario in dict.fromkeys(row["scenario"] for row in rows):
        places = [names.index((scenario, part)) for part in parts]
        bond, fee, burnt, pay = means[places]

        def net(means: np.ndarray, places: list[int] = places) -> float:
            _, fee, burnt, pay = means[places]
            return pay - fee - burnt

        low, high = interval(samples, net)
        lines.append([scenario, f"{bond:.2f}", f"{fee:.2f}", f"{burnt:.2f}", f"{pay:.1f}", f"{net(means):.1f} [{low:.1f}, {high:.1f}]"])
    return table(["attack", "bond held", "fees", "bond burnt", "pay", "net"], lines)


def detection_table() -> str:
    rows = [row for row in [*cells.read("attacks"), *cells.read("peers")] if "auroc" in row]
    samples, names = collect(rows, lambda row: {(row["method"], "auroc"): row["auroc"], (row["method"], "ap"): row["ap"]})
    lines = []
    for method in METHODS:
        if (method, "ap") not in names:
            continue
        line = [method]
        for what in ("auroc", "ap"):
            index = names.index((method, what))
            low, high = interval(samples, lambda means, index=index: means[index])
            line.append(f"{mean(samples)[index]:.3f} [{low:.3f}, {high:.3f}]")
        lines.append(line)
    return table(["scores", "AUROC", "AP"], lines) + f"\n\n{sum(map(len, samples.values()))} mixtures."


def rent_table() -> str:
    rows = cells.read("rent")
    samples, names = collect(rows, lambda row: {(row["round"], what): row[what] for what in ("share", "joint", "negative", "before")})
    lines = []
    for number in range(1, 6):
        line = [str(number)]
        for what in ("share", "joint"):
            index = names.index((number, what))
            low, high = interval(samples, lambda means, index=index: 100 * means[index])
            line.append(f"{100 * mean(samples)[index]:.1f} [{low:.1f}, {high:.1f}]")
        line.append(f"{100 * mean(samples)[names.index((number, 'before'))]:.1f}")
        line.append(f"{25 * mean(samples)[names.index((number, 'negative'))]:.1f}")
        lines.append(line)
    head = ["round", "share of all weight, %", "under joint Shapley, %", "accuracy before it, %", "honest contributions worth nothing or less, %"]
    return table(head, lines)


def models_table() -> str:
    rows = cells.read("models")
    if not rows:
        return "Not computed."
    samples, names = collect(
        rows, lambda row: {(row["scenario"], row["model"], row["choice"], what): row[what] for what in ("accuracy", "loss", "records")}
    )
    names = {name: index for index, name in enumerate(names)}
    choices = list(dict.fromkeys(row["choice"] for row in rows))
    learners = list(dict.fromkeys(row["model"] for row in rows))
    text = []
    for scenario in PLAYS:
        lines = []
        for choice in choices:
            line = [choice, f"{mean(samples)[names[scenario, learners[0], choice, 'records']]:.0f}"]
            for learner in learners:
                accuracy, loss = (names[scenario, learner, choice, what] for what in ("accuracy", "loss"))
                line.append(f"{100 * mean(samples)[accuracy]:.1f} / {mean(samples)[loss]:.2f}")
            own, other = ([names[scenario, learner, each, "accuracy"] for learner in learners] for each in ("admitted", choice))

            def difference(means: np.ndarray, own: list[int] = own, other: list[int] = other) -> float:
                return 100 * (means[own].mean() - means[other].mean())

            low, high = interval(samples, difference)
            line.append("" if choice == "admitted" else f"{difference(mean(samples)):+.1f} [{low:+.1f}, {high:+.1f}]")
            lines.append(line)
        head = [f"{scenario}: trained on", "records", *[f"{learner}: accuracy % / log-loss" for learner in learners], "admitted better by, points, mean of three"]
        text.append(table(head, lines))
    return "\n\n".join(text) + f"\n\n{sum(map(len, samples.values()))} games of each kind."


def counters_table() -> str:
    rows = cells.read("counters")
    if not rows:
        return "Not computed."
    samples, names = collect(
        rows,
        lambda row: {(row["counter"], row["times"], row["accounts"], what): row[what] for what in ("attack", "accuracy", "shadowed")},
    )
    names = {name: index for index, name in enumerate(names)}
    means = mean(samples)

    def tried(name: tuple, counter: str) -> bool:
        """Whether it is a gain of some attack on a counter."""
        return name[3] == "attack" and name[1] > 1 and name[0].split(", further")[0] == counter

    counters = [counter for counter in dict.fromkeys(row["counter"] for row in rows) if "further" not in counter]
    lines = []
    for counter in counters:
        honest = means[names[counter, 1, 1, "attack"]]

        def gain(times: int, accounts: int, name: str = counter, honest: float = honest) -> str:
            index = names.get((name, times, accounts, "attack"))
            return "" if index is None else f"{means[index] / honest:.2f}"

        attacks = [index for name, index in names.items() if tried(name, counter)]

        def best(means: np.ndarray, attacks: list[int] = attacks, own: int = names[counter, 1, 1, "attack"]) -> float:
            return means[attacks].max() / means[own]

        low_best, high_best = interval(samples, best)
        base, own = names["none", 1, 1, "accuracy"], names[counter, 1, 1, "accuracy"]
        low, high = interval(samples, lambda means, base=base, own=own: 100 * (means[base] - means[own]))
        lines.append(
            [
                counter,
                gain(4, 1),
                gain(16, 1),
                gain(16, 16),
                *[gain(16, 1, f"{counter}, further copies {further}") for further in FURTHER],
                f"**{best(means):.2f}** [{low_best:.2f}, {high_best:.2f}]",
                f"{100 * (means[base] - means[own]):.1f} [{low:.1f}, {high:.1f}]",
                f"{100 * means[names[counter, 1, 1, 'shadowed']]:.0f}",
            ]
        )
    head = ["counter", "gain x4", "gain x16", "x16 from 16 accounts", *[f"x16, copies at {further}" for further in FURTHER], "best found", "accuracy lost, points", "honest records listed as copies, %"]
    return f"{table(head, lines)}\n\n{fee_line()}"


def cost_table() -> str:
    rows = cells.read("cost")
    if not rows:
        return "Not computed."
    lines = []
    for row in rows:
        seconds = row["shadows"] + row["rows"] + row["values"]
        lines.append(
            [
                row["data"],
                f"{row['old']:,}",
                *[f"{1000 * row[name]:.2f}" for name in ("shadows", "rows", "values")],
                f"{100 * seconds:.3f}",
                f"{1000 * row['joint']:.1f}",
            ]
        )
    head = ["data", "admitted records", "shadows, ms", "rows, ms", "values, ms", "per contribution, ms", "joint Shapley of all, ms"]
    return f"{table(head, lines)}\n\n{cost_line()}"


def screening_samples(part: str) -> tuple[dict, list[str]]:
    rows = cells.read(part)
    methods = list(dict.fromkeys(row["method"] for row in rows))
    by_noise = {}
    for noise in sorted({row["noise"] for row in rows}):
        chosen = [row for row in rows if row["noise"] == noise]
        by_noise[noise] = collect(chosen, lambda row: {(row["method"], what): row[what] for what in ("auroc", "ap")})
    return by_noise, methods


def screening_all(part: str) -> tuple[Samples, list, list[str]]:
    """Means over the noises, by dataset and seed."""
    rows = cells.read(part)
    methods = list(dict.fromkeys(row["method"] for row in rows))
    noises = sorted({row["noise"] for row in rows})
    samples, names = collect(rows, lambda row: {(row["method"], row["noise"], what): row[what] for what in ("auroc", "ap")})
    pooled = {}
    for dataset, values in samples.items():
        columns = []
        for method in methods:
            for what in ("auroc", "ap"):
                columns.append(values[:, [names.index((method, noise, what)) for noise in noises]].mean(axis=1))
        pooled[dataset] = np.stack(columns, axis=1)
    return pooled, [(method, what) for method in methods for what in ("auroc", "ap")], methods


def screening_table(part: str) -> str:
    samples, names, methods = screening_all(part)
    lines = []
    for method in sorted(methods, key=lambda method: -mean(samples)[names.index((method, "ap"))]):
        line = [method]
        for what in ("auroc", "ap"):
            index, own = names.index((method, what)), names.index(("Tributary", what))
            line.append(f"{mean(samples)[index]:.4f}")
            if method == "Tributary":
                line += ["", ""]
                continue

            def difference(means: np.ndarray, index: int = index, own: int = own) -> float:
                return means[own] - means[index]

            line.append(f"{difference(mean(samples)):+.4f}")
            both = (interval(samples, difference, fixed) for fixed in (False, True))
            line.append(", ".join(f"[{low:+.3f}, {high:+.3f}]" for low, high in both))
        lines.append(line)
    cells_of_all = sum(map(len, samples.values()))
    head = ["scores", "AUROC", "Tributary better by", "any datasets, these datasets", "AP", "Tributary better by", "any datasets, these datasets"]
    return table(head, lines) + f"\n\n{len(samples)} datasets, {cells_of_all} divisions of them, each with four shares of flipped labels."


def screening_by_dataset() -> str:
    samples, names, methods = screening_all("screening")
    lines = []
    for method in methods:
        lines.append([method, *[" / ".join(f"{values.mean(axis=0)[names.index((method, what))]:.3f}" for what in ("auroc", "ap")) for values in samples.values()]])
    return table(["AUROC / AP", *samples], lines)


def screening_by_noise() -> str:
    by_noise, methods = screening_samples("screening")
    lines = []
    for method in methods:
        line = [method]
        for samples, names in by_noise.values():
            line.append(" / ".join(f"{mean(samples)[names.index((method, what))]:.3f}" for what in ("auroc", "ap")))
        lines.append(line)
    return table(["AUROC / AP", *[f"{noise:.0%} flipped" for noise in by_noise]], lines)


def save(name: str) -> None:
    path = DOCS / "evidence"
    path.mkdir(exist_ok=True)
    pyplot.tight_layout()
    # Without a date, and with the same identifiers each time.
    pyplot.savefig(path / f"{name}.svg", metadata={"Date": None})
    pyplot.close()


def bars(name: str, attacked: Attacked, scenarios: list[str], value: Callable[[str, str], float], label: str) -> None:
    figure = pyplot.figure(figsize=(8, 4))
    axes = figure.gca()
    methods = [method for method in attacked.methods if attacked.of(method)[0]]
    width = 0.8 / len(methods)
    for index, method in enumerate(methods):
        places = np.arange(len(scenarios)) + index * width - 0.4 + width / 2
        axes.bar(places, [value(scenario, method) for scenario in scenarios], width, label=method)
    axes.set_xticks(range(len(scenarios)), scenarios, rotation=35, ha="right", fontsize=8)
    axes.set_ylabel(label)
    axes.legend(fontsize=8)
    save(name)


def plots(attacked: Attacked) -> None:
    pyplot.rcParams["svg.hashsalt"] = "tributary"
    bars("garbage", attacked, GARBAGE, lambda scenario, method: 100 * attacked.value(scenario, method, "garbage"), "share of the pay, %")
    bars("gain", attacked, MANIPULATION, attacked.gain, "attack / honest")

    samples, names = collect(cells.read("rent"), lambda row: {(row["round"], what): row[what] for what in ("share", "joint")})
    pyplot.figure(figsize=(5, 3))
    for what, label in (("share", "Tributary"), ("joint", "joint Shapley")):
        pyplot.plot(range(1, 6), [100 * mean(samples)[names.index((number, what))] for number in range(1, 6)], marker="o", label=label)
    pyplot.xticks(range(1, 6))
    pyplot.xlabel("round")
    pyplot.ylabel("share of all weight, %")
    pyplot.legend(fontsize=8)
    save("rent")

    by_noise, methods = screening_samples("screening")
    figure, both = pyplot.subplots(1, 2, figsize=(8, 3.4))
    for axes, what in zip(both, ("auroc", "ap"), strict=True):
        for method in methods:
            values = [mean(samples)[names.index((method, what))] for samples, names in by_noise.values()]
            axes.plot([100 * noise for noise in by_noise], values, marker=".", linewidth=2 if method == "Tributary" else 1, label=method)
        axes.set_xlabel("flipped labels, %")
        axes.set_ylabel(what.upper())
    both[1].legend(fontsize=6)
    save("screening")


TABLES = {
    "in short": in_short,
    "data": lambda _: data_table(),
    "seeds": seeds_line,
    "garbage": garbage_table,
    "gain": gain_table,
    "victims": victims_table,
    "by dataset": lambda _: datasets_table(),
    "money": lambda _: money_table(),
    "detection": lambda _: detection_table(),
    "rent": lambda _: rent_table(),
    "models": lambda _: models_table(),
    "counters": lambda _: counters_table(),
    "cost": lambda _: cost_table(),
    "screening": lambda _: screening_table("screening"),
    "screening by dataset": lambda _: screening_by_dataset(),
    "screening by noise": lambda _: screening_by_noise(),
    "screening choice": lambda _: screening_table("screening-choice"),
}


def run(_: int | None) -> None:
    attacked = Attacked()
    page = DOCS / "evidence.md"
    text = page.read_text()
    wanted = re.findall(r"<!-- (.+?) -->\n", text)
    for name in wanted:
        if name == "end":
            continue
        pattern = rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)"
        text = re.sub(pattern, lambda match, name=name: f"{match[1]}\n{TABLES[name](attacked)}\n\n{match[2]}", text, flags=re.DOTALL)
    page.write_text(text)
    plots(attacked)
    for path in sorted(cells.RESULTS.glob("*.jsonl")):
        cells.publish(path.stem)
    print(f"wrote {page.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    run(None)
