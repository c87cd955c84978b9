"""``python -m services.documents write|check``: documents generated from the code.

``write`` brings them up to date; ``check`` names each that is not, and then exits 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from services.documents.files import outdated, write
from services.documents.readme import ReadmeNotReadyError

REPOSITORY = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write or check; exits 1 with clear sentences when something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m services.documents", description=__doc__)
    parser.add_argument("command", choices=("write", "check"))
    parser.add_argument("--root", type=Path, default=REPOSITORY, help="the repository's folder")
    options = parser.parse_args(arguments)
    if options.command == "check":
        complaints = outdated(options.root)
        if complaints:
            sys.exit("\n".join(complaints))
        print("All generated documents are up to date.")
        return
    try:
        changed = write(options.root)
    except ReadmeNotReadyError as error:
        sys.exit(f"{error}; everything else is written.")
    print("\n".join(f"{path} written." for path in changed) or "Everything was up to date.")


if __name__ == "__main__":
    main()
