"""How exact amounts and numbers read, in Swedish and English."""

from __future__ import annotations

from fractions import Fraction

from services.chassis.money import format_sek, round_half_up

_SHOWN_AS_FRACTION = 1000
"""Up to this denominator a part reads as a fraction; beyond it as a percentage."""


def sek(ore: int | Fraction, language: str) -> str:
    """An amount of öre: ``13 500,00 kr`` in Swedish, ``13,500.00 SEK`` in English.

    A part of an öre is shown with four more decimals.
    """
    exact = Fraction(ore)
    if exact.denominator == 1:
        english = format_sek(int(exact))
    else:
        english = f"{decimal(exact / 100, 6, 'en')} SEK"
    if language == "en":
        return english
    return _swedish(english.removesuffix(" SEK")) + " kr"


def decimal(value: Fraction, digits: int, language: str) -> str:
    """A number with so many decimals at the most, rounded half away from nought."""
    scaled = round_half_up(value * 10**digits)
    whole, rest = divmod(abs(scaled), 10**digits)
    decimals = f"{rest:0{digits}d}".rstrip("0") if digits else ""
    text = f"{'-' if scaled < 0 else ''}{whole:,}{'.' + decimals if decimals else ''}"
    return text if language == "en" else _swedish(text)


def part(value: Fraction, language: str) -> str:
    """A part of a whole: ``1/3``, or ``12.345679 %`` where the fraction would not be read."""
    if value.denominator <= _SHOWN_AS_FRACTION:
        return str(value)
    return f"{decimal(value * 100, 6, language)} %"


def plain_sek(ore: int) -> str:
    """An amount for machines: ``13500.00``."""
    kronor, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{kronor}.{rest:02d}"


def plain(value: Fraction, digits: int) -> str:
    """A number for machines with at most so many decimals."""
    return decimal(value, digits, "en").replace(",", "")


def _swedish(english: str) -> str:
    return (
        english.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",").replace("-", "\N{MINUS SIGN}")
    )
