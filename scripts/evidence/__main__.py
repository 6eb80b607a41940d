"""Computes parts of the evidence: `python scripts/evidence [--quick | --seeds N] [--check N] [PART ...]`. Start it by `scripts/evidence/run`."""

import argparse
from importlib import import_module

import cells

# Seeds of a quick look.
QUICK = 2

# Modules and functions, in the order in which they are computed. Cheap ones come first.
PARTS = {
    "attacks": ("attacks", "run"),
    "rent": ("rent", "run"),
    "cost": ("cost", "run"),
    "counters": ("counters", "run"),
    "screening": ("screening", "run"),
    "screening-choice": ("screening", "run_choice"),
    "models": ("models", "run"),
    "peers": ("attacks", "run_models"),
    "report": ("report", "run"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/evidence/run")
    parser.add_argument("--quick", action="store_true", help="two seeds")
    parser.add_argument("--seeds", type=int, help="fewer seeds than the report has")
    parser.add_argument("--check", type=int, default=0, metavar="N", help="compute N published cells of each part again, and nothing else")
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*PARTS, []], help=", ".join(PARTS))
    arguments = parser.parse_args()
    seeds = QUICK if arguments.quick else arguments.seeds
    cells.checked = arguments.check
    for part in arguments.parts or PARTS:
        if cells.checked and part == "report":
            continue
        module, function = PARTS[part]
        getattr(import_module(module), function)(seeds)


if __name__ == "__main__":
    main()
