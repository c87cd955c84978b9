"""What an agreement publishes: its own data, word for word, and its end.

Every event carries the version of the aggregate that it names. Signing and ending are told
of the agreement's case, by the case's version, as everything else about the case is; what is
told of the agreement itself carries the agreement's revision.
"""

from __future__ import annotations

from datetime import date

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgreementEnded, AgreementSigned
from services.onboarding.agreements.domain import Agreement, AgreementVersion, Ending
from services.onboarding.cases import repository as cases


async def record_of_case(uow: UnitOfWork, event: AgreementSigned | AgreementEnded) -> None:
    """Publish what happened to the agreement of a case, by the version the case is in."""
    uow.record(event, version=await cases.version_of(uow.session, event.case_id))


def agreement_ended(
    agreement: Agreement, ending: Ending, org_number: str | None = None
) -> AgreementEnded:
    """The event that settles an agreement's last day.

    Args:
        agreement: the one that ends.
        ending: its last day, and why.
        org_number: whose it is when it ends; absent: as the agreement says.
    """
    return AgreementEnded(
        agreement_id=agreement.id,
        case_id=agreement.case_id,
        org_number=org_number or agreement.org_number,
        last_day=ending.last_day,
        reason=ending.reason,
    )


def agreement_signed(version: AgreementVersion, signed_on: date) -> AgreementSigned:
    """The event of a version that holds; billing and collab_model run on what it carries."""
    content = version.content
    return AgreementSigned(
        agreement_id=content.agreement_id,
        case_id=content.case_id,
        org_number=content.customer.org_number,
        customer_name=content.customer.name,
        version=content.version,
        content_hash=version.content_hash,
        signed_on=signed_on,
        valid_from=content.valid_from,
        valid_until=content.valid_until,
        tariff=content.tariff,
        services=content.services,
        responsibilities=content.responsibilities,
        service_hours=content.service_hours,
        collaboration_template=content.collaboration_template,
        forums=content.forums,
        credit_terms=content.credit_terms,
        true_up_days=content.true_up_days,
        stabilisation_periods=content.stabilisation_periods,
        amends_version=content.amends_version,
        effective_on=content.effective_on,
    )
