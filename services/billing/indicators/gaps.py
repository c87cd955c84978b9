"""What is missing behind an indicator, in English and Swedish."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.billing.months import Month
from services.chassis import swedish


class GapKind(StrEnum):
    """What is not known, or left out."""

    NO_AGENCIES = "no_agencies"
    NO_LIST = "no_list"
    LISTED_BUT_CEASED = "listed_but_ceased"
    NO_TARIFF = "no_tariff"
    NOT_PRICED = "not_priced"
    QUANTITY_UNKNOWN = "quantity_unknown"
    UNITS = "units"
    COST = "cost"
    SILENT_SUBSCRIPTIONS = "silent_subscriptions"
    OUTDATED_DISTRIBUTION = "outdated_distribution"
    RESULTS = "results"
    RESULTS_WITHOUT_COUNTS = "results_without_counts"
    NOTHING_MEASURED = "nothing_measured"
    NO_AGREEMENTS = "no_agreements"


@dataclass(frozen=True)
class Gap:
    """Something that is missing, and what that means; the months or agencies it is about."""

    what: GapKind
    says: str
    says_sv: str
    months: tuple[str, ...] = ()
    org_numbers: tuple[str, ...] = ()


_OF_MONTHS = {
    GapKind.UNITS: (
        "No units were reported, so these months are left out.",
        "Inga enheter har rapporterats, så dessa månader ingår inte.",
    ),
    GapKind.COST: (
        "No ordinary cost has been distributed to the service, so these months are left out.",
        "Ingen ordinarie kostnad har fördelats till tjänsten, så dessa månader ingår inte.",
    ),
    GapKind.SILENT_SUBSCRIPTIONS: (
        "Customers in operation have reported nothing, so the units may be too few.",
        "Kunder med tjänsten i drift har inte rapporterat något, så enheterna kan vara för få.",
    ),
    GapKind.OUTDATED_DISTRIBUTION: (
        "Costs have changed since they were distributed; distribute these months again.",
        "Kostnaderna har ändrats sedan de fördelades. Fördela dessa månader igen.",
    ),
    GapKind.RESULTS: (
        "The service was in operation and no closed month has a result.",
        "Tjänsten var i drift, men ingen stängd månad har något resultat.",
    ),
}


def of_months(what: GapKind, months: Collection[Month]) -> tuple[Gap, ...]:
    """A gap in some months; none where there are none."""
    if not months:
        return ()
    english, in_swedish = _OF_MONTHS[what]
    return (Gap(what, english, in_swedish, months=tuple(str(each) for each in sorted(months))),)


def no_agencies(day: date) -> Gap:
    """No agency was registered."""
    return Gap(
        GapKind.NO_AGENCIES,
        f"No agency was registered by {day}.",
        f"Ingen myndighet var registrerad den {swedish.day(day)}.",
    )


def no_list(day: date) -> Gap:
    """Nobody has told which agencies are preparedness agencies."""
    return Gap(
        GapKind.NO_LIST,
        f"No list of preparedness agencies holds on {day}; register one.",
        f"Ingen lista över beredskapsmyndigheter gäller den {swedish.day(day)}. Registrera en.",
    )


def listed_but_ceased(org_numbers: Collection[str]) -> tuple[Gap, ...]:
    """Agencies on the list that there are no more."""
    if not org_numbers:
        return ()
    return (
        Gap(
            GapKind.LISTED_BUT_CEASED,
            "Agencies on the list have merged away or closed and are not counted; register a list"
            " with their successors.",
            "Myndigheter på listan har uppgått i andra eller lagts ned och räknas inte. Registrera"
            " en lista med deras efterträdare.",
            org_numbers=tuple(sorted(org_numbers)),
        ),
    )


def no_tariff(days: Sequence[date]) -> Gap:
    """No tariff holds on the days that are compared, or on one of them."""
    return Gap(
        GapKind.NO_TARIFF,
        f"No tariff is in force on {' and '.join(str(day) for day in days)}.",
        f"Ingen avgiftslista gäller {swedish.listed([f'den {swedish.day(day)}' for day in days])}.",
    )


def not_priced() -> Gap:
    """A tariff does not have the service."""
    return Gap(
        GapKind.NOT_PRICED,
        "Not both tariffs price the service.",
        "Tjänsten har inte pris i båda avgiftslistorna.",
    )


def quantity_unknown(items: Sequence[str]) -> Gap:
    """Items of which nobody knows how much a customer would use."""
    named = ", ".join(items)
    return Gap(
        GapKind.QUANTITY_UNKNOWN,
        f"Left out, since nobody knows how much is used of them: {named}.",
        f"Ingår inte, eftersom ingen vet hur mycket av dem som används: {named}.",
    )


def without_counts(number: int) -> tuple[Gap, ...]:
    """Results of closings that told no counts."""
    if not number:
        return ()
    return (
        Gap(
            GapKind.RESULTS_WITHOUT_COUNTS,
            f"Results that do not say what they are the share of are left out: {number}.",
            "Resultat som inte anger vad de är en andel av ingår inte: "
            f"{swedish.number(number)} st.",
        ),
    )


def nothing_measured() -> Gap:
    """No closed month of the year has such a level."""
    return Gap(
        GapKind.NOTHING_MEASURED,
        "No closed month of the year has a result of such a level.",
        "Ingen stängd månad under året har något resultat för en sådan nivå.",
    )


def no_agreements(day: date) -> Gap:
    """No agreement was in force."""
    return Gap(
        GapKind.NO_AGREEMENTS,
        f"No agreement is in force on {day}.",
        f"Ingen överenskommelse gäller den {swedish.day(day)}.",
    )
