"""How differences between two versions of an agreement read in Swedish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from services.chassis import swedish

Names = Mapping[tuple[str, str], str]
"""What the items of a section are called, by section and item."""

_FIELDS = {
    "accountable": "ansvarar",
    "contributes": "bidrar",
    "required_share_percent": "krav",
    "target_minutes.critical": "mål för kritiska ärenden",
    "target_minutes.high": "mål för ärenden med hög prioritet",
    "target_minutes.normal": "mål för ärenden med normal prioritet",
    "service_hours.opens": "servicetiden börjar",
    "service_hours.closes": "servicetiden slutar",
    "service_hours.half_day_closes": "servicetiden slutar dag före helgdag",
    "stabilisation_periods": "månader i rad för att räknas som stabil",
    "unit": "enhet",
    "unit_price_ore": "pris per enhet",
    "yearly_quantity": "antal per år",
    "own_price.version": "version av eget pris",
    "own_price.valid_from": "eget pris gäller från och med",
    "own_price.cost_basis": "beräkning av eget pris",
    "own_price.instead_of": "i stället för avgiftslistans post",
    "band.above": "volym över",
    "band.through": "volym till och med",
    "band.banding": "pris efter volym",
    "prices_by_year_ore": "pris per år hos kunden",
    "yearly_fee_ore": "avgift per år",
    "tariff": "avgiftslista",
    "true_up_days": "avstämning",
    "change_reason": "skäl",
    "form": "form",
    "standard_version": "standardtext",
    "centre_name": "servicecenter",
    "customer.name": "kund",
    "customer.org_number": "kundens organisationsnummer",
    "budget_sv": "hinner med i",
    "request_by": "begärs senast",
    "takes_effect": "gäller från",
    "text": "lydelse",
    "text_sv": "lydelse",
    "standard_text": "standardens lydelse",
    "heading": "rubrik",
    "reason": "skäl",
    "owner": "ägare",
    "ends_on": "upphör",
    "decided_by": "beslutad av",
    "mandate": "mandat",
    "resolution_sv": "beslut",
    "customer_way": "kundens arbetssätt",
    "effort_hours": "insats i timmar",
    "price_ore": "pris",
    "collaboration.name_sv": "modell",
    "collaboration.purpose_sv": "syfte",
    "collaboration.escalation_sv": "eskalering",
    "credit_terms.percent_per_breach": "avdrag per överskriden nivå",
    "credit_terms.monthly_cap_percent": "högsta avdrag per månad",
    "credit_terms.exclusions": "orsaker utan avdrag",
    "missed_by_points": "procentenheter under kravet",
    "percent": "avdrag",
    "measures": "mätningar",
    "level": "nivå",
    "meetings_per_year": "möten per år",
    "meetings_per_year_in_stabilisation": "möten per år under stabilisering",
    "purpose_sv": "syfte",
    "matters_sv": "frågor",
    "measured_sv": "så mäts den",
    "org_number": "organisationsnummer",
    "part_of_state": "del av staten",
    "notice.months": "uppsägningstid i månader",
    "notice.turn": "uppsägning till",
    "renewal.kind": "förlängning",
    "renewal.years": "år per period",
    "review_on": "översyn senast",
    "valid_from": "gäller från och med",
    "valid_until": "gäller till och med",
    "effective_on": "ändringen gäller från och med",
    "data_subjects": "registrerade",
    "kinds": "uppgifter",
    "special_categories": "känsliga uppgifter",
    "country": "land",
    "task": "uppgift",
    "data_processing.controller": "personuppgiftsansvarig",
    "data_processing.processor": "personuppgiftsbiträde",
    "data_processing.subject": "föremål",
    "data_processing.nature_and_purpose": "art och ändamål",
    "data_processing.duration": "varaktighet",
    "data_processing.instructions": "instruktioner",
    "data_processing.security_measures": "säkerhetsåtgärder",
    "data_processing.staff": "den som behandlar uppgifterna",
    "data_processing.sub_processor_rule": "underbiträden",
    "data_processing.transfers": "överföring till tredje land",
    "data_processing.assistance": "bistånd",
    "data_processing.breach_notice": "personuppgiftsincidenter",
    "data_processing.audits": "granskning",
    "data_processing.at_the_end": "när behandlingen upphör",
    "name_sv": "benämning",
}
"""What the fields are called; a field that is not here keeps its own name."""

_TELLS_NOTHING = frozenset(
    {
        "activity",
        "clause",
        "collaboration_template",
        "deviates",
        "forum",
        "key",
        "kind",
        "name",
        "own_price.price_item_id",
        "part",
        "resolution",
        "role",
        "service",
        "service_area",
        "service_hours.zone",
    }
)
"""Keys, English names and marks: what they stand for is said otherwise."""

_VALUES = {
    "customer": "kunden",
    "centre": "servicecentret",
    "none": "ingen",
    "operative": "operativ",
    "tactical": "taktisk",
    "strategic": "strategisk",
    "renegotiated": "omförhandlas",
    "automatic": "automatisk",
    "year": "årsskifte",
    "half_year": "halvårsskifte",
    "quarter": "kvartalsskifte",
    "month": "månadsskifte",
    "any_day": "valfri dag",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH_DAY = re.compile(r"[01]\d-[0-3]\d")
_CLOCK = re.compile(r"\d{2}:\d{2}(:\d{2})?")
_LISTS = {
    "activity_names": "aktiviteten",
    "fee_item_names": "avgiftsposten",
    "unit_names": "enheten",
    "measures": "mätningen av",
    "service_descriptions": "standardleveransen",
    "data_processing.data": "uppgifter i",
    "data_processing.sub_processors": "underbiträdet",
}


def names_in(*documents: Mapping[str, Any]) -> Names:
    """What the items of agreements are called; where they differ the last document counts."""
    found: dict[tuple[str, str], str] = {}
    for document in documents:
        for service in document.get("services", ()):
            key, called = service["service"], service["name_sv"]
            found["service", key] = called
            for level in service.get("levels", ()):
                found["level", f"{key}/{level['key']}"] = f"{level['name_sv']} ({called})"
        for name in document.get("activity_names", ()):
            where = f"{name['service']}/{name['activity']}"
            for section in ("matrix", "deviation", "excluded"):
                found[section, where] = name["name_sv"]
        for name in document.get("fee_item_names", ()):
            found["fee item", name["key"]] = name["name_sv"]
        for forum in document.get("forums", ()):
            found["forum", forum["key"]] = forum["name_sv"]
        for part in document.get("parts", ()):
            found["part", part["key"]] = part["heading"]
    return found


def called(section: str, item: str, names: Names) -> str:
    """What an item is called: by its name where the documents say it, else by its key."""
    if (section, item) in names:
        return names[section, item]
    listed, colon, key = item.partition(": ")
    if colon:
        return f"{_LISTS.get(listed, listed)} {_of_any_kind(key, names)}"
    above, _, below = item.partition("/")
    if section == "fee" and below:
        fee = names.get(("fee item", below), below)
        return f"{fee} ({names.get(('service', above), above)})"
    if section in {"clause", "clause_deviation"}:
        return f"{names.get(('part', above), above)} ({below})" if below else above
    return item


def _of_any_kind(key: str, names: Names) -> str:
    sections = ("matrix", "fee item", "service")
    return next((names[section, key] for section in sections if (section, key) in names), key)


def told(field: str, old: Any, new: Any) -> str | None:
    """A field's change in words; None where it says nothing to a reader.

    Long texts are marked: what was struck out in [- -], what was put in in {+ +}.
    """
    if field in _TELLS_NOTHING:
        return None
    label = _FIELDS.get(field, field)
    if old is None:
        return f"{label} {_shown(field, new)}"
    if new is None:
        return f"{label} var {_shown(field, old)}"
    if isinstance(old, str) and isinstance(new, str) and " " in old:
        return f"{label}: {_marked(old, new)}"
    return f"{label} från {_shown(field, old)} till {_shown(field, new)}"


def _shown(field: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(field, entry) for entry in value)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int):
        return _number(field)(value)
    text = str(value)
    if "percent" in field:
        return swedish.percent(Decimal(text))
    return _day_or_time(text) or _VALUES.get(text, text)


def _number(field: str) -> Callable[[int], str]:
    if field.endswith("_ore"):
        return swedish.amount
    return swedish.minutes if field.startswith("target_minutes.") else swedish.number


def _day_or_time(text: str) -> str | None:
    if _DAY.fullmatch(text):
        return swedish.day(date.fromisoformat(text))
    if _MONTH_DAY.fullmatch(text):
        return swedish.day_of_year(text)
    return swedish.clock_time(time.fromisoformat(text)) if _CLOCK.fullmatch(text) else None


def _marked(old: str, new: str) -> str:
    before, after = old.split(), new.split()
    words: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            words.append(" ".join(before[i:j]))
            continue
        if i < j:
            words.append(f"[-{' '.join(before[i:j])}-]")
        if k < m:
            words.append(f"{{+{' '.join(after[k:m])}+}}")
    return " ".join(words)


def sentence(subject: str, verb: str, changes: Iterable[str | None]) -> str:
    """A line: what happened to what, and how its fields changed where that says more."""
    what = "; ".join(change for change in changes if change is not None)
    return f"{subject} {verb}: {what}" if what else f"{subject} {verb}"
