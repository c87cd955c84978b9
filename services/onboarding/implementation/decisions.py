"""Use case of phase 4: decide go or no-go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import Change, note, take, today
from services.onboarding.implementation import repository
from services.onboarding.implementation.consequences import (
    of_no_go,
)
from services.onboarding.implementation.domain import (
    GoDecision,
    Verdict,
    decisions_for,
    held_back_until,
)
from services.onboarding.implementation.problems import (
    EARLIEST_DAY_IMPOSSIBLE,
    GO_LIVE_HELD_BACK,
    GO_LIVE_OUTSIDE_WINDOW,
    NO_GO_PAST,
    REASON_REQUIRED,
)
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.implementation.service import (
    move_plan,
    require_in_case,
    rolled_back_at,
    surroundings,
)
from services.onboarding.problems import ALREADY_LIVE


@dataclass(frozen=True)
class Verdicts:
    """A go or no-go that the actor's side decides; ``service`` None is all not yet live."""

    service: str | None
    verdict: Verdict
    go_live_on: date
    mandate: str
    reason: str | None
    new_earliest_on: date | None


async def decide_go(uow: UnitOfWork, case_id: str, asked: Verdicts) -> GoDecision:
    """Decide go or no-go for the actor's own side; a later decision replaces it.

    A no-go names the earliest day that can come instead, and what it leads to.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``service_not_in_case``, ``already_live``,
            ``reason_required``, ``go_live_outside_window``, ``go_live_held_back``,
            ``no_go_past``, ``earliest_day_impossible``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    services = _still_to_go_live(change.case, asked.service)
    earlier = await repository.go_decisions(uow.session, case_id)
    since = await rolled_back_at(uow, case_id)
    standing = {service: decisions_for(earlier, service, since) for service in services}
    day = today(uow)
    if asked.verdict is Verdict.NO_GO:
        earliest = _earliest_after_no_go(asked, day)
        others = [
            decision.go_live_on
            for decisions in standing.values()
            for party, decision in decisions.items()
            if party is not change.party and decision.verdict is Verdict.GO
        ]
        around = await surroundings(uow, change.case)
        leads_to = of_no_go(services, asked.go_live_on, earliest, others, around)
    else:
        _require_window(asked.go_live_on, day)
        for decisions in standing.values():
            held = held_back_until(decisions, change.party)
            if held is not None and asked.go_live_on < held:
                raise Problem(
                    GO_LIVE_HELD_BACK,
                    f"The other party has decided no-go until {held}; decide on that day or a"
                    " later one.",
                    earliest_on=str(held),
                )
        earliest, leads_to = None, ()
    decision = GoDecision(
        party=change.party,
        verdict=asked.verdict,
        go_live_on=asked.go_live_on,
        mandate=asked.mandate,
        reason=asked.reason,
        decided_at=uow.now,
        service=asked.service,
        new_earliest_on=earliest,
        consequences=leads_to,
    )
    await repository.add_go_decision(uow.session, case_id, decision)
    await _note_decision(uow, change, decision)
    if earliest is not None:
        await move_plan(uow, change, earliest, f"no-go, {asked.reason}")
    return decision


def _still_to_go_live(case: Case, service: str | None) -> tuple[str, ...]:
    if service is not None:
        require_in_case(case, service)
    waiting = tuple(
        entry.service
        for entry in case.services
        if entry.live_on is None and service in {None, entry.service}
    )
    if not waiting:
        raise Problem(
            ALREADY_LIVE,
            f"{service or 'Every service of the case'} is in operation; taking it back is a"
            " roll-back.",
        )
    return waiting


def _require_window(go_live_on: date, day: date) -> None:
    window = implementation_rules().go_window
    if not window.admits(go_live_on, day):
        ahead = (go_live_on - day).days
        lies = f"is {ahead} days ahead" if ahead >= 0 else "has passed"
        raise Problem(
            GO_LIVE_OUTSIDE_WINDOW,
            f"Go-live is decided {window.minimum_days_ahead} to {window.maximum_days_ahead}"
            f" days before its day; {go_live_on} {lies}.",
            minimum_days_ahead=window.minimum_days_ahead,
            maximum_days_ahead=window.maximum_days_ahead,
        )


def _earliest_after_no_go(asked: Verdicts, day: date) -> date:
    """The first day that can come instead; a no-go may be said until the very day."""
    if asked.reason is None:
        raise Problem(REASON_REQUIRED, "A no-go is a decision to wait; say for what.")
    if asked.go_live_on < day:
        raise Problem(NO_GO_PAST, f"{asked.go_live_on} has passed, so it cannot fall away.")
    window = implementation_rules().go_window
    if (asked.go_live_on - day).days > window.maximum_days_ahead:
        _require_window(asked.go_live_on, day)
    possible = max(window.earliest(day), asked.go_live_on + timedelta(days=1))
    if asked.new_earliest_on is None:
        return possible
    if asked.new_earliest_on < possible:
        raise Problem(
            EARLIEST_DAY_IMPOSSIBLE,
            f"A new go is decided {window.minimum_days_ahead} days before its day at the least and"
            f" for a day after the one that falls away, so {possible} is the earliest.",
            earliest_on=str(possible),
        )
    return asked.new_earliest_on


async def _note_decision(uow: UnitOfWork, change: Change, decision: GoDecision) -> None:
    about = f" for {decision.service}" if decision.service else ""
    if decision.verdict is Verdict.GO:
        did = f"decided go{about} for {decision.go_live_on} ({decision.mandate})."
        await note(uow, change, "go-decided", did)
        return
    did = (
        f"decided no-go{about} for {decision.go_live_on} ({decision.mandate}); the earliest new"
        f" day is {decision.new_earliest_on}: {decision.reason}"
    )
    await note(uow, change, "no-go-decided", did)
