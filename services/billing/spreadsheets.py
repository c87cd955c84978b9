"""CSV that people open in a spreadsheet."""

from __future__ import annotations


def harmless(value: str) -> str:
    """A text that no spreadsheet takes for a formula; numbers stay as they are."""
    formula = value.startswith(("=", "+", "@", "\t", "\r"))
    if formula or (value.startswith("-") and not value[1:2].isdigit()):
        return f"'{value}"
    return value
