"""The gates of an exit: what must be done before it goes on, judged by rules known by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from services.contracts.values import Slug, Value
from services.onboarding.leaving.domain import (
    ExitPhase,
    ExitRecord,
    TaskStage,
    latest_deliveries,
)
from services.onboarding.parties import Owner, Party


@dataclass(frozen=True)
class ExitLack:
    """One thing that is missing; ``owner`` and ``due_on`` where the rule knows them."""

    subject: str
    owner: Owner | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class ExitView:
    """An exit as its gates look at it, on a day.

    ``unconfirmed``: the services of a notice that waits for the other party, until the day
    from which time has confirmed it.
    """

    record: ExitRecord
    datasets: tuple[str, ...]
    today: date
    unconfirmed: tuple[tuple[str, date], ...] = ()


ExitCheck = Callable[[ExitView], Iterator[ExitLack]]


def _comment_period_over(view: ExitView) -> Iterator[ExitLack]:
    until = view.record.exit.comment_until
    if view.record.exit.staying and view.today <= until:
        yield ExitLack(str(until), due_on=until)


def _comments_answered(view: ExitView) -> Iterator[ExitLack]:
    for comment in view.record.comments:
        if comment.answer is None:
            yield ExitLack(comment.name)


def _notice_confirmed(view: ExitView) -> Iterator[ExitLack]:
    """Who gave notice does not confirm it; where the customer did, the centre does by this."""
    if view.record.exit.notice.by is Party.CENTRE:
        for services, until in view.unconfirmed:
            yield ExitLack(services, due_on=until)


def _last_days_passed(view: ExitView) -> Iterator[ExitLack]:
    for service in view.record.exit.services:
        last = view.record.exit.last_days[service]
        if view.today <= last:
            yield ExitLack(f"The last day of {service} is {last}", due_on=last)


def _tasks_done(view: ExitView, stage: TaskStage) -> Iterator[ExitLack]:
    for task in view.record.tasks:
        if task.stage is stage:
            for party in task.lacking:
                yield ExitLack(task.name, Owner(party.value), task.due_on)


def _data_received(view: ExitView) -> Iterator[ExitLack]:
    latest = latest_deliveries(view.record.deliveries)
    for service in view.record.exit.services:
        for dataset in view.datasets:
            delivery = latest.get((service, dataset))
            about = f"{dataset} of {service}"
            if delivery is None:
                yield ExitLack(f"The data set {about} is not delivered", Owner.CENTRE)
            elif delivery.received is None:
                yield ExitLack(f"The data set {about} has no receipt", Owner.CUSTOMER)
            elif not delivery.agrees:
                differs = ", ".join(delivery.differences)
                yield ExitLack(
                    f"The data set {about} came out otherwise ({differs}); deliver it again",
                    Owner.CENTRE,
                )


def _settlement_made(view: ExitView) -> Iterator[ExitLack]:
    found = view.record.exit
    if found.settlement is None:
        asked = found.settlement_requested_on
        yield ExitLack(
            f"Billing was asked for the final settlement on {asked} and has not answered"
            if asked
            else "The final settlement is asked for when the last day has passed"
        )


EXIT_CHECKS: Mapping[str, ExitCheck] = {
    "comment_period_over": _comment_period_over,
    "comments_answered": _comments_answered,
    "notice_confirmed": _notice_confirmed,
    "last_days_passed": _last_days_passed,
    "handover_tasks_done": lambda view: _tasks_done(view, TaskStage.HANDOVER),
    "data_received": _data_received,
    "settlement_made": _settlement_made,
    "closing_tasks_done": lambda view: _tasks_done(view, TaskStage.CLOSING),
}
"""Every rule that the data file may name."""


def _known_check(name: str) -> str:
    if name not in EXIT_CHECKS:
        raise ValueError(f"there is no rule named {name}")
    return name


class ExitGateItem(Value):
    """One thing a gate asks for; ``each`` leaves the owner to the rule."""

    key: Slug
    check: Annotated[str, AfterValidator(_known_check)]
    owner: Annotated[str, Field(pattern=r"^(customer|centre|shared|each)$")]
    text: str
    text_sv: str
    missing: str

    @property
    def shown_owner(self) -> Owner:
        """The item's owner; shared where it differs from part to part."""
        return Owner.SHARED if self.owner == "each" else Owner(self.owner)


class ExitGate(Value):
    """What stands between a phase of an exit and the next."""

    leaves: ExitPhase
    enters: ExitPhase
    items: tuple[ExitGateItem, ...] = Field(min_length=1)


@dataclass(frozen=True)
class ExitMissing:
    """One thing that keeps a gate shut, who has to act, and by when where that is known."""

    item: str
    text: str
    owner: Owner
    due_on: date | None


def exit_missing(gate: ExitGate, view: ExitView) -> tuple[ExitMissing, ...]:
    """Everything that keeps an exit from passing a gate."""
    return tuple(
        ExitMissing(
            item=item.key,
            text=item.missing.format(subject=lack.subject),
            owner=lack.owner or item.shown_owner,
            due_on=lack.due_on,
        )
        for item in gate.items
        for lack in EXIT_CHECKS[item.check](view)
    )
