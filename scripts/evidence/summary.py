"""What the tables come to, in sentences: the head of docs/evidence.md and the paragraphs there that count. Numbers come from the same cells."""

from collections import defaultdict
from textwrap import fill

import numpy as np

import cells
from attacks import BUDGET, FEE, PRICE
from cost import CONTRIBUTIONS, SIZE, TESTS
from counters import TIMES
from engine import Recipe
from samples import Attacked, collect, interval, mean

# An assumption, in dollars: what two cores of a rented machine cost an hour.
MACHINE_HOUR = 0.10

# Characters of a line of the page.
WIDTH = 160


def paragraphs(text: str) -> str:
    """The lines of a text put together to paragraphs, which blank lines and bullets begin."""
    blocks = [block.strip() for block in text.replace("\n- ", "\n\n- ").split("\n\n")]
    filled = [
        fill(" ".join(block.split()), WIDTH, subsequent_indent="  " if block.startswith("- ") else "", break_on_hyphens=False) for block in blocks
    ]
    return "\n\n".join(filled).replace("\n\n- ", "\n- ").replace(":\n- ", ":\n\n- ")


def percent(value: float) -> str:
    return f"{100 * value:.1f} %" if value < 0.1 else f"{100 * value:.0f} %"


def between(values: list[float], how: str = "{:.1f}") -> str:
    return f"{how.format(min(values))} to {how.format(max(values))}"


def others(attacked: Attacked) -> list[str]:
    return [method for method in attacked.methods if method not in ("Tributary", "volume")]


def nets() -> dict[str, float]:
    """What an attacker is left with, in coins."""
    found = defaultdict(list)
    for row in cells.read("attacks"):
        if row["method"] == "Tributary":
            found[row["scenario"]].append(row["pay"] - row["fee"] - row["burnt"])
    return {scenario: float(np.mean(values)) for scenario, values in found.items()}


def honest_rounds() -> list[dict]:
    """What became of rounds that nobody attacked."""
    return [row for row in cells.read("attacks") if (row["method"], row["scenario"]) == ("Tributary", "honest")]


def poorer_than(fee: float) -> float:
    """The share of honest contributions that earn less than this part of what they earn on the mean."""
    poor = []
    for row in honest_rounds():
        shares = np.array(row["honest"])
        poor.append((shares < fee * shares.mean()).mean())
    return float(np.mean(poor))


def quality(attacked: Attacked) -> str:
    flood = {method: attacked.value("flood", method, "garbage") for method in attacked.methods}
    mixture = {method: attacked.value("mixture", method, "garbage") for method in attacked.methods}
    peers = [f"{percent(flood[method])} ({method})" for method in others(attacked)]
    return f"""**Quality, where it is measured.** Where records are paid by volume, a flood of 51 % garbage takes {percent(flood["volume"])} of the money;
{", ".join(peers[:-1])} and {peers[-1]} where others' values are the weights; {percent(flood["Tributary"])} under Tributary. In a round of nine kinds of doubtful
contributions the seven of garbage are {percent(mixture["volume"])} of the volume and take {percent(mixture["Tributary"])} of the pay; under the others
{between([100 * mixture[method] for method in others(attacked)], "{:.0f}")} %."""


def trained() -> str:
    rows = cells.read("models")
    samples, names = collect(rows, lambda row: {(row["model"], row["choice"]): row["accuracy"]})
    learners = list(dict.fromkeys(row["model"] for row in rows))

    def better(choice: str) -> str:
        own, other = ([names.index((learner, each)) for learner in learners] for each in ("admitted", choice))

        def difference(means: np.ndarray) -> float:
            return 100 * (means[own].mean() - means[other].mean())

        low, high = interval(samples, difference)
        return f"{difference(mean(samples)):+.1f} [{low:+.1f}, {high:+.1f}]"

    return f"""Models trained on what was admitted, against others, in points of accuracy, on the mean of three kinds of models: {better("everything")} against
everything, {better("random, same size")} against as many records at random, {better("cleanlab, same size")} against as many as cleanlab trusts most,
{better("clean oracle")} against the clean records alone, which nobody can tell."""


def fees() -> list[float]:
    """What a fee must be, in parts of an honest record's pay, so that copies gain nothing, by how many there are."""
    samples, names = collect(cells.read("counters"), lambda row: {(row["counter"], row["times"], row["accounts"]): row["attack"]})
    means = mean(samples)
    honest = means[names.index(("none", 1, 1))]
    return [float(means[names.index(("none", times, 1))] / honest - 1) / (times - 1) for times in TIMES[1:]]


def failures(attacked: Attacked) -> str:
    augmented = [
        f"{attacked.gain(scenario, 'Tributary'):.1f} times an honest share ({word} copies; {between([attacked.gain(scenario, method) for method in others(attacked)])} under the others)"
        for scenario, word in (("augmentation x4", "four"), ("augmentation x16", "sixteen"))
    ]
    rent, names = collect(cells.read("rent"), lambda row: {(row["round"], what): row[what] for what in ("share", "joint", "negative")})
    rounds = {name: float(mean(rent)[index]) for index, name in enumerate(names)}
    net = nets()
    garbage = ["label noise 50%", "shuffled", "majority gibberish", "Sybil, random labels"]
    return f"""- *Self-augmentation pays*: jittered copies of one's own records, just past the radius, bring {" and ".join(augmented)}. What was tried against it is below.
- *First-round rent*: of five equally good rounds the first holds {percent(rounds[1, "share"])} of the weight, the last {percent(rounds[5, "share"])}; joint Shapley would give them
  {percent(rounds[1, "joint"])} and {percent(rounds[5, "joint"])}. What is worth little to a datanet that is nearly complete earns little: in round 5,
  {percent(rounds[5, "negative"] / 4)} of honest contributions are worth nothing or less.
- *A leaked benchmark* is worth {attacked.gain("leaked benchmark", "Tributary"):.1f} times an honest share, *a leak of somebody's records* before the deadline
  {attacked.gain("front-runner with a leak", "Tributary"):.1f}, and their owner's pay is gone. Both need a leak; the protocol makes neither possible by itself.
- *Copies just past the radius* of somebody else's records earn {attacked.gain("copies past the radius", "Tributary"):.1f} of an honest share in the same round (which takes a leak),
  {attacked.gain("mimic, past the radius", "Tributary"):.1f} a round later, when everybody can make them; where many records are alike (*Dataset by dataset*), more.
- *Some garbage comes out even*: an honest contribution nets {net["honest"]:.1f} coins, {", ".join(f"*{name}* {net[name]:.1f}" for name in garbage)} (the last from fifty accounts, without
  the minimum of records): luck with a small benchmark, and a bond that is small."""


def in_short(attacked: Attacked) -> str:
    return paragraphs(f"{quality(attacked)} {trained()}\n\n**Where it fails**, by how much:\n\n{failures(attacked)}\n\n{screened()}")


def screened() -> str:
    rows = cells.read("screening")
    samples, names = collect(rows, lambda row: {(row["method"], row["noise"], what): row[what] for what in ("auroc", "ap")})
    methods = list(dict.fromkeys(row["method"] for row in rows))

    def of(means: np.ndarray, method: str, what: str) -> float:
        return float(np.mean([value for name, value in zip(names, means, strict=True) if (name[0], name[2]) == (method, what)]))

    def words(methods: list[str]) -> str:
        return " and ".join(method.replace(", ", " with ") for method in methods)

    peers = [method for method in methods if method not in ("Tributary", "agreement", "first experiment")]
    text = []
    for what, word in (("auroc", "AUROC"), ("ap", "average precision")):
        best = max(peers, key=lambda method, what=what: of(mean(samples), method, what))
        text.append(f"{word} {of(mean(samples), 'Tributary', what):.3f}, the best other {of(mean(samples), best, what):.3f} ({words([best])})")
    lost = []
    for dataset, values in samples.items():
        means = values.mean(axis=0)
        better = [method for method in peers if of(means, method, "auroc") > of(means, "Tributary", "auroc")]
        lost += [f"on {dataset} to {words(better)}"] if better else []
    loses = f"By AUROC it loses {'; '.join(lost)}" if lost else "By AUROC it loses on none of them"
    return f"""**Screening** without a benchmark finds flipped labels, on the mean of {len(samples)} datasets, with {"; ".join(text)}. {loses}."""


def fee_line() -> str:
    words = [
        f"{percent(fee)} of what an honest record earns against x{times}, at which {percent(poorer_than(fee))} of honest contributions would earn less than they pay"
        for fee, times in zip(fees(), TIMES[1:], strict=True)
    ]
    return paragraphs(f"A fee for each record that takes the gain away: {'; '.join(words)}.")


def cost_line() -> str:
    rows = {(row["data"], row["old"]): row for row in cells.read("cost")}
    if not rows:
        return "Not computed."
    sizes = sorted({old for _, old in rows})

    def seconds(data: str, old: int) -> float:
        return sum(rows[data, old][part] for part in ("shadows", "rows", "values"))

    grown = {data: seconds(data, sizes[-1]) / seconds(data, sizes[0]) for data in ("digits", "uniform")}
    joint = [rows[data, sizes[-1]]["joint"] / seconds(data, sizes[-1]) for data in grown]
    each = seconds("uniform", sizes[-1]) / CONTRIBUTIONS
    recipe = Recipe(10, 0)
    entries = TESTS * (recipe.neighbours + recipe.horizon)
    fee, pay = (float(np.mean([row[what] for row in honest_rounds()])) for what in ("fee", "pay"))
    text = f"""From {sizes[0]:,} to {sizes[-1]:,} admitted records the cost grows {grown["digits"]:.0f}-fold where an index helps, {grown["uniform"]:.0f}-fold where none does and each admitted record is
compared with each benchmark record, as the definition says: {1000 * each:.1f} ms a contribution of {SIZE} records. Valuing everything jointly takes {between(joint, "{:.0f}")} times as long as
the round, and must be done anew in every round.

On chain, rows are at most T (K + K*) entries whatever the data: {entries:,} for this benchmark, {entries // CONTRIBUTIONS} a contribution. As a share of pay: with a fee of {float(FEE):g} a record, a price of
{int(PRICE):,} and a budget of {int(BUDGET)} the fees of an honest contribution of the games above are {fee:.3f} coins for {pay:.1f} that it earns ({100 * fee / pay:.2f} %), which is what
an evaluator gets. At {MACHINE_HOUR:.2f} dollars for an hour of this machine, an assumption, a contribution costs it {each * MACHINE_HOUR / 3600:.8f} dollars. What binds it is
the bond, which comes back."""
    return paragraphs(text)
