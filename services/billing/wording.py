"""How amounts and quantities read in explanations, in English."""

from __future__ import annotations


def sek(ore: int) -> str:
    """An amount as ``13,500.00 SEK``."""
    kronor, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{kronor:,}.{rest:02d} SEK"


def quantity(number: int, unit: str) -> str:
    """A number of a unit as ``19,824 payslips``; unit slugs are English singulars."""
    return f"{number:,} {unit}{'' if number == 1 else 's'}"
