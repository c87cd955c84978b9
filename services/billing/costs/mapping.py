"""From accounts and objects to pools, by the mapping of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.costs.language import CostMapping, MappingRule
from services.billing.sie.model import Objects


@dataclass(frozen=True)
class Destination:
    """Where a row belongs: a pool, or (None) to no pool since it is no cost."""

    pool: str | None


class NoMappingError(LookupError):
    """No mapping holds that day."""


class UnmappedError(LookupError):
    """The mapping of the day has no rule for the account."""


class Mappings:
    """The mappings in the order in which they were registered; of one day the last counts."""

    def __init__(self, mappings: Sequence[CostMapping]) -> None:
        by_day = {mapping.effective_from: mapping for mapping in mappings}
        self._mappings = [by_day[day] for day in sorted(by_day, reverse=True)]
        self._known: dict[tuple[int, str, Objects], Destination | None] = {}

    def destination(self, day: date, account: str, objects: Objects) -> Destination:
        """Where a row of an account belongs.

        Raises:
            NoMappingError: no mapping holds that day.
            UnmappedError: it has no rule for the account.
        """
        found = next(
            (number for number, each in enumerate(self._mappings) if each.effective_from <= day),
            None,
        )
        if found is None:
            raise NoMappingError
        key = (found, account, objects)
        if key not in self._known:
            self._known[key] = next(
                (
                    Destination(rule.pool)
                    for rule in self._mappings[found].rules
                    if _fits(rule, account, objects)
                ),
                None,
            )
        destination = self._known[key]
        if destination is None:
            raise UnmappedError
        return destination


def _fits(rule: MappingRule, account: str, objects: Objects) -> bool:
    """The last account stands for all that begin with it: 5 to 5 is the whole class 5."""
    return (
        rule.first_account <= account
        and account[: len(rule.last_account)] <= rule.last_account
        and all((each.dimension, each.number) in objects for each in rule.objects)
    )
