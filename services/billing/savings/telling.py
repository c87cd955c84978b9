"""A saving's history as a story that its owner can read, in English and Swedish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services.billing.savings.domain import Place, SavingState
from services.billing.savings.repository import Kept
from services.billing.tables import (
    SavingFollowUpRow,
    SavingOwnerRow,
    SavingSpecificationRow,
    SavingStepRow,
)
from services.chassis.money import format_sek
from services.chassis.swedish import amount, day, decimal_number

_PLACES = {
    Place.AGENCY: ("at the agency", "hos myndigheten"),
    Place.CENTRE: ("at the centre", "hos servicecentret"),
    Place.STATE: ("in the state as a whole", "i staten som helhet"),
    Place.SOCIETY: ("in society", "i samhället"),
}
_STATES = {
    SavingState.IDENTIFIED: ("identified", "identifierad"),
    SavingState.SPECIFIED: ("specified", "specificerad"),
    SavingState.PLANNED: ("planned", "planerad"),
    SavingState.REALISED: ("being realised", "under realisering"),
    SavingState.FOLLOWED_UP: ("followed up", "uppföljd"),
}


@dataclass(frozen=True)
class Told:
    """A sentence of the story; ``party`` is the side that registered what it tells.

    ``number`` is the saving's revision that it came with.
    """

    number: int
    recorded_at: datetime
    party: str
    text: str
    text_sv: str


def story(kept: Kept) -> tuple[Told, ...]:
    """What happened to a saving, in the order it was registered."""
    told = [_registered(kept), *_specifications(kept), *_owners(kept), *_steps(kept)]
    told += _follow_ups(kept)
    return tuple(sorted(told, key=lambda each: each.number))


def _registered(kept: Kept) -> Told:
    row = kept.row
    place = _PLACES[Place(row.arises_at)]
    return Told(
        1,
        row.recorded_at,
        row.party,
        f"{row.title}: registered as a saving that arises {place[0]}, in {row.service}.",
        f"{row.title}: registrerad som en besparing som uppstår {place[1]}, i {row.service}.",
    )


def _specifications(kept: Kept) -> Iterator[Told]:
    for row in kept.specifications:
        text, text_sv = _specified(row)
        why, why_sv = _because(row.reason)
        yield Told(row.number, row.recorded_at, row.party, text + why, text_sv + why_sv)


def _specified(row: SavingSpecificationRow) -> tuple[str, str]:
    until = f" until {row.saves_until}" if row.saves_until else ""
    until_sv = f" till och med den {day(row.saves_until)}" if row.saves_until else ""
    return (
        (
            f"Before: {row.baseline}, {format_sek(row.baseline_ore)} a year and"
            f" {_fte(row.baseline_fte)} full-time equivalents, according to {row.baseline_source}."
            f" From {row.saves_from}{until} {format_sek(row.expected_ore)} a year and"
            f" {_fte(row.expected_fte)} full-time equivalents are expected to be saved."
        ),
        (
            f"Tidigare: {row.baseline}, {amount(row.baseline_ore)} om året och"
            f" {_fte_sv(row.baseline_fte)} årsarbetskrafter, enligt {row.baseline_source}. Från och"
            f" med den {day(row.saves_from)}{until_sv} väntas {amount(row.expected_ore)} om året"
            f" och {_fte_sv(row.expected_fte)} årsarbetskrafter sparas in."
        ),
    )


def _owners(kept: Kept) -> Iterator[Told]:
    before: SavingOwnerRow | None = None
    for row in kept.owners:
        who = f"{row.name}, {row.title}, {row.organisation}"
        after = f" after {before.name}" if before else ""
        after_sv = f" efter {before.name}" if before else ""
        why, why_sv = _because(row.reason)
        yield Told(
            row.number,
            row.recorded_at,
            row.party,
            f"{who} answers for the saving from {row.holds_from}{after}.{why}",
            f"{who} ansvarar för besparingen från och med den {day(row.holds_from)}{after_sv}."
            f"{why_sv}",
        )
        before = row


def _steps(kept: Kept) -> Iterator[Told]:
    for row in kept.steps:
        yield _stepped(row)


def _stepped(row: SavingStepRow) -> Told:
    before, after = _STATES[SavingState(row.before)], _STATES[SavingState(row.after)]
    why, why_sv = _because(row.reason)
    return Told(
        row.number,
        row.recorded_at,
        row.party,
        f"On {row.taken_on} it went from {before[0]} to {after[0]}.{why}",
        f"Den {day(row.taken_on)} gick den från {before[1]} till {after[1]}.{why_sv}",
    )


def _follow_ups(kept: Kept) -> Iterator[Told]:
    known = {row.id: row for row in kept.follow_ups}
    for row in kept.follow_ups:
        text, text_sv = _followed_up(row)
        if row.corrects is not None:
            earlier = known[row.corrects]
            text += (
                f" It corrects {_period(earlier)}, where {format_sek(earlier.realised_ore)} stood."
            )
            text_sv += (
                f" Det rättar {_period(earlier, 'till')}, där {amount(earlier.realised_ore)} stod."
            )
        why, why_sv = _because(row.reason)
        yield Told(row.number, row.recorded_at, row.party, text + why, text_sv + why_sv)


def _followed_up(row: SavingFollowUpRow) -> tuple[str, str]:
    return (
        (
            f"{_period(row)}: {format_sek(row.realised_ore)} and {_fte(row.realised_fte)} full-time"
            f" equivalents were saved, according to {row.source}."
        ),
        (
            f"{_period(row, 'till')}: {amount(row.realised_ore)} och {_fte_sv(row.realised_fte)}"
            f" årsarbetskrafter sparades in, enligt {row.source}."
        ),
    )


def _period(row: SavingFollowUpRow, to: str = "to") -> str:
    if row.first_period == row.last_period:
        return row.first_period
    return f"{row.first_period} {to} {row.last_period}"


def _because(reason: str | None) -> tuple[str, str]:
    return (f" Reason: {reason}", f" Skäl: {reason}") if reason else ("", "")


def _fte(hundredths: int) -> str:
    return f"{Decimal(hundredths) / 100:f}"


def _fte_sv(hundredths: int) -> str:
    return decimal_number(Decimal(hundredths) / 100)
