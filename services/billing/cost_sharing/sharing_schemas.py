"""What the API takes and says about sharings: which one, what it comes to, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.billing.cost_sharing.correcting import Settled
from services.billing.cost_sharing.explaining import Charge, Node, explain, with_charge
from services.billing.cost_sharing.invoicing import due_months
from services.billing.cost_sharing.language import Surplus
from services.billing.cost_sharing.recording import next_true_up_of, results_of
from services.billing.cost_sharing.results import Sharing, TransferKind
from services.billing.cost_sharing.service import Booked, Outcome, Wanted
from services.billing.months import Month
from services.billing.tables import (
    CostShareRow,
    CostSharingRow,
)
from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import Day, RequestModel, ResponseModel
from services.contracts.values import Slug

SharingId = Annotated[str, Field(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]


class _PeriodIn(RequestModel):
    first_day: Day
    last_day: Day
    actual_through: Day | None = None
    corrects: SharingId | None = None

    def wanted(self, arrangement: str) -> Wanted:
        """The sharing that is asked for."""
        return Wanted(
            arrangement, self.first_day, self.last_day, self.actual_through, self.corrects
        )


class SimulationIn(_PeriodIn):
    """Which sharing to simulate; ``explain`` is the party to whom it is explained.

    Facts through ``actual_through`` are actual, those after it budget; without it all are.
    """

    explain: Slug | None = None


class BookingIn(_PeriodIn):
    """Which sharing to book; ``as_simulated`` is the fingerprint of the simulation meant.

    ``corrects`` names the sharing of the same days that this one stands beside.
    """

    as_simulated: Fingerprint | None = None


class LineOut(ResponseModel):
    """A line's sums.

    ``charged - returned = cost - by_appropriation + unallocated + carried - brought_forward``.
    """

    line: str
    name: str
    name_sv: str
    charge: str
    surplus: Surplus
    cost_ore: int
    charged_ore: int
    returned_ore: int
    by_appropriation_ore: int
    brought_forward_ore: int
    carried_ore: int
    unallocated_ore: int


class TransferOut(ResponseModel):
    """What one party pays another."""

    kind: TransferKind
    payer: str
    receiver: str
    amount_ore: int
    lines: tuple[str, ...]
    day: date


class ShareOut(ResponseModel):
    """What a party owes of a line; ``line`` is null for what parties pay each other.

    ``charged_now_ore`` is what this sharing charges; ``held_back_ore`` waits for a later one,
    since the difference is not material. ``contact``: the party is to be called.
    """

    party: str
    org_number: str | None
    line: str | None
    owed_ore: int
    charged_before_ore: int
    charged_now_ore: int
    held_back_ore: int
    contact: bool


class NodeOut(ResponseModel):
    """A statement, and what it rests on."""

    kind: str
    text: str
    text_sv: str
    amount_ore: int | None
    item_id: str | None
    children: tuple[NodeOut, ...]


class _SharingBase(ResponseModel):
    arrangement: str
    first_day: date
    last_day: date
    actual_through: date | None
    corrects: str | None
    fingerprint: str
    lines: tuple[LineOut, ...]
    transfers: tuple[TransferOut, ...]
    shares: tuple[ShareOut, ...]


class SimulationOut(_SharingBase):
    """What a sharing would come to now. The same facts give the same ``fingerprint``."""

    explanation: NodeOut | None


class SharingOut(_SharingBase):
    """A booked sharing with the shares that you may see.

    ``next_true_up_on`` is the next of the arrangement's days on which it is held against actual
    cost; null when it has none, or all of the period is actual.
    """

    id: str
    corrected_by: str | None
    next_true_up_on: date | None
    recorded_at: datetime


class SharingSummaryOut(ResponseModel):
    """A booked sharing in a list."""

    id: str
    arrangement: str
    first_day: date
    last_day: date
    actual_through: date | None
    corrects: str | None
    recorded_at: datetime


class InstalmentOut(ResponseModel):
    """What is invoiced of a line in a month."""

    line: str | None
    period: str
    amount_ore: int


class ExplanationOut(ResponseModel):
    """A party's share of a sharing, why it is so, and when it is invoiced."""

    sharing_id: str
    party: str
    owed_ore: int
    charged_now_ore: int
    shares: tuple[ShareOut, ...]
    instalments: tuple[InstalmentOut, ...]
    explanation: NodeOut


def simulation_out(wanted: Wanted, outcome: Outcome, party: str | None) -> SimulationOut:
    """A simulation as the API shows it; to a party that takes no part nothing is explained."""
    sharing = outcome.sharing
    results = results_of(sharing)
    numbers = {each.key: each.org_number for each in sharing.given.parties}
    explained = explain(sharing, party) if party in numbers else None
    return SimulationOut(
        arrangement=wanted.arrangement,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        actual_through=wanted.actual_through,
        corrects=wanted.corrects,
        fingerprint=outcome.fingerprint,
        lines=tuple(LineOut.model_validate(each) for each in results["lines"]),
        transfers=tuple(TransferOut.model_validate(each) for each in results["transfers"]),
        shares=tuple(
            _share(each, numbers.get(each.party))
            for each in sorted(outcome.settled, key=lambda each: (each.party, each.line))
        ),
        explanation=NodeOut.model_validate(explained) if explained else None,
    )


def sharing_out(booked: Booked, *, whole: bool) -> SharingOut:
    """A booked sharing as the API shows it; unless ``whole``, with the asker's transfers only."""
    row = booked.row
    own = {share.party for share in booked.shares}
    return SharingOut(
        id=row.id,
        arrangement=row.arrangement,
        first_day=row.first_day,
        last_day=row.last_day,
        actual_through=row.actual_through,
        corrects=row.corrects,
        corrected_by=booked.corrected_by,
        next_true_up_on=next_true_up_of(row),
        fingerprint=row.fingerprint,
        recorded_at=row.recorded_at,
        lines=tuple(LineOut.model_validate(each) for each in row.results["lines"]),
        transfers=tuple(
            TransferOut.model_validate(each)
            for each in row.results["transfers"]
            if whole or not own.isdisjoint({each["payer"], each["receiver"]})
        ),
        shares=tuple(share_out(share) for share in booked.shares),
    )


def sharing_summary_out(row: CostSharingRow) -> SharingSummaryOut:
    """A booked sharing in a list."""
    return SharingSummaryOut.model_validate(row)


def share_out(row: CostShareRow) -> ShareOut:
    """A booked share as the API shows it."""
    return ShareOut(
        party=row.party,
        org_number=row.org_number,
        line=row.line or None,
        owed_ore=row.owed_ore,
        charged_before_ore=row.charged_before_ore,
        charged_now_ore=row.charged_now_ore,
        held_back_ore=row.owed_ore - row.charged_before_ore - row.charged_now_ore,
        contact=row.contact,
    )


def _share(each: Settled, org_number: str | None) -> ShareOut:
    return ShareOut(
        party=each.party,
        org_number=org_number,
        line=each.line or None,
        owed_ore=each.owed_ore,
        charged_before_ore=each.charged_before_ore,
        charged_now_ore=each.charged_now_ore,
        held_back_ore=each.held_back_ore,
        contact=each.contact,
    )


def explanation_out(
    booked: Booked, sharing: Sharing, party: str, booked_in: Month
) -> ExplanationOut:
    """A party's share as the API explains it.

    Args:
        booked: the sharing as it was booked.
        sharing: the same, reckoned from what it was reckoned from.
        party: to whom.
        booked_in: the month it was booked in, which invoices what it changes.
    """
    shares = [share for share in booked.shares if share.party == party]
    return ExplanationOut(
        sharing_id=booked.row.id,
        party=party,
        owed_ore=sum(share.owed_ore for share in shares),
        charged_now_ore=sum(share.charged_now_ore for share in shares),
        shares=tuple(share_out(share) for share in shares),
        instalments=_instalments(shares, sharing, booked_in, booked.row.corrects is not None),
        explanation=NodeOut.model_validate(explanation_of(booked, sharing, party, booked_in)),
    )


def explanation_of(booked: Booked, sharing: Sharing, party: str, booked_in: Month) -> Node:
    """The tree of a party's share of a booked sharing, from its invoices to what they rest on."""
    shares = [share for share in booked.shares if share.party == party]
    due: dict[Month, int] = defaultdict(int)
    for each in _instalments(shares, sharing, booked_in, booked.row.corrects is not None):
        due[Month.parse(each.period)] += each.amount_ore
    before = sum(share.charged_before_ore for share in shares)
    now = sum(share.charged_now_ore for share in shares)
    held_back = sum(share.owed_ore for share in shares) - before - now
    charge = Charge(before, now, held_back, tuple(sorted(due.items())))
    return with_charge(explain(sharing, party), charge)


def _instalments(
    shares: Sequence[CostShareRow], sharing: Sharing, booked_in: Month, corrects: bool
) -> tuple[InstalmentOut, ...]:
    lines = {line.line.key: line.line for line in sharing.lines}
    given = sharing.given
    found: list[InstalmentOut] = []
    for share in shares:
        line = None if corrects else lines.get(share.line)
        days = (given.first_day, given.last_day)
        months = due_months(line, share.charged_now_ore, days, booked_in)
        found += [
            InstalmentOut(line=share.line or None, period=str(month), amount_ore=ore)
            for month, ore in months
        ]
    return tuple(found)


def as_markdown(node: Node, language: str) -> str:
    """An explanation as a nested list for people."""

    def lines(each: Node, depth: int) -> list[str]:
        text = each.text_sv if language == "sv" else each.text
        found = [f"{'  ' * depth}- {text}"]
        for child in each.children:
            found += lines(child, depth + 1)
        return found

    title = node.text_sv if language == "sv" else node.text
    body = [line for child in node.children for line in lines(child, 0)]
    return "\n".join([f"# {title}", "", *body, ""])
