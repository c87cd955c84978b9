"""Words of the report in Swedish and English, always the two together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from services.billing.results.reporting import whole_kronor
from services.billing.results.rows import Proposed, Row
from services.billing.results.rules import result_rules
from services.chassis import swedish


class Words(NamedTuple):
    """The same in Swedish and English."""

    sv: str
    en: str


NOTHING = Words("", "")


def kronor(sek: int) -> Words:
    """Whole kronor."""
    return Words(swedish.kronor(sek), f"SEK {sek:,}")


def money(ore: int) -> Words:
    """Öre in whole kronor."""
    return kronor(whole_kronor(ore))


def number(value: Decimal) -> Words:
    """A number without decimals that say nothing."""
    whole, _, rest = f"{value:,f}".partition(".")
    rest = rest.rstrip("0")
    return Words(swedish.decimal_number(value), f"{whole}.{rest}" if rest else whole)


def percent(value: Decimal) -> Words:
    """A percentage in words."""
    figure = number(value)
    return Words(f"{figure.sv} procent", f"{figure.en} percent")


def balance(ore: int) -> Words:
    """A result: a surplus, a deficit, or neither."""
    if not ore:
        return Words("ett nollresultat", "a result of nought")
    kind = Words("överskott", "surplus") if ore > 0 else Words("underskott", "deficit")
    amount = money(abs(ore))
    return Words(f"ett {kind.sv} på {amount.sv}", f"a {kind.en} of {amount.en}")


def standing(ore: int) -> Words:
    """What has accumulated, behind *is*."""
    return balance(ore) if ore else Words("noll", "nought")


def listed(items: Sequence[Words]) -> Words:
    """Things in a row."""
    english = [item.en for item in items]
    return Words(
        swedish.listed([item.sv for item in items]),
        "".join(english) if len(english) < 2 else f"{', '.join(english[:-1])} and {english[-1]}",
    )


def area_of(row: Row) -> Words:
    """A service area within a sentence."""
    english, name_sv = result_rules().names_of(row.area)
    return Words(swedish.within_a_sentence(name_sv), english)


def with_amounts(rows: Sequence[Row]) -> Words:
    """Service areas, each with what has accumulated there, without its sign."""
    return listed([_with_amount(row) for row in rows])


def _with_amount(row: Row) -> Words:
    area, amount = area_of(row), money(abs(row.expected.standing.accumulated_ore))
    return Words(f"{area.sv} ({amount.sv})", f"{area.en} ({amount.en})")


def changed(proposed: Proposed, they: Words = NOTHING) -> Words:
    """How fees change, with a pronoun where one is needed: Swedish has it behind the verb."""
    proposal = proposed.proposal
    behind, before = (f" {they.sv}" if they.sv else ""), (f"{they.en} " if they.en else "")
    if proposal is None or not proposal.tenths:
        return Words(f"lämnas{behind} oförändrade", f"{before}stay as they are")
    by = percent(abs(proposal.percent))
    verb = Words("höjs", "are raised") if proposal.tenths > 0 else Words("sänks", "are lowered")
    return Words(f"{verb.sv}{behind} med {by.sv}", f"{before}{verb.en} by {by.en}")
