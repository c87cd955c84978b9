"""Phase 1: baseline and fee indication (DOMAIN.md section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.contracts.values import IndicatedFeeLine, Phase
from services.onboarding.letter_of_intent.baseline import Baseline, Volumes
from services.onboarding.parties import Party


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
    refusal_reason_sv: str | None = None

    def is_computed_from(self, baseline: Baseline | None, headcount: int) -> bool:
        """Whether a baseline and headcount are still those that the fee rests on."""
        if baseline is None or self.headcount != headcount:
            return False
        return _plain(self.volumes) == _plain(baseline.volumes)


@dataclass(frozen=True)
class LetterSignature:
    """A party's signature under the letter of intent.

    ``content_hash`` is of the letter that was signed (``letter.content_hash``); None for a
    signature from before hashes were kept, which stands as it was given. ``fell_at`` tells
    when the letter changed under it; it does not rise again. The mandate is optional: a
    letter of intent binds nobody to pay.
    """

    party: Party
    name: str
    title: str
    signed_at: datetime
    mandate: str | None = None
    content_hash: str | None = None
    fell_at: datetime | None = None

    def stands(self, phase: Phase, current_hash: str) -> bool:
        """Whether the signature is under the letter that counts.

        While the case is in phase 1, that is the letter as it reads now: whatever changes
        in it makes a signature fall. Once the gate is passed, the letter is the one that
        both signed; what phase 2 finds out belongs to the agreement.
        """
        if self.fell_at is not None:
            return False
        if phase is not Phase.LETTER_OF_INTENT or self.content_hash is None:
            return True
        return self.content_hash == current_hash


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


def _plain(volumes: Volumes) -> dict[str, dict[str, int]]:
    return {service: dict(quantities) for service, quantities in volumes.items()}
