"""What the API says about subscriptions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.billing.months import Month
from services.billing.subscriptions.domain import (
    ServiceTerms,
    SubscriptionStatus,
    plan_of_year,
    status_of,
    yearly,
)
from services.billing.subscriptions.service import Subscription
from services.billing.subscriptions.versions import SignedService, Version, signed_services
from services.chassis.schemas import ResponseModel
from services.contracts.values import CreditBand, OwnPrice, VolumeBand


class FeeItemOut(ResponseModel):
    """A fee item as it was signed.

    Of an item priced in bands of a calendar year's volume there is one for each ``band``.
    ``prices_by_year_ore`` are the prices by the service's year at the customer, if they differ.
    """

    key: str
    name: str
    unit: str
    unit_price_ore: int
    yearly_quantity: int
    yearly_ore: int
    own_price: OwnPrice | None
    band: VolumeBand | None
    prices_by_year_ore: tuple[int, ...]


class SubscribedServiceOut(ResponseModel):
    """A service of a subscription.

    ``live_on`` is the first day it is charged for, ``ends_on`` the last one as far as is
    known. Fees are those of the version shown; of a service that it does not have, those
    signed last.
    """

    service: str
    service_area: str
    name: str
    name_sv: str
    yearly_fee_ore: int
    live_on: date | None
    ends_on: date | None
    fee_items: tuple[FeeItemOut, ...]


class CreditTermsOut(ResponseModel):
    """The signed compensation, in percent of a service's monthly instalment.

    A level that missed its share gives what its deepest of the ``bands`` says; the causes in
    ``exclusions`` give nothing.
    """

    percent_per_breach: Decimal
    monthly_cap_percent: Decimal
    bands: tuple[CreditBand, ...]
    exclusions: tuple[str, ...]


class VersionOut(ResponseModel):
    """A signed version; ``holds_from`` is absent where it holds from the beginning."""

    version: int
    agreement_id: str
    signed_on: date
    holds_from: date | None
    valid_until: date
    yearly_fee_ore: int


class SubscriptionOut(ResponseModel):
    """What a signed agreement makes a customer pay for, by the version in force today."""

    id: str
    agreement_id: str
    agreement_version: int
    case_id: str
    org_number: str
    customer_name: str
    status: SubscriptionStatus
    tariff: str
    signed_on: date
    valid_from: date
    valid_until: date
    yearly_fee_ore: int
    services: tuple[SubscribedServiceOut, ...]
    credit_terms: CreditTermsOut
    true_up_days: tuple[str, ...]


class InstalmentOut(ResponseModel):
    """What one service is charged for a month."""

    service: str
    amount_ore: int
    invoiced: bool


class PlannedMonthOut(ResponseModel):
    """The instalments of a month."""

    period: str
    amount_ore: int
    instalments: tuple[InstalmentOut, ...]


class PlanOut(ResponseModel):
    """The instalments of a calendar year; services not live yet are left out."""

    year: int
    total_ore: int
    months: tuple[PlannedMonthOut, ...]


class SubscriptionDetailOut(SubscriptionOut):
    """A subscription with its versions and its instalment plan."""

    versions: tuple[VersionOut, ...]
    plan: PlanOut


def subscription_out(subscription: Subscription, today: date) -> SubscriptionOut:
    """A subscription as the API shows it in lists."""
    row, terms = subscription.row, subscription.terms
    version = subscription.version_on(today)
    signed = {each.service: each for each in signed_services(subscription.versions)}
    return SubscriptionOut(
        id=row.id,
        agreement_id=version.agreement_id,
        agreement_version=version.number,
        case_id=row.case_id,
        org_number=subscription.holder_on(today),
        customer_name=subscription.name_on(today),
        status=status_of(terms, today),
        tariff=version.tariff,
        signed_on=version.signed_on,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        yearly_fee_ore=_yearly_fee(version),
        services=tuple(
            _service_out(version.find(each.service) or signed[each.service], each)
            for each in terms
            if each.ends_on is not None
        ),
        credit_terms=CreditTermsOut.model_validate(version.credit_rule),
        true_up_days=version.true_up_days,
    )


def _yearly_fee(version: Version) -> int:
    return sum(yearly(each.items) for each in version.services)


def _service_out(signed: SignedService, terms: ServiceTerms) -> SubscribedServiceOut:
    return SubscribedServiceOut(
        service=signed.service,
        service_area=signed.service_area,
        name=signed.name,
        name_sv=signed.name_sv,
        yearly_fee_ore=yearly(signed.items),
        live_on=terms.live_on,
        ends_on=terms.ends_on,
        fee_items=tuple(FeeItemOut.model_validate(item) for item in signed.items),
    )


def subscription_detail_out(
    subscription: Subscription, today: date, year: int, charged: dict[tuple[str, Month], int]
) -> SubscriptionDetailOut:
    """A subscription as the API shows it alone, with the plan of a year."""
    shown = subscription_out(subscription, today)
    return SubscriptionDetailOut(
        **{name: getattr(shown, name) for name in SubscriptionOut.model_fields},
        versions=tuple(
            VersionOut(
                version=each.number,
                agreement_id=each.agreement_id,
                signed_on=each.signed_on,
                holds_from=each.holds_from,
                valid_until=each.valid_until,
                yearly_fee_ore=_yearly_fee(each),
            )
            for each in subscription.versions
        ),
        plan=_plan_out(subscription, year, charged),
    )


def _plan_out(
    subscription: Subscription, year: int, charged: dict[tuple[str, Month], int]
) -> PlanOut:
    plans = {
        terms.service: plan_of_year(terms, year)
        for terms in subscription.terms
        if terms.live_on is not None
    }
    months = tuple(
        PlannedMonthOut(
            period=str(month),
            amount_ore=sum(plan[month] for plan in plans.values()),
            instalments=tuple(
                InstalmentOut(
                    service=service,
                    amount_ore=plan[month],
                    invoiced=(service, month) in charged,
                )
                for service, plan in plans.items()
            ),
        )
        for month in Month(year, 1).up_to(Month(year, 12))
    )
    return PlanOut(year=year, total_ore=sum(month.amount_ore for month in months), months=months)
