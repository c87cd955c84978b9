"""Leaving in requests: what parties send."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import (
    AS_A_NUMBER,
    AmountOre,
    Day,
    Flag,
    LongText,
    PossiblyBlank,
    RequestModel,
    Text,
)
from services.contracts.values import Slug
from services.onboarding.leaving.domain import ExitPhase, Fingerprint
from services.onboarding.leaving.handover import SaidDone, SentData
from services.onboarding.leaving.notice import GivenNotice

Id = Annotated[str, Field(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)]
Records = Annotated[int, Field(ge=0, le=10**12), AS_A_NUMBER]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", min_length=64, max_length=64)]


class LeavingService(RequestModel):
    """A service to leave, and the last day asked for; absent: the first that the terms allow."""

    service: Slug
    last_day: Day | None = None


class PostExit(RequestModel):
    """A notice under an agreement; without services, all of them are meant."""

    agreement_id: Id
    services: Annotated[list[LeavingService], Field(max_length=20, default_factory=list)]
    reason: LongText
    name: Text
    title: Text
    mandate: PossiblyBlank

    def given(self) -> GivenNotice:
        """As the use case takes it; of a service named twice the later day counts."""
        return GivenNotice(
            agreement_id=self.agreement_id,
            last_days={entry.service: entry.last_day for entry in self.services},
            reason=self.reason,
            signed_by=self.name,
            title=self.title,
            mandate=self.mandate,
        )


class PostWithdrawal(RequestModel):
    """Why a notice is taken back."""

    reason: LongText


class PutLastDay(RequestModel):
    """Another last day of a service, and why."""

    last_day: Day
    reason: LongText


class EnterExitPhase(RequestModel):
    """The phase to enter."""

    to: ExitPhase


class PostComment(RequestModel):
    """What an agency that stays says of the exit."""

    text: LongText


class PostAnswer(RequestModel):
    """The centre's answer to a comment."""

    text: LongText


class PutTask(RequestModel):
    """What the sender's side says of a task, and what shows it."""

    done: Flag
    evidence: LongText
    document_id: Id | None = None

    def said(self) -> SaidDone:
        """As the use case takes it."""
        return SaidDone(self.done, self.evidence, self.document_id)


class PostReceipt(RequestModel):
    """A data set as its receiver counts, sums and hashes it."""

    record_count: Records
    sum_ore: AmountOre
    sha256: Sha256

    def fingerprint(self) -> Fingerprint:
        """As the use case takes it."""
        return Fingerprint(self.record_count, self.sum_ore, self.sha256)


class PostDelivery(PostReceipt):
    """A data set as the centre delivered it; ``sum_ore`` is nought where nothing has amounts."""

    service: Slug
    dataset: Slug
    delivered_on: Day

    def data(self) -> SentData:
        """As the use case takes it."""
        return SentData(self.service, self.dataset, self.delivered_on, self.fingerprint())


class PostExitCost(RequestModel):
    """What the exit has cost, in öre; a correction is negative."""

    incurred_on: Day
    amount_ore: AmountOre
    text: LongText
