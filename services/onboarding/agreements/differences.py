"""What differs between two versions of an agreement, in a form that people can read.

A document is laid out as rows - section, item, field, value - of which none escapes, so
two documents without a difference say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.onboarding.agreements.difference_texts import called, names_in, sentence, told

Row = tuple[str, str, str]
"""Section, item within it, field of the item."""

_NOT_COMPARED = frozenset({"agreement_id", "case_id", "version", "amends_version"})
_SECTIONS = {
    "parts": "part",
    "clauses": "clause",
    "services": "service",
    "levels": "level",
    "fee_items": "fee",
    "responsibilities": "matrix",
    "excluded_activities": "excluded",
    "deviations": "deviation",
    "clause_deviations": "clause_deviation",
    "parties": "party",
    "forums": "forum",
    "collaboration": "collaboration",
    "collaboration_template": "collaboration",
    "data_processing": "data_processing",
    "change_windows": "change_window",
    "credit_terms": "compensation",
    "service_hours": "level",
    "stabilisation_periods": "level",
    "tariff": "fee",
    "yearly_fee_ore": "fee",
    "true_up_days": "fee",
    "valid_from": "validity",
    "valid_until": "validity",
    "review_on": "validity",
    "effective_on": "validity",
    "renewal": "validity",
    "notice": "validity",
    "activity_names": "name",
    "fee_item_names": "name",
    "unit_names": "name",
    "measures": "name",
    "service_descriptions": "name",
}
SECTIONS_SV = {
    "agreement": "Allmänt",
    "part": "Del",
    "clause": "Klausul",
    "service": "Tjänst",
    "level": "Servicenivå",
    "fee": "Avgift",
    "matrix": "Ansvarsmatris",
    "excluded": "Undantagen aktivitet",
    "deviation": "Avvikelse",
    "clause_deviation": "Avvikelse från klausul",
    "party": "Part",
    "forum": "Forum",
    "collaboration": "Samverkansmodell",
    "data_processing": "Personuppgifter",
    "change_window": "Ändringsfönster",
    "compensation": "Kompensation",
    "validity": "Giltighet",
    "name": "Benämning",
}
"""The sections of a difference in Swedish, in the order they are read in."""

_SHARED = frozenset({"name", "data_processing"})
"""Sections that several lists share, so that an item names its list."""

_IDENTITIES = (
    ("service", "activity"),
    ("clause",),
    ("key",),
    ("forum",),
    ("service",),
    ("org_number", "role"),
    ("takes_effect",),
    ("name",),
)


class Kind(StrEnum):
    """What happened to an item between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


_KINDS_SV = {Kind.ADDED: "tillkommer", Kind.REMOVED: "utgår", Kind.CHANGED: "ändras"}


@dataclass(frozen=True)
class FieldChange:
    """A field of an item, before and after; None where it is not there."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Difference:
    """An item that differs: a clause, level, fee, matrix row, deviation and so on.

    ``name_sv`` is what the item is called, by its key where the documents do not say.
    """

    section: str
    item: str
    kind: Kind
    fields: tuple[FieldChange, ...]
    name_sv: str = ""

    @property
    def text_sv(self) -> str:
        """The difference as a line of Swedish."""
        subject = f"{SECTIONS_SV[self.section]} {self.name_sv or self.item}".rstrip()
        changes = (told(change.field, change.old, change.new) for change in self.fields)
        return sentence(subject, _KINDS_SV[self.kind], changes)


def rows(document: Mapping[str, Any]) -> dict[Row, Any]:
    """A document's rows; what is absent, null or empty makes none."""
    found: dict[Row, Any] = {}
    for field, value in document.items():
        if field not in _NOT_COMPARED:
            section = _SECTIONS.get(field, "agreement")
            found.update(_laid_out(section, "", field, value))
    return found


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What differs from one document to another, by section in reading order."""
    before, after = rows(old), rows(new)
    items: dict[tuple[str, str], list[FieldChange]] = {}
    for row in sorted({*before, *after}):
        section, item, field = row
        if before.get(row) != after.get(row):
            change = FieldChange(field, before.get(row), after.get(row))
            items.setdefault((section, item), []).append(change)
    known_before = {(section, item) for section, item, _ in before}
    known_after = {(section, item) for section, item, _ in after}
    order = list(SECTIONS_SV)
    names = names_in(old, new)
    return tuple(
        Difference(
            section,
            item,
            _kind(key, known_before, known_after),
            tuple(changes),
            called(section, item, names),
        )
        for key, changes in sorted(items.items(), key=lambda entry: order.index(entry[0][0]))
        for section, item in (key,)
    )


def in_words(found: tuple[Difference, ...]) -> str:
    """The differences as Swedish text, a line each."""
    return "\n".join(difference.text_sv for difference in found) or "Ingenting skiljer."


def _kind(key: tuple[str, str], before: set[tuple[str, str]], after: set[tuple[str, str]]) -> Kind:
    if key not in before:
        return Kind.ADDED
    return Kind.CHANGED if key in after else Kind.REMOVED


def _laid_out(section: str, item: str, field: str, value: Any) -> Iterator[tuple[Row, Any]]:
    if value is None or value in ([], {}):
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _laid_out(section, item, f"{field}.{name}" if field else name, inner)
    elif isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value):
        nested = _SECTIONS.get(field.rpartition(".")[2], section)
        for name, entry in _identified(value):
            below = f"{item}/{name}" if item else name
            if nested in _SHARED:
                below = f"{field}: {below}"
            yield from _laid_out(nested, below, "", entry)
    else:
        yield (section, item, field), value


def _identified(entries: list[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each entry of a list with what tells it apart; its place where nothing else does."""
    for fields in _IDENTITIES:
        if all(all(field in entry for field in fields) for entry in entries):
            names = ["/".join(str(entry[field] or "") for field in fields) for entry in entries]
            if len(set(names)) == len(names):
                yield from zip((name.strip("/") for name in names), entries, strict=True)
                return
    yield from ((str(place), entry) for place, entry in enumerate(entries, start=1))
