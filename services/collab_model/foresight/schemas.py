"""Probabilities and model cards over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from services.chassis.schemas import ResponseModel
from services.collab_model.calendars.domain import ONE_MINUTE
from services.collab_model.clocks.domain import ClockState
from services.collab_model.clocks.rules import Beneath
from services.collab_model.clocks.terms import KINDS
from services.collab_model.foresight.data import Trait
from services.collab_model.foresight.predicting import OpenClock, OpenMatter
from services.collab_model.foresight.repository import ModelStatus
from services.collab_model.foresight.survival import BINS, WHOLE, Silence
from services.collab_model.tables import ForesightModelRow
from services.contracts.values import MatterKind, MeasureKind, Priority

_THOUSANDTH = Decimal("0.001")

ADVICE = (
    "A probability from the history of similar matters, for people to weigh. It is never a "
    "reason to act alone, and nothing in the centre acts on it."
)
ADVICE_SV = (
    "En sannolikhet utifrån liknande ärenden, för människor att väga in. Den är aldrig ensam "
    "skäl att agera, och ingenting i centret sker på grund av den."
)

SILENT = {
    Silence.NO_MODEL: "There is no model: too few matters have ended to learn from.",
    Silence.HISTORY_TOO_SHORT: (
        "Too few similar clocks have been open for as long as this one to say anything."
    ),
    Silence.BEYOND_HISTORY: (
        "No similar clock is known to have been open for as long as this one is allowed."
    ),
}


def _share(millionths: int) -> Decimal:
    """A share with three decimals."""
    return (Decimal(millionths) / WHOLE).quantize(_THOUSANDTH)


def _score(millionths: int) -> Decimal:
    return Decimal(millionths) / WHOLE


class SimilarOut(ResponseModel):
    """The clocks that were asked: what they have in common with this one, beside its measure.

    ``open_as_long`` of them had been open for as long.
    """

    traits: list[Trait]
    open_as_long: int


class OpenClockOut(ResponseModel):
    """An open clock and the probability, from 0 to 1, that it breaches.

    ``probability`` is null where the history says nothing, for the reason in ``silent``.
    """

    matter_id: str
    org_number: str
    title: str
    matter_kind: MatterKind
    service: str
    clock: str
    level: str
    kind: MeasureKind
    beneath: Beneath
    priority: Priority
    round: int
    state: ClockState
    elapsed_minutes: int
    left_minutes: int | None
    deadline: datetime | None
    probability: Decimal | None
    similar: SimilarOut | None
    silent: Silence | None
    silent_because: str | None

    @classmethod
    def list_of(cls, of: OpenMatter) -> list[Self]:
        """The open clocks of a matter as they are shown."""
        return [cls._of(of, each) for each in of.clocks]

    @classmethod
    def _of(cls, of: OpenMatter, each: OpenClock) -> Self:
        round_, said, matter = each.round, each.prediction, of.matter
        group = said.group
        return cls(
            matter_id=matter.id,
            org_number=matter.org_number,
            title=matter.title,
            matter_kind=MatterKind(matter.kind),
            service=round_.place.service,
            clock=each.clock,
            level=round_.rule.key,
            kind=KINDS[round_.rule.measure],
            beneath=round_.rule.beneath,
            priority=round_.priority,
            round=round_.number,
            state=round_.state,
            elapsed_minutes=round_.elapsed_minutes,
            left_minutes=None if round_.left is None else round_.left // ONE_MINUTE,
            deadline=round_.deadline,
            probability=None if said.probability is None else _share(said.probability),
            similar=None
            if group is None
            else SimilarOut(traits=group.traits, open_as_long=said.at_risk),
            silent=said.silence,
            silent_because=None if said.silence is None else SILENT[said.silence],
        )


class BinOut(ResponseModel):
    """The predictions from ``above`` to below ``up_to``, the last bin with its end, and the share
    of them that came true.
    """

    above: Decimal
    up_to: Decimal
    predictions: int
    mean_predicted: Decimal | None
    share_breached: Decimal | None


class CalibrationOut(ResponseModel):
    """How good the model was on held-out matters; the lower a Brier score, the better.

    ``brier_by_remaining_time`` is the score of the plain baseline, which takes the share of the
    target that is used for the probability; ``brier_by_base_rate`` that of saying of every clock
    how often clocks breach.
    """

    predictions: int
    brier: Decimal
    brier_by_remaining_time: Decimal
    brier_by_base_rate: Decimal
    better_than_remaining_time: bool
    bins: list[BinOut]

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """A calibration as it is shown."""
        return cls(
            predictions=kept["points"],
            brier=_score(kept["brier"]),
            brier_by_remaining_time=_score(kept["by_remaining_time"]),
            brier_by_base_rate=_score(kept["by_base_rate"]),
            better_than_remaining_time=kept["brier"] < kept["by_remaining_time"],
            bins=[_bin(number, *each) for number, each in enumerate(kept["bins"])],
        )


def _bin(number: int, predictions: int, mean: int, breached: int) -> BinOut:
    return BinOut(
        above=Decimal(number) / BINS,
        up_to=Decimal(number + 1) / BINS,
        predictions=predictions,
        mean_predicted=_share(mean) if predictions else None,
        share_breached=_share(breached * WHOLE // predictions) if predictions else None,
    )


class HeldOutOut(ResponseModel):
    """The matters that the model was tried on; it was trained on what was known before them.

    ``undecided`` clocks are left out. Each of the others is asked about at some points of its
    target, ``asked`` times in all; where the model is silent, nothing is scored.
    """

    raised_after: datetime
    raised_until: datetime
    clocks: int
    undecided: int
    asked: int


UNCALIBRATED = (
    "None of the held-out clocks could be asked about: too little was known before them, or none "
    "of them is decided."
)


class ModelOut(ResponseModel):
    """A training: what it was trained on, and its calibration once it is done.

    ``uncalibrated_because`` says why a model that is done has no calibration; until a later one
    has, nobody can say how far its probabilities are to be trusted.
    """

    id: str
    status: ModelStatus
    known_at: datetime
    method: str
    since: datetime | None = None
    matters: int | None = None
    clocks: int | None = None
    ended: int | None = None
    groups: int | None = None
    least_ended: int | None = None
    least_at_risk: int | None = None
    held_out: HeldOutOut | None = None
    calibration: CalibrationOut | None = None
    uncalibrated_because: str | None = None
    failure: str | None
    advice: str = ADVICE
    advice_sv: str = ADVICE_SV

    @classmethod
    def of(cls, row: ForesightModelRow) -> Self:
        """A training as it is shown."""
        card = row.card or {}
        score, status = card.get("calibration"), ModelStatus(row.status)
        return cls(
            id=row.id,
            status=status,
            known_at=row.known_at,
            method="Kaplan-Meier survival curves by group, the widest group last",
            failure=row.failure or None,
            calibration=CalibrationOut.of(score) if score else None,
            uncalibrated_because=None if score or status is not ModelStatus.DONE else UNCALIBRATED,
            **{name: value for name, value in card.items() if name != "calibration"},
        )


class OpenClocksOut(ResponseModel):
    """A page of open matters' clocks; ``next`` continues it and is null at its end.

    ``model`` is the training that the probabilities come from, null while there is none.
    """

    advice: str = ADVICE
    advice_sv: str = ADVICE_SV
    model: str | None
    known_at: datetime | None
    items: list[OpenClockOut]
    next: str | None

    @classmethod
    def of(cls, model: ForesightModelRow | None, found: Sequence[OpenMatter], limit: int) -> Self:
        """A page out of one matter more than it shows."""
        shown = found[:limit]
        return cls(
            model=None if model is None else model.id,
            known_at=None if model is None else model.known_at,
            items=[clock for each in shown for clock in OpenClockOut.list_of(each)],
            next=shown[-1].matter.id if len(found) > limit else None,
        )
