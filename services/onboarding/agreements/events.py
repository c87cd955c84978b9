"""What a signed agreement publishes: its own data, word for word."""

from __future__ import annotations

from datetime import date

from services.contracts.onboarding import AgreementSigned
from services.onboarding.agreements.domain import AgreementVersion


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
