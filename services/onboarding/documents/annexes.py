"""An agreement's annexes as its template shows them, and what its keys are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.chassis import swedish
from services.contracts.values import (
    CreditBand,
    CreditTerms,
    DeliveryDay,
    Responsibility,
    ServiceLevel,
    SignedService,
)
from services.onboarding.agreements.document import (
    AgreementContent,
    ClauseDeviation,
    DataProcessing,
    Deviation,
)
from services.onboarding.documents.fee_basis import basis, followed
from services.onboarding.documents.words import Words


@dataclass(frozen=True)
class Names:
    """What the keys of an agreement's content are called, where its content says so."""

    services: dict[str, str]
    activities: dict[tuple[str, str], str]
    fee_items: dict[str, str]
    units: dict[str, str]
    measures: dict[str, str]
    descriptions: dict[str, str]

    @classmethod
    def of(cls, content: AgreementContent) -> Names:
        """The names that a content carries."""
        return cls(
            services={service.service: service.name_sv for service in content.services},
            activities={
                (name.service, name.activity): name.name_sv for name in content.activity_names
            },
            fee_items={name.key: name.name_sv for name in content.fee_item_names},
            units={name.key: name.name_sv for name in content.unit_names},
            measures={name.key: name.name_sv for name in content.measures},
            descriptions={entry.service: entry.text_sv for entry in content.service_descriptions},
        )

    def service(self, key: str) -> str:
        """A service's name; its key where the content does not say."""
        return self.services.get(key, key)

    def activity(self, service: str, activity: str) -> str:
        """An activity's name; its key where the content does not say."""
        return self.activities.get((service, activity), activity)


def matrix(
    service: SignedService, content: AgreementContent, names: Names, words: Words
) -> list[list[str]]:
    """A service's rows of the responsibility matrix: activity, who answers, who contributes."""
    rows = [row for row in content.responsibilities if row.service == service.service]
    return [_responsibility(row, names, words) for row in rows]


def _responsibility(row: Responsibility, names: Names, words: Words) -> list[str]:
    return [
        names.activity(row.service, row.activity),
        words.actor(row.accountable),
        words.actor(row.contributes),
    ]


def level_row(level: ServiceLevel, names: Names, words: Words) -> list[str]:
    """A service level: its name, how it is measured, its targets and what is required."""
    measured = names.measures.get(level.key, words.measure_kinds[level.kind])
    targets = "\n".join(
        f"{words.priorities[priority]}: {swedish.minutes(minutes)}"
        for priority, minutes in level.target_minutes.items()
    )
    if level.deliveries:
        targets = "\n".join(f"{each.name_sv}: {_due(each.due)}" for each in level.deliveries)
    return [
        level.name_sv,
        measured,
        targets or "–",
        f"Minst {swedish.percent(level.required_share_percent)}",
    ]


def _due(due: DeliveryDay) -> str:
    if due.day_of_month is not None:
        return f"den {due.day_of_month} i månaden, på stängd dag arbetsdagen före"
    nth = due.working_day or 0
    if nth == -1:
        return "sista arbetsdagen"
    return f"arbetsdag {abs(nth)}{' från månadens slut' if nth < 0 else ''}"


def hours(content: AgreementContent) -> str:
    """When the time of service levels runs."""
    agreed = content.service_hours
    return (
        f"Tid räknas i servicetid: vardagar {swedish.clock_time(agreed.opens)}–"
        f"{swedish.clock_time(agreed.closes)}, dag före helgdag till"
        f" {swedish.clock_time(agreed.half_day_closes)}. En timme är en timme i servicetid."
    )


def fees(content: AgreementContent, names: Names, words: Words) -> dict[str, Any]:
    """The fee items of each service with their amounts, and what holds for all."""
    days = swedish.listed([swedish.day_of_year(day) for day in content.true_up_days])
    return {
        "opening": f"Avgifterna följer avgiftslistan {_followed(content)}.",
        "services": [
            {
                "service": service.name_sv,
                "rows": [
                    [
                        names.fee_items.get(item.key, item.name),
                        swedish.capitalised(names.units.get(item.unit, item.unit)),
                        swedish.number(item.yearly_quantity),
                        swedish.amount(item.unit_price_ore),
                        swedish.amount(item.unit_price_ore * item.yearly_quantity),
                    ]
                    for item in service.fee_items
                ],
                "basis": basis(service.fee_items),
                "total": ["Summa", swedish.amount(_yearly(service))],
            }
            for service in content.services
            if service.fee_items
        ],
        "without": _without_items(content),
        "facts": [
            ["Avgift per år", swedish.amount(content.yearly_fee_ore)],
            ["Avstämning mot verkliga volymer", days or "–"],
            *_credits(content.credit_terms, words),
        ],
    }


def _followed(content: AgreementContent) -> str:
    items = (item for service in content.services for item in service.fee_items)
    return followed(content.tariff, items).rstrip(",")


def _without_items(content: AgreementContent) -> str | None:
    """Which services the tariff has no items of; None when it has of all."""
    services = [
        swedish.within_a_sentence(service.name_sv)
        for service in content.services
        if not service.fee_items
    ]
    if not services:
        return None
    return f"Avgiftslistan har inga poster för {swedish.listed(services)}."


def _credits(terms: CreditTerms, words: Words) -> list[list[str]]:
    """What deficient delivery gives back, a row for each rule of the table."""
    cap = f"högst {swedish.percent(terms.monthly_cap_percent)} per månad"
    each = f"{swedish.percent(terms.percent_per_breach)} av tjänstens månadsavgift, {cap}"
    rows = [["Avdrag vid överskriden nivå", each]]
    if terms.bands:
        bands = [_band(band, words) for band in terms.bands]
        rows.append(["Avdrag när en nivå inte nås", "; ".join([*bands, f"sammanlagt {cap}"])])
    if terms.exclusions:
        causes = [words.causes.get(cause, cause) for cause in terms.exclusions]
        rows.append(["Orsaker som inte ger avdrag", swedish.listed(causes)])
    return rows


def _band(band: CreditBand, words: Words) -> str:
    missed = (
        f"minst {swedish.decimal_number(band.missed_by_points)} procentenheter under kravet"
        if band.missed_by_points
        else "under kravet"
    )
    measures = [words.measure_kinds[kind].lower() for kind in band.measures]
    about = f" ({swedish.listed(measures)})" if measures else ""
    return f"{swedish.percent(band.percent)} vid utfall {missed}{about}"


def _yearly(service: SignedService) -> int:
    return sum(item.unit_price_ore * item.yearly_quantity for item in service.fee_items)


def processing_view(processing: DataProcessing, names: Names) -> dict[str, Any]:
    """The data-processing agreement."""
    return {
        "facts": [
            ["Personuppgiftsansvarig", processing.controller],
            ["Personuppgiftsbiträde", processing.processor],
        ],
        "texts": [
            {"heading": heading, "text": text}
            for heading, text in (
                ("Föremål för behandlingen", processing.subject),
                ("Art och ändamål", processing.nature_and_purpose),
                ("Varaktighet", processing.duration),
            )
        ],
        "data": [
            [
                names.service(entry.service),
                swedish.enumerated(entry.data_subjects),
                swedish.enumerated(entry.kinds),
                swedish.enumerated(entry.special_categories) or "–",
            ]
            for entry in processing.data
        ],
        "instructions": list(processing.instructions),
        "security": list(processing.security_measures),
        "sub_processors": [[sub.name, sub.task, sub.country] for sub in processing.sub_processors],
        "sub_processor_rule": processing.sub_processor_rule,
        "duties": [
            {"heading": heading, "text": text}
            for heading, text in (
                ("Den som behandlar uppgifterna", processing.staff),
                ("Överföring till tredje land", processing.transfers),
                ("Bistånd", processing.assistance),
                ("Personuppgiftsincidenter", processing.breach_notice),
                ("Granskning", processing.audits),
                ("När behandlingen upphör", processing.at_the_end),
            )
        ],
    }


def collaboration_view(content: AgreementContent, words: Words) -> dict[str, Any]:
    """The collaboration model: its forums, how often they meet, what they are for."""
    annex = content.collaboration
    about = {entry.forum: entry for entry in annex.forums} if annex else {}
    return {
        "name": annex.name_sv if annex else content.collaboration_template,
        "texts": [annex.purpose_sv, annex.escalation_sv] if annex else [],
        "forums": [
            [
                forum.name_sv,
                words.forum_levels[forum.level],
                swedish.number(forum.meetings_per_year),
                swedish.number(forum.meetings_per_year_in_stabilisation),
            ]
            for forum in content.forums
        ],
        "purposes": [
            {
                "forum": forum.name_sv,
                "purpose": about[forum.key].purpose_sv,
                "matters": list(about[forum.key].matters_sv),
            }
            for forum in content.forums
            if forum.key in about
        ],
    }


def deviation_view(entry: Deviation, names: Names, words: Words) -> dict[str, Any]:
    """A deviation from the standard delivery."""
    return {
        "name": f"{names.activity(entry.service, entry.activity)} ({names.service(entry.service)})",
        "facts": [
            ["Beslut", entry.resolution_sv or entry.resolution],
            ["Kundens arbetssätt", entry.customer_way],
            ["Skäl", entry.reason],
            ["Ägare", words.actor(entry.owner)],
            ["Upphör", swedish.day(entry.ends_on)],
            ["Insats", f"{swedish.number(entry.effort_hours)} timmar"],
            ["Pris", swedish.amount(entry.price_ore)],
            ["Beslutad av", f"{entry.decided_by} ({entry.mandate})"],
        ],
    }


def clause_deviation_view(
    entry: ClauseDeviation, content: AgreementContent, words: Words
) -> dict[str, Any]:
    """A deviation from the standard text."""
    headings = {part.key: part.heading for part in content.parts}
    return {
        "name": headings.get(entry.part, entry.part),
        "facts": [
            ["Standardens lydelse", entry.standard_text],
            ["Gäller i stället", entry.text],
            ["Skäl", entry.reason],
            ["Ägare", words.actor(entry.owner)],
            ["Upphör", swedish.day(entry.ends_on)],
            ["Beslutad av", f"{entry.decided_by} ({entry.mandate})"],
        ],
    }
