"""Exact money: whole öre as integers, and the only two places where it is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def round_half_up(value: Fraction | Decimal | int) -> int:
    """The nearest whole number; a half goes away from zero, as in Swedish invoicing."""
    exact = Fraction(value)
    doubled = 2 * abs(exact.numerator) + exact.denominator
    magnitude = doubled // (2 * exact.denominator)
    return magnitude if exact >= 0 else -magnitude


def allocate(total_ore: int, weights: Sequence[int | Fraction]) -> tuple[int, ...]:
    """Share an amount in proportion to weights so that the parts sum to it exactly.

    Each part is its exact share rounded down; the öre left over go one each to the
    largest remainders, ties to the earliest (ARCHITECTURE rule 4). A negative total is
    shared as its positive mirror.

    Args:
        total_ore: the amount, any sign.
        weights: at least one, none negative, not all zero.

    Raises:
        ValueError: the weights cannot carry the amount.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("weights must be given and none may be negative")
    whole = sum(Fraction(weight) for weight in weights)
    if whole == 0:
        raise ValueError("at least one weight must be above zero")
    if total_ore < 0:
        return tuple(-part for part in allocate(-total_ore, weights))
    exact = [total_ore * Fraction(weight) / whole for weight in weights]
    parts = [int(share) for share in exact]
    left_over = total_ore - sum(parts)
    by_remainder = sorted(range(len(exact)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[:left_over]:
        parts[index] += 1
    return tuple(parts)


def format_sek(ore: int) -> str:
    """An amount as English texts show it: ``13,500.00 SEK``."""
    kronor, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{kronor:,}.{rest:02d} SEK"
