"""CSV that people open in a spreadsheet."""

from __future__ import annotations

import re

_BLANK = r"[ \u00a0\u202f]"
_KRONOR = re.compile(
    r"([-\u2212]?)([0-9]{1,13}|[0-9]{1,3}(?:" + _BLANK + r"[0-9]{3}){1,4})(?:[.,]([0-9]{1,2}))?"
)


def ore_of(kronor: str) -> int | None:
    """An amount in kronor in öre; None where it is none, or says more than whole öre.

    With a comma or a point, and blanks between thousands or none, as Swedish spreadsheets
    write it.
    """
    found = _KRONOR.fullmatch(kronor)
    if found is None:
        return None
    sign, whole, rest = found.groups()
    ore = int(re.sub(_BLANK, "", whole)) * 100 + int((rest or "").ljust(2, "0"))
    return -ore if sign else ore


def harmless(value: str) -> str:
    """A text that no spreadsheet takes for a formula; numbers stay as they are."""
    formula = value.startswith(("=", "+", "@", "\t", "\r"))
    if formula or (value.startswith("-") and not value[1:2].isdigit()):
        return f"'{value}"
    return value
