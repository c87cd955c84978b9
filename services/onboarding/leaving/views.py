"""Leaving in responses: an exit to its own parties, and what those who stay may see of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import AwareDatetime

from services.chassis.schemas import ResponseModel
from services.onboarding.leaving.domain import (
    Comment,
    Delivery,
    Exit,
    ExitPhase,
    ExitTask,
    Fingerprint,
    TaskStage,
)
from services.onboarding.leaving.effect_views import EffectOut
from services.onboarding.leaving.service import ExitStanding
from services.onboarding.parties import Owner, Party


class LastDayOut(ResponseModel):
    """A service that ends and its last day."""

    service: str
    last_day: date


class CommentOut(ResponseModel):
    """A comment of an agency that stays, and its answer."""

    id: str
    org_number: str
    name: str
    text: str
    commented_at: AwareDatetime
    answer: str | None
    answered_at: AwareDatetime | None

    @classmethod
    def all_of(cls, comments: tuple[Comment, ...] | list[Comment]) -> list[CommentOut]:
        """The response for comments."""
        return [cls.model_validate(comment) for comment in comments]


class CommentsOut(ResponseModel):
    """Comments in the order they came."""

    items: list[CommentOut]


class NoticeOfExit(ResponseModel):
    """What those who stay see of an exit: who leaves what, when, and what it means to them."""

    exit_id: str
    customer_name: str
    services: list[LastDayOut]
    comment_until: date
    effects: list[EffectOut]

    @classmethod
    def of(cls, leaving: Exit, seen_by: frozenset[str] | None) -> NoticeOfExit:
        """The response for an exit, limited to an agency's own numbers; None sees all."""
        return cls(
            exit_id=leaving.id,
            customer_name=leaving.customer_name,
            services=_last_days(leaving),
            comment_until=leaving.comment_until,
            effects=[
                EffectOut.of(effect, seen_by)
                for effect in leaving.effects
                if seen_by is None or any(s.org_number in seen_by for s in effect.shares)
            ],
        )


class NoticesOut(ResponseModel):
    """Exits that may be commented on."""

    items: list[NoticeOfExit]


class ExitSummary(ResponseModel):
    """An exit in short."""

    id: str
    agreement_id: str
    case_id: str
    org_number: str
    customer_name: str
    phase: ExitPhase
    version: int
    services: list[LastDayOut]
    ends_agreement: bool
    notice_by: Party
    notice_given_on: date
    comment_until: date
    opened_at: AwareDatetime
    phase_entered_at: AwareDatetime

    @classmethod
    def of(cls, leaving: Exit) -> ExitSummary:
        """The summary of an exit."""
        return cls(
            id=leaving.id,
            agreement_id=leaving.agreement_id,
            case_id=leaving.case_id,
            org_number=leaving.org_number,
            customer_name=leaving.customer_name,
            phase=leaving.phase,
            version=leaving.version,
            services=_last_days(leaving),
            ends_agreement=leaving.ends_agreement,
            notice_by=leaving.notice.by,
            notice_given_on=leaving.notice.given_on,
            comment_until=leaving.comment_until,
            opened_at=leaving.opened_at,
            phase_entered_at=leaving.phase_entered_at,
        )


class TaskStatementOut(ResponseModel):
    """What a party says of a task."""

    party: Party
    done: bool
    evidence: str
    document_id: str | None
    stated_by: str
    stated_at: AwareDatetime


class TaskOut(ResponseModel):
    """A task of the handover or the closing; a shared one is done when both say so."""

    key: str
    stage: TaskStage
    owner: Owner
    name: str
    name_sv: str
    due_on: date
    done: bool
    statements: list[TaskStatementOut]

    @classmethod
    def of(cls, task: ExitTask) -> TaskOut:
        """The response for a task."""
        return cls(
            key=task.key,
            stage=task.stage,
            owner=task.owner,
            name=task.name,
            name_sv=task.name_sv,
            due_on=task.due_on,
            done=not task.lacking,
            statements=[TaskStatementOut.model_validate(said) for said in task.statements],
        )


class FingerprintOut(ResponseModel):
    """A data set as one side counts, sums and hashes it."""

    record_count: int
    sum_ore: int
    sha256: str

    @classmethod
    def of(cls, found: Fingerprint) -> FingerprintOut:
        """The response for one side."""
        return cls.model_validate(found)


class DeliveryOut(ResponseModel):
    """A delivered data set and its receipt."""

    id: str
    service: str
    dataset: str
    delivered_on: date
    sent: FingerprintOut
    received: FingerprintOut | None
    agrees: bool
    differences: list[str]
    received_by: str | None
    received_at: AwareDatetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryOut:
        """The response for a delivery."""
        return cls(
            id=delivery.id,
            service=delivery.service,
            dataset=delivery.dataset,
            delivered_on=delivery.delivered_on,
            sent=FingerprintOut.of(delivery.sent),
            received=FingerprintOut.of(delivery.received) if delivery.received else None,
            agrees=delivery.agrees,
            differences=list(delivery.differences),
            received_by=delivery.received_by,
            received_at=delivery.received_at,
        )


class ExitCostOut(ResponseModel):
    """What the exit has cost; a correction is negative."""

    id: str
    incurred_on: date
    amount_ore: int
    text: str
    registered_at: AwareDatetime


class SettlementOut(ResponseModel):
    """Billing's final settlement of the fees; a negative difference is paid back."""

    settlement_id: str
    settled_on: date
    charged_ore: int
    actual_ore: int
    credits_ore: int
    difference_ore: int


class ExitMissingOut(ResponseModel):
    """One thing that keeps the exit from going on, and who has to act."""

    item: str
    text: str
    owner: Owner
    due_on: date | None


class ExitOut(ExitSummary):
    """An exit, whole, as its own parties see it.

    ``borne_by_leaver_ore`` is what the one who leaves pays besides its fees.
    """

    reason: str
    signed_by: str
    title: str
    mandate: str
    next_phase: ExitPhase | None
    missing: list[ExitMissingOut]
    effects: list[EffectOut]
    comments: list[CommentOut]
    tasks: list[TaskOut]
    deliveries: list[DeliveryOut]
    costs: list[ExitCostOut]
    borne_by_leaver_ore: int
    settlement_requested_on: date | None
    settlement: SettlementOut | None
    withdrawn_because: str | None
    archive_hash: str | None

    @classmethod
    def whole(cls, standing: ExitStanding, seen_by: frozenset[str] | None) -> ExitOut:
        """The response for an exit; the leaver (``seen_by``) does not see others' fees."""
        record, leaving = standing.record, standing.record.exit
        notice, settled = leaving.notice, leaving.settlement
        return cls(
            **dict(ExitSummary.of(leaving)),
            reason=notice.reason,
            signed_by=notice.signed_by,
            title=notice.title,
            mandate=notice.mandate,
            next_phase=standing.next_phase,
            missing=[ExitMissingOut.model_validate(lack) for lack in standing.missing],
            effects=[EffectOut.of(effect, seen_by) for effect in leaving.effects],
            comments=CommentOut.all_of(record.comments),
            tasks=[TaskOut.of(task) for task in record.tasks],
            deliveries=[DeliveryOut.of(delivery) for delivery in record.deliveries],
            costs=[ExitCostOut.model_validate(cost) for cost in record.costs],
            borne_by_leaver_ore=record.borne_by_leaver_ore,
            settlement_requested_on=leaving.settlement_requested_on,
            settlement=SettlementOut.model_validate(settled) if settled else None,
            withdrawn_because=leaving.withdrawn_because,
            archive_hash=leaving.archive_hash,
        )


class ExitTimelineOut(ResponseModel):
    """Who did what when, as a sentence."""

    id: str
    at: AwareDatetime
    who: str
    action: str
    sentence: str


class ExitArchiveOut(ResponseModel):
    """All that was kept of a closed exit, and the SHA-256 of its canonical JSON."""

    sha256: str
    document: dict[str, Any]


def _last_days(leaving: Exit) -> list[LastDayOut]:
    return [
        LastDayOut(service=service, last_day=leaving.last_days[service])
        for service in leaving.services
    ]
