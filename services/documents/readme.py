"""The generated part of the README."""

from __future__ import annotations

from typing import Final

BEGIN: Final = "<!-- events:begin -->"
END: Final = "<!-- events:end -->"


class ReadmeNotReadyError(ValueError):
    """The README has no place for the event catalogue; the text says what to do."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"README.md {found}: give it one line {BEGIN} and, below it, one line {END} where the"
            " event catalogue belongs"
        )


def with_catalogue(readme: str, catalogue: str) -> str:
    """The README with the event catalogue between its markers.

    Raises:
        ReadmeNotReadyError: the markers are missing, repeated or in the wrong order.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in before or END in after:
        raise ReadmeNotReadyError("has no place for the event catalogue, or more than one")
    return f"{before}{BEGIN}\n{catalogue}{END}{after}"
