"""What the history of similar matters says of clocks that are open now.

Only read: no event, no timer, no warning and no escalation hangs on a probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.calendars.domain import ONE_MINUTE
from services.collab_model.clocks.domain import ClockState, RoundReading
from services.collab_model.clocks.source import TermsSource
from services.collab_model.foresight import repository
from services.collab_model.foresight.data import rules
from services.collab_model.foresight.history import group_of, minutes_up
from services.collab_model.foresight.survival import Forecaster, Prediction
from services.collab_model.matters import repository as matters
from services.collab_model.matters.settling import read_clocks
from services.collab_model.tables import ForesightModelRow, MatterRow
from services.contracts.succession import Scope

_OPEN = frozenset({ClockState.RUNNING, ClockState.PAUSED})


@dataclass(frozen=True)
class OpenClock:
    """A clock that is neither met nor breached, and what is said of it."""

    clock: str
    round: RoundReading
    prediction: Prediction


@dataclass(frozen=True)
class OpenMatter:
    """A matter and its open clocks."""

    matter: MatterRow
    clocks: Sequence[OpenClock]


@dataclass(frozen=True)
class Wanted:
    """Which open matters are asked about."""

    scope: Scope | None
    service: str | None
    matter_id: str | None
    after: str | None
    limit: int


async def open_clocks(
    uow: UnitOfWork, wanted: Wanted
) -> tuple[ForesightModelRow | None, list[OpenMatter]]:
    """The open clocks of a page of matters, by the model in use; None where there is none."""
    rows = await repository.open_matters(
        uow.session,
        scope=wanted.scope,
        service=wanted.service,
        matter_id=wanted.matter_id,
        after=wanted.after,
        limit=wanted.limit,
    )
    model = await repository.model_in_use(uow.session)
    curves = {}
    if model is not None and rows:
        services = {row.service for row in rows}
        curves = await repository.curves_of(uow.session, model.id, services)
    forecaster = Forecaster(curves, rules().groups, rules().least_at_risk)
    logs = await matters.logs_of(uow.session, [row.id for row in rows])
    loaded = await agreements.loaded(uow.session, {row.agreement_id for row in rows})
    sources = {each: TermsSource(uow, agreement) for each, agreement in loaded.items()}
    found = []
    for row in rows:
        log = logs[row.id]
        now = max(uow.now, log.last.recorded_at)
        readings = await read_clocks(sources[row.agreement_id], log, now)
        found.append(
            OpenMatter(
                row,
                [
                    OpenClock(reading.key, last, _predict(forecaster, last, row.kind))
                    for reading in readings
                    if (last := reading.clock.last) is not None and last.state in _OPEN
                ],
            )
        )
    return model, found


def _predict(forecaster: Forecaster, round_: RoundReading, kind: str) -> Prediction:
    left = round_.left
    allowed = round_.elapsed if left is None else round_.elapsed + left
    used = minutes_up(round_.elapsed)
    return forecaster.predict(group_of(round_, kind), used, allowed // ONE_MINUTE)


async def read_model(uow: UnitOfWork, model_id: str) -> ForesightModelRow:
    """A training with its card.

    Raises:
        Problem: ``not_found``.
    """
    row = await repository.find_model(uow.session, model_id)
    if row is None:
        raise not_found("model")
    return row


async def list_models(
    uow: UnitOfWork, after: str | None, limit: int
) -> Sequence[ForesightModelRow]:
    """A page of the trainings in the order in which they were asked for."""
    return await repository.list_models(uow.session, after, limit)
