"""What a standard's clauses are filled in with, in Swedish."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from services.chassis import swedish
from services.contracts.values import CreditTerms
from services.onboarding.agreements.document import AgreementContent, ChangeWindow
from services.onboarding.agreements.standard import AgreementStandard, CreditTexts
from services.onboarding.documents.fee_basis import followed


def _plain(words: str) -> str:
    """With ordinary spaces: what was signed is compared with its clauses to the letter."""
    return words.replace("\u00a0", " ")


def placeholders(content: AgreementContent, standard: AgreementStandard) -> Mapping[str, str]:
    """What each placeholder of a clause stands for in an agreement."""
    hours, credit = content.service_hours, content.credit_terms
    return {
        "form": content.form,
        "parties": swedish.listed([party.name for party in content.all_parties]),
        "customer": content.customer.name,
        "centre": content.centre_name,
        "valid_from": _plain(swedish.day(content.valid_from)),
        "valid_until": _plain(swedish.day(content.valid_until)),
        "review_on": _plain(swedish.day(content.review_on)),
        "renewal": standard.renewal_texts[content.renewal.kind].format_map(
            {"years": content.renewal.years, "form": content.form}
        ),
        "notice_months": str(content.notice.months),
        "notice_turn": standard.notice_turns[content.notice.turn],
        "windows": swedish.listed([_window(window) for window in content.change_windows]),
        "percent_per_breach": _number(credit.percent_per_breach),
        "monthly_cap_percent": _number(credit.monthly_cap_percent),
        "further_credits": _further_credits(credit, standard.credit_texts),
        "opens": f"{hours.opens:%H.%M}",
        "closes": f"{hours.closes:%H.%M}",
        "half_day_closes": f"{hours.half_day_closes:%H.%M}",
        "true_up_days": swedish.listed(
            [_plain(swedish.day_of_year(day)) for day in content.true_up_days]
        ),
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
        f"den {_plain(swedish.day_of_year(window.takes_effect))}, om det begärs senast den"
        f" {_plain(swedish.day_of_year(window.request_by))}{year_before} ({window.budget_sv})"
    )


def _number(value: Decimal) -> str:
    return str(value).replace(".", ",")
