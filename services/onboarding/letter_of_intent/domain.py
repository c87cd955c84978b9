"""Phase 1: staffing, time plan, baseline and fee indication (DOMAIN.md section 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from services.contracts.values import IndicatedFeeLine
from services.onboarding.parties import Party

Volumes = Mapping[str, Mapping[str, int]]
"""Yearly quantities by service and tariff unit."""


@dataclass(frozen=True)
class StaffMember:
    """Somebody who works on a case, in a role, with a deputy when there is one."""

    role: str
    name: str
    deputy: str | None = None


@dataclass(frozen=True)
class TimePlan:
    """The preliminary time plan: the days on which work starts and services go live."""

    starts_on: date
    go_live_on: date
    reason_if_short: str | None = None


@dataclass(frozen=True)
class Baseline:
    """What the customer's own way costs and holds before joining.

    Attributes:
        yearly_cost_sek: whole kronor a year, as a baseline is an estimate.
        full_time_equivalents: staff who do the work today, to the hundredth.
        volumes: yearly quantities of every service of the case.
        systems: systems that are to be left.
        agreements: contracts that bind the customer.
    """

    yearly_cost_sek: int
    full_time_equivalents: Decimal
    volumes: Volumes
    systems: tuple[str, ...]
    agreements: tuple[str, ...]


class FeeIndicationStatus(StrEnum):
    """How far a fee indication has come."""

    REQUESTED = "requested"
    INDICATED = "indicated"
    REFUSED = "refused"


@dataclass(frozen=True)
class FeeIndication:
    """A question to billing with what it was computed from, and the answer.

    ``tariff`` is the one asked for until billing names the one it used.
    """

    id: str
    status: FeeIndicationStatus
    headcount: int
    volumes: Volumes
    tariff: str | None
    yearly_total_ore: int | None
    lines: tuple[IndicatedFeeLine, ...]
    refusal_code: str | None
    refusal_reason: str | None
    requested_at: datetime
    answered_at: datetime | None

    def is_computed_from(self, baseline: Baseline | None, headcount: int) -> bool:
        """Whether a baseline and headcount are still those that the fee rests on."""
        if baseline is None or self.headcount != headcount:
            return False
        return _plain(self.volumes) == _plain(baseline.volumes)


@dataclass(frozen=True)
class LetterSignature:
    """A party's signature under the letter of intent."""

    party: Party
    name: str
    title: str
    signed_at: datetime


def is_short(plan: TimePlan, minimum_weeks: int) -> bool:
    """Whether a plan leaves less time than the process takes at the least.

    Twenty weeks is the minimum the centre has seen (DOMAIN.md section 3; 000:2194).
    """
    return (plan.go_live_on - plan.starts_on).days < 7 * minimum_weeks


def fee_in_force(
    indications: Sequence[FeeIndication], baseline: Baseline | None, headcount: int
) -> FeeIndication | None:
    """The newest indicated fee that was computed from the baseline as it stands."""
    answered = [
        indication
        for indication in indications
        if indication.status is FeeIndicationStatus.INDICATED
        and indication.is_computed_from(baseline, headcount)
    ]
    return max(answered, key=lambda indication: indication.id, default=None)


def volume_faults(
    volumes: Volumes,
    required: Mapping[str, Sequence[str]],
    optional: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    """What keeps volumes from fitting the services of a case, a sentence each.

    Args:
        volumes: as the party gave them.
        required: per service of the case, the units that have to be given.
        optional: per service, the units that may be given.
    """
    faults = [
        f"{service} needs its yearly quantity in the unit {unit}."
        for service, units in required.items()
        for unit in units
        if unit not in volumes.get(service, {})
    ]
    for service, quantities in volumes.items():
        if service not in required:
            faults.append(f"{service} is not a service of this case.")
            continue
        known = {*required[service], *optional.get(service, ())}
        faults += [
            f"{service} is not counted in the unit {unit}."
            for unit in quantities
            if unit not in known
        ]
    return tuple(faults)


def _plain(volumes: Volumes) -> dict[str, dict[str, int]]:
    return {service: dict(quantities) for service, quantities in volumes.items()}
