"""Computes parts of the evidence: `python scripts/evidence [--quick] [PART ...]`. Start it by `scripts/evidence/run`."""

import argparse
from importlib import import_module

# Modules and functions, in the order in which they are computed. Cheap ones come first.
PARTS = {
    "datasets": ("datasets", "run"),
    "attacks": ("attacks", "run"),
    "peers": ("attacks", "run_models"),
    "screening": ("screening", "run"),
    "screening-choice": ("screening", "run_choice"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/evidence/run")
    parser.add_argument("--quick", action="store_true", help="two seeds")
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*PARTS, []], help=", ".join(PARTS))
    arguments = parser.parse_args()
    for part in arguments.parts or PARTS:
        module, function = PARTS[part]
        getattr(import_module(module), function)(arguments.quick)


if __name__ == "__main__":
    main()
