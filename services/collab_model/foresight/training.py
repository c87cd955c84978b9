"""Training: from the history of matters to curves, and to how good they are.

A timer asks for a training at an instant; the work is done outside of any transaction, from
what was known at that instant, so it comes out the same whenever it is done. Nothing else in
the centre hangs on it: no event, no timer of a matter, no escalation.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import structlog
from pydantic import TypeAdapter

from services.chassis.background import BackgroundWork
from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork, UnitOfWorkFactory
from services.collab_model.agreements import repository as agreements
from services.collab_model.clocks.source import TermsSource
from services.collab_model.foresight import repository
from services.collab_model.foresight.data import rules
from services.collab_model.foresight.history import Instants, lives_of
from services.collab_model.foresight.replay import Story, replayed
from services.collab_model.foresight.repository import Claimed, ModelStatus, PastMatter
from services.collab_model.foresight.survival import (
    Counted,
    Curve,
    Forecaster,
    Group,
    Life,
    base_rate,
    calibration,
    checks,
    counted,
)
from services.collab_model.matters import repository as matters
from services.collab_model.matters.log import MatterLog
from services.collab_model.tables import ForesightModelRow

log = structlog.get_logger(__name__)

TRAIN_FORESIGHT = "train_foresight"
"""Timer: curves are to be estimated anew; its key is the day."""

_AT_ONCE = 500
_ASKED = TypeAdapter(list[list[Counted]])
_ANSWERED = TypeAdapter(list[Curve])


class EstimatorFailed(Exception):
    """The estimator's process gave no answer."""


def instants_of(known_at: datetime) -> Instants:
    """How a training that knows what was known at an instant splits its history."""
    training = rules().training
    held_out_until = known_at - timedelta(days=training.settling_days)
    return Instants(
        since=known_at - timedelta(days=training.history_days),
        split=held_out_until - timedelta(days=training.held_out_days),
        held_out_until=held_out_until,
        known_at=known_at,
    )


def next_training(now: datetime) -> datetime:
    """When curves are estimated next, in UTC; later than now."""
    training = rules().training
    local = now.astimezone(STOCKHOLM)
    day = local.date().replace(day=training.day)
    while True:
        due = datetime.combine(day, training.time, tzinfo=STOCKHOLM).astimezone(UTC)
        if due > now:
            return due
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=training.day)


async def schedule(uow: UnitOfWork) -> None:
    """Have curves estimated next when it is their time; saying it again changes nothing."""
    due = next_training(uow.now)
    await uow.set_timer(TRAIN_FORESIGHT, due.date().isoformat(), due)


async def ask_for_training(uow: UnitOfWork) -> None:
    """Ask for a training on what is known now, and time the next one.

    Where too few matters have ended there is nothing to train on, and the card says so.
    """
    await schedule(uow)
    if await repository.is_known(uow.session, uow.now):
        return
    since = instants_of(uow.now).since
    ended = await repository.count_ended(uow.session, since, uow.now)
    least = rules().training.least_ended_matters
    enough = ended >= least
    await repository.add_model(
        uow.session,
        ForesightModelRow(
            id=new_id(),
            known_at=uow.now,
            status=(ModelStatus.REQUESTED if enough else ModelStatus.HISTORY_TOO_SHORT).value,
            attempts=0,
            claimed_until=None,
            card=None,
            failure=""
            if enough
            else f"The history is too short: it has {ended} of the {least} ended matters that a "
            "model takes.",
        ),
    )


async def train_next(units: UnitOfWorkFactory) -> bool:
    """Do one training; False when none waits.

    A claim that runs out, since whoever had it is gone, is taken over.
    """
    training = rules().training
    # Looked for every second, and hardly ever there: without holding up a writer.
    async with units.begin(read_only=True) as uow:
        if not await repository.unfinished(uow.session):
            return False
    async with units.begin() as uow:
        # A claim is a matter of machine time, also where the service's clock is simulated.
        claimed = await repository.claim(uow.session, datetime.now(UTC), training.claim_seconds)
    if claimed is None:
        return False
    try:
        history = await _gathered(units, instants_of(claimed.known_at))
        await _train(units, claimed, history)
    except EstimatorFailed as failure:
        await _failed(units, claimed, str(failure), training.attempts)
    return True


async def _failed(units: UnitOfWorkFactory, claimed: Claimed, why: str, attempts: int) -> None:
    async with units.begin() as uow:
        if claimed.attempts < attempts:
            await repository.let_go(uow.session, claimed.id)
            return
        reason = f"The training failed {claimed.attempts} times: {why}."
        await repository.finish(uow.session, claimed.id, ModelStatus.FAILED, failure=reason)


@dataclass
class _History:
    """The lives that a training learns from, and those that it is tried on."""

    instants: Instants
    matters: int = 0
    early: list[Life] = field(default_factory=list)
    held_out: list[Life] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)


async def _gathered(units: UnitOfWorkFactory, instants: Instants) -> _History:
    """Read the history agreement by agreement, so that no more than some logs are held."""
    history = _History(instants)
    async with units.begin(read_only=True) as uow:
        past = await repository.past_matters(
            uow.session, instants.since, instants.known_at, rules().training.most_matters
        )
    for agreement_id, own in groupby(past, key=lambda each: each.agreement_id):
        for some in _parts(list(own)):
            async with units.begin(read_only=True) as uow:
                await _read(uow, agreement_id, some, history)
    return history


def _parts(past: Sequence[PastMatter]) -> Iterator[Sequence[PastMatter]]:
    for begin in range(0, len(past), _AT_ONCE):
        yield past[begin : begin + _AT_ONCE]


async def _read(
    uow: UnitOfWork, agreement_id: str, past: Sequence[PastMatter], history: _History
) -> None:
    agreement = await agreements.get(uow.session, agreement_id)
    logs = await matters.logs_of(uow.session, [each.id for each in past])
    kinds = {each.id: each.kind for each in past}
    instants = history.instants
    for at in (instants.split, instants.known_at):
        stories = await _stories(TermsSource(uow, agreement, at), logs, at)
        lives = await asyncio.to_thread(_lives, stories, at, kinds)
        if at == instants.split:
            history.early += [life for _, life in lives]
            continue
        history.matters += len(stories)
        history.lives += [life for _, life in lives]
        raised = {story.matter_id: story.entries[0].at for story in stories}
        history.held_out += [
            life for matter_id, life in lives if instants.is_held_out(raised[matter_id])
        ]


def _lives(
    stories: Sequence[Story], at: datetime, kinds: Mapping[str, str]
) -> list[tuple[str, Life]]:
    return list(lives_of(replayed(stories, at), kinds))


async def _stories(
    source: TermsSource, logs: Mapping[str, MatterLog], known_at: datetime
) -> list[Story]:
    """The matters that were known at an instant, as they were known then."""
    found = []
    for matter_id, of_matter in logs.items():
        entries = of_matter.as_known(known_at)
        if entries:
            clocks = tuple(await source.clocks(entries))
            found.append(Story(matter_id, of_matter, clocks, known_at))
    return found


async def _train(units: UnitOfWorkFactory, claimed: Claimed, history: _History) -> None:
    """Estimate, try on held-out matters, keep."""
    least, groups = rules().least_ended, rules().groups
    samples = [
        await asyncio.to_thread(counted, lives, groups, least)
        for lives in (history.early, history.lives)
    ]
    estimated = await _estimated([each for sample in samples for each in sample.values()])
    early = dict(zip(samples[0], estimated, strict=False))
    curves = dict(zip(samples[1], estimated[len(samples[0]) :], strict=True))
    card = await asyncio.to_thread(_card, history, early, curves)
    async with units.begin() as uow:
        if not curves:
            # So many matters have ended, but what was known of them at the time has no group.
            why = f"The history is too short: no group has {least} clocks that ended."
            too_short = ModelStatus.HISTORY_TOO_SHORT
            await repository.finish(uow.session, claimed.id, too_short, card=card, failure=why)
        elif await repository.finish(uow.session, claimed.id, ModelStatus.DONE, card=card):
            await repository.add_curves(uow.session, claimed.id, curves)
            await repository.forget_curves(uow.session, rules().training.kept_curves)
            uow.audit("foresight.trained", claimed.id)


def _card(
    history: _History, early: Mapping[Group, Curve], curves: Mapping[Group, Curve]
) -> dict[str, Any]:
    """What a training says of itself."""
    instants = history.instants
    forecaster = Forecaster(early, rules().groups, rules().least_at_risk)
    percents = rules().training.checkpoints_percent
    checked = list(checks(forecaster, history.held_out, percents))
    rate = base_rate(history.early)
    score = calibration(checked, rate)
    decided = sum(life.is_decided for life in history.held_out)
    return {
        "since": instants.since.isoformat(),
        "matters": history.matters,
        "clocks": len(history.lives),
        "ended": sum(life.ended for life in history.lives),
        "groups": len(curves),
        "held_out": {
            "raised_after": instants.split.isoformat(),
            "raised_until": instants.held_out_until.isoformat(),
            "clocks": len(history.held_out),
            "undecided": len(history.held_out) - decided,
            "asked": sum(
                life.minutes >= life.allowed * percent // 100
                for life in history.held_out
                if life.is_decided
                for percent in percents
            ),
            "base_rate": rate,
        },
        "calibration": None if score is None else asdict(score),
        "least_ended": rules().least_ended,
        "least_at_risk": rules().least_at_risk,
    }


async def _estimated(samples: Sequence[Sequence[Counted]]) -> list[Curve]:
    """The curves of samples, from the estimator's own process."""
    if not samples:
        return []
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "services.collab_model.foresight.estimating"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    seconds = rules().training.claim_seconds / 2
    try:
        async with asyncio.timeout(seconds):
            asked = _ASKED.dump_json([list(sample) for sample in samples])
            output, errors = await process.communicate(asked)
    except TimeoutError as error:
        raise EstimatorFailed(f"no answer within {seconds:.0f} seconds") from error
    finally:
        # Also when the service stops: nobody waits for the answer any more.
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.error("estimator_failed", exit_code=process.returncode, told=errors.decode()[-2000:])
        raise EstimatorFailed(f"its process ended with {process.returncode}")
    return _ANSWERED.validate_json(output)


WORK = BackgroundWork("foresight", step=train_next, waiting=repository.unfinished)
