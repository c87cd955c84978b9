"""What the register comes to: expected against realised, and what nobody has followed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.billing.savings.domain import (
    NOTHING,
    FollowUp,
    Outcome,
    Owner,
    Place,
    SavingState,
    Specification,
    outcome,
    years_of,
)


class Grouping(StrEnum):
    """What totals are kept by."""

    PLACE = "place"
    AGENCY = "agency"
    SERVICE = "service"
    STATE = "state"
    OWNER = "owner"
    YEAR = "year"


@dataclass(frozen=True)
class Fact:
    """What of a saving counts in totals; ``owner`` is who answers for it today."""

    arises_at: Place
    org_number: str | None
    service: str
    state: SavingState
    owner: Owner | None
    specification: Specification | None
    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True)
class Total:
    """What the savings of one kind come to; ``key`` is None for those that have none."""

    key: str | None
    savings: int
    without_owner: int
    not_specified: int
    outcome: Outcome


def totals(
    facts: Sequence[Fact], by: Grouping, year: int | None, today: date
) -> tuple[tuple[Total, ...], Total]:
    """Totals by what they are kept by, in order of their keys, and all of it together.

    Args:
        facts: the savings.
        by: what the totals are kept by.
        year: only this calendar year counts; None: all years through the present one.
        today: months that end later are not due.
    """
    grouped: dict[str | None, list[tuple[Fact, Outcome]]] = {}
    for fact in facts:
        for key, found in _parts(fact, by, year, today):
            grouped.setdefault(key, []).append((fact, found))
    keys = sorted(grouped, key=lambda key: (key is None, key or ""))
    whole = [(fact, _outcome(fact, _years(fact, year, today), today)) for fact in facts]
    return tuple(_total(key, grouped[key]) for key in keys), _total(None, whole)


def _parts(
    fact: Fact, by: Grouping, year: int | None, today: date
) -> Iterator[tuple[str | None, Outcome]]:
    years = _years(fact, year, today)
    if by is not Grouping.YEAR:
        yield _key(fact, by), _outcome(fact, years, today)
        return
    for each in years:
        yield str(each), _outcome(fact, range(each, each + 1), today)
    if not years:
        yield None, NOTHING


def _years(fact: Fact, year: int | None, today: date) -> range:
    # A follow-up may stand for months that a later specification no longer expects anything of.
    of_saving = years_of(fact.specification, today)
    told = [each.first.year for each in fact.follow_ups]
    first = min([*of_saving[:1], *told], default=None)
    if first is None:
        return range(0)
    last = max([*of_saving[-1:], *told])
    return range(first, last + 1) if year is None else range(year, year + 1)


def _outcome(fact: Fact, years: range, today: date) -> Outcome:
    if not years:
        return NOTHING
    return outcome(fact.specification, fact.follow_ups, (years[0], years[-1]), today)


def _key(fact: Fact, by: Grouping) -> str | None:
    match by:
        case Grouping.PLACE:
            return fact.arises_at.value
        case Grouping.AGENCY:
            return fact.org_number
        case Grouping.SERVICE:
            return fact.service
        case Grouping.STATE:
            return fact.state.value
        case _:
            owner = fact.owner
            return f"{owner.name}, {owner.title}, {owner.organisation}" if owner else None


def _total(key: str | None, found: Sequence[tuple[Fact, Outcome]]) -> Total:
    return Total(
        key=key,
        savings=len(found),
        without_owner=sum(fact.owner is None for fact, _ in found),
        not_specified=sum(fact.specification is None for fact, _ in found),
        outcome=sum((each for _, each in found), NOTHING),
    )
