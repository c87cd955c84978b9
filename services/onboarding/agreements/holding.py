"""Taking an agreement for a change, so that of two at once one wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import repository
from services.onboarding.agreements.domain import (
    Agreement,
    AgreementVersion,
    newest_signed,
    pending,
)
from services.onboarding.agreements.problems import NOT_A_PARTY
from services.onboarding.cases import repository as cases
from services.onboarding.cases.service import CENTRE_NAME, acting, changed_meanwhile, touched
from services.onboarding.cases.timeline import Reference
from services.onboarding.parties import Party


@dataclass(frozen=True)
class Held:
    """An agreement held for a change, with its versions as they stand."""

    agreement: Agreement
    versions: Sequence[AgreementVersion]

    @property
    def signed(self) -> AgreementVersion | None:
        """The newest signed version."""
        return newest_signed(self.versions)

    @property
    def pending(self) -> AgreementVersion | None:
        """The newest version, while it waits for decisions."""
        return pending(self.versions)

    @property
    def next_version(self) -> int:
        """The number of the version to come."""
        return max((version.version for version in self.versions), default=0) + 1


async def visible(uow: UnitOfWork, agreement_id: str) -> Agreement:
    """An agreement that the actor is a party of, or the centre's staff.

    Raises:
        Problem: ``not_found``.
    """
    agreement = await repository.find(uow.session, agreement_id, acting(uow).scope)
    if agreement is None:
        raise not_found("agreement")
    return agreement


async def hold(uow: UnitOfWork, agreement: Agreement) -> Held:
    """Take an agreement for a change, honouring ``If-Match``.

    Raises:
        Problem: ``precondition_failed``, ``changed_meanwhile``.
    """
    require_version(uow, agreement.revision, "agreement", in_short(agreement))
    if not await repository.advance_revision(uow.session, agreement):
        raise changed_meanwhile("agreement")
    return Held(
        replace(agreement, revision=agreement.revision + 1),
        await repository.versions(uow.session, agreement.id),
    )


def party_key(uow: UnitOfWork, agreement: Agreement, version: AgreementVersion) -> str:
    """As which party of a version the actor acts.

    Raises:
        Problem: ``not_a_party``.
    """
    actor = acting(uow)
    if actor.is_staff:
        return Party.CENTRE.value
    if actor.org_number == agreement.org_number:
        return Party.CUSTOMER.value
    if actor.org_number in {party.org_number for party in version.content.all_parties}:
        return actor.org_number or ""
    raise Problem(
        NOT_A_PARTY, f"Your agency takes no part in version {version.version} of the agreement."
    )


def party_name(version: AgreementVersion, key: str) -> str:
    """What a party is called, as sentences of the timeline begin."""
    if key == Party.CENTRE:
        return CENTRE_NAME
    return next(
        (party.name for party in version.content.all_parties if party.key == key),
        version.content.customer.name,
    )


async def tell(
    uow: UnitOfWork,
    agreement: Agreement,
    who: str,
    action: str,
    did: str,
    version: AgreementVersion | None = None,
) -> None:
    """Put into a case's timeline what happened to its agreement; ``did`` continues ``who``.

    The case is the one that the version was drafted in, else that of the agreement.
    """
    case_id = version.case_id if version else agreement.case_id
    refs = [Reference("agreement", version.id, f"Version {version.version}")] if version else []
    await cases.add_timeline(uow.session, case_id, uow.now, who, action, f"{who} {did}", refs)
    touched(uow, case_id)


def in_short(agreement: Agreement) -> Mapping[str, Any]:
    """How an agreement stands, for a refusal to show."""
    return {
        "agreement_id": agreement.id,
        "revision": agreement.revision,
        "ends_on": str(agreement.ending.last_day) if agreement.ending else None,
    }
