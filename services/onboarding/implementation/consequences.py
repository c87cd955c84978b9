"""What a no-go or a roll-back leads to, as sentences that name days and who is struck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.onboarding.implementation.domain import Consequence


@dataclass(frozen=True)
class JoiningDeadline:
    """That the agency is obliged to have joined for a service by a day, and by what law."""

    service: str
    deadline: date
    legal_source: str


@dataclass(frozen=True)
class EndingContract:
    """A system that the agency works in and the day its contract ends."""

    system: str
    ends_on: date


@dataclass(frozen=True)
class Surroundings:
    """What a moved go-live collides with.

    Attributes:
        planned_go_live: the go-live of the time plan.
        agreed_from: the first day of the agreement.
    """

    planned_go_live: date | None = None
    agreed_from: date | None = None
    deadlines: tuple[JoiningDeadline, ...] = ()
    contracts: tuple[EndingContract, ...] = ()


def of_no_go(
    services: Sequence[str],
    falls_away: date,
    earliest: date,
    other_partys_go: Iterable[date],
    around: Surroundings,
) -> tuple[Consequence, ...]:
    """What a party's no-go leads to.

    Args:
        services: those that do not go live.
        falls_away: the day that falls away.
        earliest: the first day that can come instead.
        other_partys_go: the days that the other party has said go for.
        around: what the move collides with.
    """
    found = [
        Consequence(
            "go-live-falls-away",
            f"{_listed(services)} does not go live on {falls_away}; the earliest day is {earliest}."
            if len(services) == 1
            else f"{_listed(services)} do not go live on {falls_away}; the earliest day is"
            f" {earliest}.",
        )
    ]
    found += [
        Consequence(
            "other-decision-void",
            f"The other party's go for {day} leads nowhere; it decides anew for {earliest} or"
            " later.",
        )
        for day in sorted({day for day in other_partys_go if day < earliest})
    ]
    return (*found, *_of_the_move(services, earliest, around))


def of_roll_back(
    service: str,
    live_on: date,
    rolled_back_on: date,
    earliest: date,
    around: Surroundings,
    *,
    leaves_stabilisation: bool,
    parallel_runs: int,
) -> tuple[Consequence, ...]:
    """What taking a service back leads to.

    Args:
        service: the service taken back.
        live_on: the day it had gone live.
        rolled_back_on: the day it was taken back.
        earliest: the first day it can go live again.
        around: what the move collides with.
        leaves_stabilisation: whether the case goes back to its fourth phase.
        parallel_runs: approved parallel runs in a row that are asked for anew; nought: none.
    """
    found = [
        Consequence(
            "not-in-operation",
            f"{service} counts as not having gone live on {live_on}: it is neither charged nor"
            f" measured, and from {rolled_back_on} on the agency does the work as before.",
        ),
        Consequence(
            "shown-anew",
            "What was stated of its readiness, its reconciliations and both go decisions are"
            f" used up and are made anew; the earliest day to go live again is {earliest}.",
        ),
    ]
    if parallel_runs:
        found.append(
            Consequence(
                "parallel-runs-anew", f"{parallel_runs} approved parallel runs in a row are needed."
            )
        )
    if leaves_stabilisation:
        found.append(
            Consequence(
                "back-to-implementation",
                "The case goes back to implementation; months closed so far do not count"
                f" for {service}.",
            )
        )
    return (*found, *_of_the_move([service], earliest, around))


def _of_the_move(
    services: Sequence[str], earliest: date, around: Surroundings
) -> Iterable[Consequence]:
    if around.planned_go_live is not None and around.planned_go_live < earliest:
        yield Consequence(
            "time-plan-moved",
            f"The time plan's go-live on {around.planned_go_live} no longer holds and is moved to"
            f" {earliest}; what has not begun is dated anew.",
        )
    for due in around.deadlines:
        if due.service in services and earliest > due.deadline:
            yield Consequence(
                "deadline-missed",
                f"The agency is obliged to have joined for {due.service} by {due.deadline}"
                f" ({due.legal_source}) and misses it by {(earliest - due.deadline).days} days at"
                " the least.",
            )
    for contract in around.contracts:
        if contract.ends_on < earliest:
            yield Consequence(
                "system-contract-ends",
                f"The contract for {contract.system} ends on {contract.ends_on}, before the"
                " service can take over; extend it.",
            )
    if around.agreed_from is not None and around.agreed_from < earliest:
        yield Consequence(
            "charging-waits",
            f"The agreement holds from {around.agreed_from}; charging begins with go-live.",
        )


def _listed(services: Sequence[str]) -> str:
    return ", ".join(services[:-1]) + (" and " if len(services) > 1 else "") + services[-1]
