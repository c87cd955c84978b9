"""An agreement's versions, their decisions and their hash (DOMAIN.md section 4).

Levels, fees and matrix in the signed text and in the running system are the same data:
what is hashed and signed here is what billing and collab_model are given to run on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from services.contracts.values import EndReason
from services.onboarding.agreements.document import AgreementContent, AgreementParty
from services.onboarding.parties import Party


class VersionOrigin(StrEnum):
    """How a version came to be."""

    CASE = "case"
    AMENDMENT = "amendment"
    RENEWAL = "renewal"


@dataclass(frozen=True)
class AgreementSignature:
    """A party's decision on the text with the given hash.

    ``party`` is ``customer``, ``centre`` or a further party's organisation number. Without
    a delegation the signatory signed by office.
    """

    party: str
    name: str
    title: str
    mandate: str
    content_hash: str
    signed_at: datetime
    delegation_id: str | None = None


@dataclass(frozen=True)
class UrgencyStatement:
    """Why a party wants a change outside the agreed windows."""

    party: str
    reason: str
    stated_at: datetime


@dataclass(frozen=True)
class AgreementVersion:
    """A drafted version with the signatures it has."""

    id: str
    agreement_id: str
    case_id: str
    version: int
    document: Mapping[str, Any]
    content_hash: str
    drafted_at: datetime
    signed_on: date | None
    signatures: tuple[AgreementSignature, ...]
    origin: VersionOrigin = VersionOrigin.CASE
    outside_window: bool = False
    urgency: tuple[UrgencyStatement, ...] = ()

    @cached_property
    def content(self) -> AgreementContent:
        """The document as a typed value."""
        return AgreementContent.model_validate(self.document)

    @property
    def decided_by(self) -> frozenset[str]:
        """The keys of the parties that have decided on exactly this text."""
        return frozenset(
            signature.party
            for signature in self.signatures
            if signature.content_hash == self.content_hash
        )

    @property
    def signed_by(self) -> frozenset[Party]:
        """Which of the case's two parties have signed exactly this text."""
        return frozenset(party for party in Party if party in self.decided_by)

    @property
    def undecided(self) -> tuple[AgreementParty, ...]:
        """The parties whose decision is missing."""
        return tuple(
            party for party in self.content.all_parties if party.key not in self.decided_by
        )

    @property
    def is_signed(self) -> bool:
        """Whether the version is a joint decision.

        Authorities cannot decide jointly: it takes a decision of each party, and all of
        them on the same words, counted by content hash (000:1822, 1852). A renewal needs
        none: it follows from the version it extends.
        """
        return self.origin is VersionOrigin.RENEWAL or not self.undecided

    @property
    def lacks_urgency_of(self) -> tuple[Party, ...]:
        """Which of the two parties have yet to say why a change cannot wait for a window."""
        if not self.outside_window:
            return ()
        stated = {statement.party for statement in self.urgency}
        return tuple(party for party in Party if party not in stated)


@dataclass(frozen=True)
class Ending:
    """The day on which an agreement ends before or with its own last day, and why."""

    last_day: date
    reason: EndReason


@dataclass(frozen=True)
class Agreement:
    """An agreement apart from its versions; ``revision`` counts its changes (its ETag)."""

    id: str
    case_id: str
    org_number: str
    revision: int
    ending: Ending | None = None

    def has_ended_on(self, day: date) -> bool:
        """Whether a day lies after its settled last day."""
        return self.ending is not None and day > self.ending.last_day


def in_force(
    versions: Iterable[AgreementVersion], ending: Ending | None, day: date
) -> AgreementVersion | None:
    """The version that holds on a day: the newest signed one that has taken effect by then."""
    if ending is not None and day > ending.last_day:
        return None
    holding = [
        version
        for version in versions
        if version.signed_on is not None
        and version.content.holds_from <= day <= version.content.valid_until
    ]
    return max(holding, key=lambda version: version.version, default=None)


def newest_signed(versions: Sequence[AgreementVersion]) -> AgreementVersion | None:
    """The newest signed version, whether it has taken effect or not."""
    signed = [version for version in versions if version.signed_on is not None]
    return max(signed, key=lambda version: version.version, default=None)


def pending(versions: Sequence[AgreementVersion]) -> AgreementVersion | None:
    """The newest version, when it still waits for decisions."""
    newest = max(versions, key=lambda version: version.version, default=None)
    return newest if newest is not None and newest.signed_on is None else None
