"""How quantities read in explanations, in English."""

from __future__ import annotations


def quantity(number: int, unit: str) -> str:
    """A number of a unit as ``19,824 payslips``; unit slugs are English singulars."""
    return f"{number:,} {unit}{'' if number == 1 else 's'}"
