"""Results that last: each finished cell is a line of a file, so that a run goes on where it was interrupted. The report publishes the files
beside it; where they are not at hand, a run goes on from the published ones, and `--check` computes some of them again.
"""

import gzip
import json
import math
import os
import random
import time
from collections.abc import Callable, Iterable
from pathlib import Path

RESULTS = Path(os.environ["CARGO_TARGET_DIR"]) / "evidence"
PUBLISHED = Path(__file__).parents[2] / "docs" / "evidence" / "cells"

# Significant digits that are kept: far more than the report shows.
DIGITS = 6

# How many finished cells of a part are computed again and compared, instead of computing those that are missing.
checked = 0


def file_of(part: str) -> Path:
    """The results of a part, taken from the published ones at first."""
    path = RESULTS / f"{part}.jsonl"
    published = PUBLISHED / f"{part}.jsonl.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.decompress(published.read_bytes()) if published.exists() else b"")
    return path


def lines_of(part: str) -> list[str]:
    """The finished cells, a line each. One torn by an interruption is not finished."""
    return [line for line in file_of(part).read_text().splitlines(keepends=True) if line.endswith("\n")]


def read(part: str) -> list[dict]:
    """The rows of all finished cells."""
    found = map(json.loads, lines_of(part))
    return [{**cell["key"], **row} for cell in found for row in cell["rows"]]


def publish(part: str) -> None:
    """Puts the finished cells of a part beside the report."""
    PUBLISHED.mkdir(parents=True, exist_ok=True)
    lines = "".join(sorted(lines_of(part)))
    # Without a time, so that the same cells make the same file.
    (PUBLISHED / f"{part}.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))


def rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{DIGITS}g}")
    return value


def line(key: dict, rows: list[dict]) -> str:
    return json.dumps({"key": key, "rows": rounded(rows)}) + "\n"


def same(one: object, other: object) -> bool:
    """Whether rows are the same but for the last digits, in which processors may differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-6)
    return one == other


def check(part: str, keys: list[dict], work: Callable[..., list[dict]]) -> None:
    """Computes some finished cells again. What differs was published by another version of the code, or is not what it says."""
    finished = {json.dumps(cell["key"]): cell["rows"] for cell in map(json.loads, lines_of(part))}
    keys = [key for key in keys if json.dumps(key) in finished]
    if not keys:
        raise SystemExit(f"{part}: no cell is published that could be compared")
    for key in random.sample(keys, min(checked, len(keys))):
        found = json.loads(line(key, work(**key)))["rows"]
        if not same(found, finished[json.dumps(key)]):
            raise SystemExit(f"{part}: the cell {key} comes to something else than what was published")
        print(f"{part}: {key} comes to the same", flush=True)


def compute(part: str, keys: Iterable[dict], work: Callable[..., list[dict]], measures: bool = False) -> None:
    """Does what is not done yet. `measures`: what comes out is a time, which is another one each time."""
    keys = list(keys)
    if checked:
        if not measures:
            check(part, keys, work)
        return
    path = file_of(part)
    lines = lines_of(part)
    # Without a torn line.
    path.write_text("".join(lines))
    done = {json.dumps(json.loads(found)["key"]) for found in lines}
    keys = [key for key in keys if json.dumps(key) not in done]
    begin = time.monotonic()
    for index, key in enumerate(keys):
        rows = work(**key)
        with path.open("a") as file:
            file.write(line(key, rows))
        if index % 10 == 9 or index + 1 == len(keys):
            print(f"{part}: {index + 1} of {len(keys)} cells, {time.monotonic() - begin:.0f} s", flush=True)
