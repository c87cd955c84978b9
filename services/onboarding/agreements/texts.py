"""What a standard's clauses are filled in with, in Swedish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from services.contracts.values import CreditTerms
from services.onboarding.agreements.document import AgreementContent, ChangeWindow
from services.onboarding.agreements.standard import AgreementStandard, CreditTexts
from services.onboarding.documents.fee_basis import followed

_MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


def swedish_day(day: date) -> str:
    """A day in words, such as ``1 juni 2025``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def swedish_month_day(month_day: str) -> str:
    """A day of every year in words: ``03-01`` is ``1 mars``."""
    month, day = month_day.split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]}"


def swedish_list(words: Sequence[str]) -> str:
    """Words in a row, the last after ``och``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} och {words[-1]}"


def placeholders(content: AgreementContent, standard: AgreementStandard) -> Mapping[str, str]:
    """What each placeholder of a clause stands for in an agreement."""
    hours, credit = content.service_hours, content.credit_terms
    return {
        "form": content.form,
        "parties": swedish_list([party.name for party in content.all_parties]),
        "customer": content.customer.name,
        "centre": content.centre_name,
        "valid_from": swedish_day(content.valid_from),
        "valid_until": swedish_day(content.valid_until),
        "review_on": swedish_day(content.review_on),
        "renewal": standard.renewal_texts[content.renewal.kind].format_map(
            {"years": content.renewal.years, "form": content.form}
        ),
        "notice_months": str(content.notice.months),
        "notice_turn": standard.notice_turns[content.notice.turn],
        "windows": swedish_list([_window(window) for window in content.change_windows]),
        "percent_per_breach": _number(credit.percent_per_breach),
        "monthly_cap_percent": _number(credit.monthly_cap_percent),
        "further_credits": _further_credits(credit, standard.credit_texts),
        "opens": f"{hours.opens:%H.%M}",
        "closes": f"{hours.closes:%H.%M}",
        "half_day_closes": f"{hours.half_day_closes:%H.%M}",
        "true_up_days": swedish_list([swedish_month_day(day) for day in content.true_up_days]),
        "template": content.collaboration.name_sv if content.collaboration else "",
        "tariff": followed(
            content.tariff, (item for service in content.services for item in service.fee_items)
        ),
        "periods": str(content.stabilisation_periods),
    }


def _further_credits(terms: CreditTerms, texts: CreditTexts) -> str:
    """The sentences on bands and exclusions, each after a space; empty where there are none."""
    chosen = ((terms.bands, texts.bands), (terms.exclusions, texts.exclusions))
    return "".join(f" {text}" for has_any, text in chosen if has_any)


def _window(window: ChangeWindow) -> str:
    year_before = " året före" if window.request_by >= window.takes_effect else ""
    return (
        f"den {swedish_month_day(window.takes_effect)}, om det begärs senast den"
        f" {swedish_month_day(window.request_by)}{year_before} ({window.budget_sv})"
    )


def _number(value: Decimal) -> str:
    return str(value).replace(".", ",")
