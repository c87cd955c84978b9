"""What the API says about subscriptions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.billing.months import Month
from services.billing.subscriptions.domain import SubscriptionStatus, plan_of_year, status_of
from services.billing.subscriptions.service import Subscription
from services.chassis.schemas import ResponseModel


class FeeItemOut(ResponseModel):
    """A fee item as it was signed."""

    key: str
    name: str
    unit: str
    unit_price_ore: int
    yearly_quantity: int
    yearly_ore: int


class SubscribedServiceOut(ResponseModel):
    """A service of a subscription; ``live_on`` is the first day it is charged for."""

    service: str
    service_area: str
    name: str
    name_sv: str
    yearly_fee_ore: int
    live_on: date | None
    fee_items: tuple[FeeItemOut, ...]


class CreditTermsOut(ResponseModel):
    """The signed compensation, in percent of a service's monthly instalment."""

    percent_per_breach: Decimal
    monthly_cap_percent: Decimal


class SubscriptionOut(ResponseModel):
    """What a signed agreement makes a customer pay for."""

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
    """A subscription with its instalment plan."""

    plan: PlanOut


def subscription_out(subscription: Subscription, today: date) -> SubscriptionOut:
    """A subscription as the API shows it in lists."""
    row, terms = subscription.row, subscription.terms
    return SubscriptionOut(
        id=row.id,
        agreement_id=row.agreement_id,
        agreement_version=row.agreement_version,
        case_id=row.case_id,
        org_number=row.org_number,
        customer_name=subscription.customer_name,
        status=status_of(terms, today),
        tariff=row.tariff,
        signed_on=row.signed_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        yearly_fee_ore=sum(each.yearly_ore for each in terms),
        services=tuple(
            SubscribedServiceOut(
                service=each.service,
                service_area=each.service_area,
                name=each.name,
                name_sv=stored.name_sv,
                yearly_fee_ore=each.yearly_ore,
                live_on=each.live_on,
                fee_items=tuple(FeeItemOut.model_validate(item) for item in each.items),
            )
            for each, stored in zip(terms, subscription.services, strict=True)
        ),
        credit_terms=CreditTermsOut(
            percent_per_breach=Decimal(row.percent_per_breach),
            monthly_cap_percent=Decimal(row.monthly_cap_percent),
        ),
        true_up_days=tuple(row.true_up_days),
    )


def subscription_detail_out(
    subscription: Subscription, today: date, year: int, charged: set[tuple[str, Month]]
) -> SubscriptionDetailOut:
    """A subscription as the API shows it alone, with the plan of a year."""
    shown = subscription_out(subscription, today)
    return SubscriptionDetailOut(
        **{name: getattr(shown, name) for name in SubscriptionOut.model_fields},
        plan=_plan_out(subscription, year, charged),
    )


def _plan_out(subscription: Subscription, year: int, charged: set[tuple[str, Month]]) -> PlanOut:
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
