"""Documents of a case: evidence that a party adds, and what the centre's system makes.

A document never changes: its bytes are kept as they came, with their SHA-256. Evidence that
was added by mistake can be withdrawn; that it was there stays seen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.chassis.clock import STOCKHOLM
from services.onboarding.parties import Party

MOST_BYTES = 10 * 1024 * 1024
"""How large one document of a party may be."""

QUOTA_BYTES = 200 * 1024 * 1024
"""How much evidence a case holds in all."""

QUOTA_COUNT = 500
"""How many pieces of evidence a case holds."""


class DocumentKind(StrEnum):
    """Where a document comes from."""

    EVIDENCE = "evidence"
    LETTER_OF_INTENT = "letter_of_intent"
    AGREEMENT = "agreement"


@dataclass(frozen=True)
class Document:
    """A document without its bytes.

    Attributes:
        subject: what it is unique by within its case and kind: the hash of its content,
            or of what it tells.
        party: whose side added it; None for one that the system made.
        sha256: of the bytes, as 64 hexadecimal digits.
        withdrawn_at: when the side that added it took it back; ``withdrawal_reason`` says why.
    """

    id: str
    case_id: str
    kind: DocumentKind
    subject: str
    name: str
    purpose: str
    media_type: str
    size: int
    sha256: str
    party: Party | None
    added_at: datetime
    withdrawn_at: datetime | None = None
    withdrawal_reason: str | None = None


@dataclass(frozen=True)
class Holdings:
    """How much evidence a case holds."""

    count: int
    total_bytes: int

    def has_room_for(self, size: int) -> bool:
        """Whether one more piece of evidence of this size fits."""
        return self.count < QUOTA_COUNT and self.total_bytes + size <= QUOTA_BYTES


def fingerprint(content: bytes) -> str:
    """The SHA-256 of a document's bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def case_reference(case_id: str, opened_at: datetime) -> str:
    """What a case is called on paper: ``ANS 2025-1A2B3C4D``.

    The last eight digits of the identifier are random; within a year of a centre's cases
    they do not meet.
    """
    return f"ANS {opened_at.astimezone(STOCKHOLM).year}-{case_id[-8:].upper()}"
