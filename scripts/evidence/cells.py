"""Results that last: each finished cell is a line of a file, so that a run goes on where it was interrupted."""

import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

RESULTS = Path(os.environ["CARGO_TARGET_DIR"]) / "evidence"

def read(part: str) -> list[dict]:
    """The rows of all finished cells."""
    path = RESULTS / f"{part}.jsonl"
    if not path.exists():
        return []
    rows = []
    for line in path.read_text().splitlines():
        cell = json.loads(line)
        rows.extend({**cell["key"], **row} for row in cell["rows"])
    return rows


def compute(part: str, keys: Iterable[dict], work: Callable[..., list[dict]]) -> None:
    """Does what is not done yet. A line torn by an interruption is dropped."""
    path = RESULTS / f"{part}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    done = set()
    if path.exists():
        lines = path.read_text().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        if whole != lines:
            path.write_text("".join(whole))
        done = {json.dumps(json.loads(line)["key"]) for line in whole}
    keys = [key for key in keys if json.dumps(key) not in done]
    begin = time.monotonic()
    for index, key in enumerate(keys):
        rows = work(**key)
        with path.open("a") as file:
            file.write(json.dumps({"key": key, "rows": rows}) + "\n")
        if index % 10 == 9 or index + 1 == len(keys):
            print(f"{part}: {index + 1} of {len(keys)} cells, {time.monotonic() - begin:.0f} s", flush=True)
