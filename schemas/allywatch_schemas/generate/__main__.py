"""`python -m allywatch_schemas.generate [--check]`, in a checkout."""

import argparse
import sys

from allywatch_schemas.generate import PAGE, artefacts, drift, leftovers


def main() -> int:
    """Write every generated file, or with --check only say what would change (exit code 1)."""
    parser = argparse.ArgumentParser(prog="python -m allywatch_schemas.generate", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is out of date")
    check = parser.parse_args().check
    if not PAGE.parent.is_dir():
        print(f"{PAGE.parent} does not exist: run this in a checkout of allywatch.", file=sys.stderr)
        return 2
    changes = list(drift())
    for line in changes:
        print(line)
    if check:
        if changes:
            print("Run `python -m allywatch_schemas.generate` and commit what it writes.", file=sys.stderr)
        return 1 if changes else 0
    wanted = artefacts()
    for path in leftovers(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
