"""Amending a signed agreement: which changes, applied to its content, make the next version.

The result is a document to be checked, not yet an agreement: a change may leave a fee
without a unit or an activity without anybody accountable, and the check names that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from services.contracts.values import FeeItem
from services.onboarding.agreements import annexes
from services.onboarding.agreements.assembly import ClauseWording
from services.onboarding.agreements.banded_fees import spread
from services.onboarding.agreements.document import AgreementContent
from services.onboarding.agreements.standard import (
    AgreementStandard,
    CollaborationTemplate,
    Wording,
)
from services.onboarding.agreements.terms import months_before
from services.onboarding.catalogue.domain import CatalogueService


class UnknownTargetsError(Exception):
    """A change names things that the agreement does not have; ``targets`` lists them."""

    def __init__(self, targets: tuple[str, ...]) -> None:
        super().__init__(f"not in the agreement: {', '.join(targets)}")
        self.targets = targets


@dataclass(frozen=True)
class LevelChange:
    """A new target for a level; what is None stays."""

    service: str
    level: str
    required_share_percent: Decimal | None = None
    target_minutes: Mapping[str, int] | None = None


@dataclass(frozen=True)
class FeeChange:
    """A fee item as it shall be: a new one, or changes of one that is there (None stays)."""

    service: str
    key: str
    name: str | None = None
    unit: str | None = None
    unit_price_ore: int | None = None
    yearly_quantity: int | None = None


@dataclass(frozen=True)
class RowChange:
    """Who shall be accountable for an activity, and who contributes."""

    service: str
    activity: str
    accountable: str
    contributes: str


@dataclass(frozen=True)
class DeviationChange:
    """A deviation that ends on another day than was agreed."""

    key: str
    ends_on: date


@dataclass(frozen=True)
class AddedService:
    """A service of the catalogue that the agreement takes in, at a fee."""

    service: CatalogueService
    fee_items: tuple[FeeItem, ...]


@dataclass(frozen=True)
class AmendmentChanges:
    """What an amendment changes; what it does not name stays."""

    levels: tuple[LevelChange, ...] = ()
    fees: tuple[FeeChange, ...] = ()
    matrix: tuple[RowChange, ...] = ()
    add_services: tuple[AddedService, ...] = ()
    remove_services: tuple[str, ...] = ()
    end_deviations: tuple[str, ...] = ()
    move_deviations: tuple[DeviationChange, ...] = ()
    clauses: tuple[ClauseWording, ...] = ()
    valid_until: date | None = None
    template: CollaborationTemplate | None = None


@dataclass
class _Document:
    """A content as plain data, with what a change refers to by key at hand."""

    data: dict[str, Any]
    unknown: list[str] = field(default_factory=list)

    def service(self, key: str) -> dict[str, Any] | None:
        for service in self.data["services"]:
            if service["service"] == key:
                found: dict[str, Any] = service
                return found
        self.unknown.append(key)
        return None


def changes_scope(changes: AmendmentChanges) -> bool:
    """Whether an amendment changes scope or fee, which budgets rest on (004:520)."""
    return bool(changes.add_services or changes.remove_services or changes.fees or changes.matrix)


def amended(
    content: AgreementContent,
    changes: AmendmentChanges,
    *,
    version: int,
    effective_on: date,
    reason: str,
    standard: AgreementStandard,
    wording: Wording,
) -> dict[str, Any]:
    """The next version's document, without its text; ``assembly.with_clauses`` adds that.

    It rests on the standard in force: an agreement that was drafted from an earlier one
    moves to it, and the difference between the versions shows how.

    Raises:
        UnknownTargetsError: a change names a service, level, deviation that is not there.
    """
    document = _Document(content.model_dump(mode="json"))
    data = document.data
    _add_services(document, changes.add_services, content, standard)
    _remove_services(document, changes.remove_services)
    for level in changes.levels:
        _change_level(document, level)
    for fee in changes.fees:
        _change_fee(document, fee)
    for row in changes.matrix:
        _change_row(document, row)
    _change_deviations(document, changes)
    if document.unknown:
        raise UnknownTargetsError(tuple(dict.fromkeys(document.unknown)))
    if changes.valid_until is not None:
        _change_validity(data, changes.valid_until, standard)
    if changes.template is not None:
        data["collaboration_template"] = changes.template.key
        data["collaboration"] = annexes.collaboration(changes.template).model_dump(mode="json")
        data["forums"] = _dumped(changes.template.forums)
    _rename(data, wording)
    data |= {
        "version": version,
        "amends_version": content.version,
        "effective_on": effective_on.isoformat(),
        "change_reason": reason,
        "standard_version": standard.version,
        "yearly_fee_ore": _yearly_fee_ore(data),
        "change_windows": data["change_windows"] or _dumped(standard.change_windows),
    }
    return data


def _add_services(
    document: _Document,
    added: Sequence[AddedService],
    content: AgreementContent,
    standard: AgreementStandard,
) -> None:
    data = document.data
    for addition in added:
        service = addition.service
        signed = annexes.signed_service(service, addition.fee_items)
        data["services"].append(signed.model_dump(mode="json"))
        rows, _ = annexes.matrix([service], ())
        data["responsibilities"] += _dumped(rows)
        data["activity_names"] += _dumped(annexes.activity_names([service]))
        data["service_descriptions"] += _dumped(annexes.service_descriptions([service]))
        data["measures"] += _dumped(annexes.measures([service]))
    if added or data["data_processing"] is None:
        known = content.data_processing
        terms = annexes.data_processing(
            standard,
            content.customer.name,
            [service["service"] for service in data["services"]],
            known.sub_processors if known else None,
        )
        data["data_processing"] = terms.model_dump(mode="json")


def _remove_services(document: _Document, removed: Sequence[str]) -> None:
    data = document.data
    for key in removed:
        service = document.service(key)
        levels = {level["key"] for level in service["levels"]} if service else set()
        data["measures"] = [entry for entry in data["measures"] if entry["key"] not in levels]
    for name in (
        "services",
        "responsibilities",
        "excluded_activities",
        "activity_names",
        "service_descriptions",
        "deviations",
    ):
        data[name] = [entry for entry in data[name] if entry["service"] not in removed]
    if data["data_processing"] is not None:
        terms = data["data_processing"]
        terms["data"] = [entry for entry in terms["data"] if entry["service"] not in removed]


def _change_level(document: _Document, change: LevelChange) -> None:
    service = document.service(change.service)
    if service is None:
        return
    for level in service["levels"]:
        if level["key"] == change.level:
            if change.required_share_percent is not None:
                level["required_share_percent"] = str(change.required_share_percent)
            if change.target_minutes is not None:
                level["target_minutes"] = dict(change.target_minutes)
            return
    document.unknown.append(f"{change.service}/{change.level}")


def _change_fee(document: _Document, change: FeeChange) -> None:
    service = document.service(change.service)
    if service is None:
        return
    only_quantity = change.name is None and change.unit is None and change.unit_price_ore is None
    quantity = change.yearly_quantity if only_quantity else None
    if quantity is not None and spread(service["fee_items"], change.key, quantity):
        return
    item = next((each for each in service["fee_items"] if each["key"] == change.key), None)
    if item is None:
        item = {
            "key": change.key,
            "service_area": service["service_area"],
            "name": change.key,
            "unit": "",
            "unit_price_ore": 0,
            "yearly_quantity": 0,
        }
        service["fee_items"].append(item)
    wanted = {
        "name": change.name,
        "unit": change.unit,
        "unit_price_ore": change.unit_price_ore,
        "yearly_quantity": change.yearly_quantity,
    }
    item |= {key: value for key, value in wanted.items() if value is not None}
    if change.name is not None:
        item.pop("name_sv", None)
    if change.unit is not None or change.unit_price_ore is not None:
        # What the parties have agreed anew is no version of the centre's price any longer.
        item.pop("own_price", None)
        # Nor does one price follow the years, or a unit the bands of another.
        item.pop("prices_by_year_ore", None)
    if change.unit is not None:
        item.pop("band", None)


def _change_row(document: _Document, change: RowChange) -> None:
    wanted = {"accountable": change.accountable, "contributes": change.contributes}
    for row in document.data["responsibilities"]:
        if (row["service"], row["activity"]) == (change.service, change.activity):
            row.update(wanted)
            return
    document.unknown.append(f"{change.service}/{change.activity}")


def _change_deviations(document: _Document, changes: AmendmentChanges) -> None:
    data = document.data
    gaps = {f"{entry['service']}/{entry['activity']}": entry for entry in data["deviations"]}
    clauses = {entry["clause"]: entry for entry in data["clause_deviations"]}
    known = {**gaps, **clauses}
    document.unknown += [key for key in changes.end_deviations if key not in known]
    for move in changes.move_deviations:
        if move.key not in known:
            document.unknown.append(move.key)
        else:
            known[move.key]["ends_on"] = move.ends_on.isoformat()
    ended = set(changes.end_deviations)
    data["deviations"] = [entry for key, entry in gaps.items() if key not in ended]
    data["clause_deviations"] = [entry for key, entry in clauses.items() if key not in ended]


def _change_validity(data: dict[str, Any], valid_until: date, standard: AgreementStandard) -> None:
    """A new last day moves the review along, and no deviation outlives the agreement."""
    data["valid_until"] = valid_until.isoformat()
    review_on = months_before(valid_until, standard.review_months_before_end)
    data["review_on"] = review_on.isoformat()
    for name in ("deviations", "clause_deviations"):
        for entry in data[name]:
            entry["ends_on"] = min(entry["ends_on"], valid_until.isoformat())


def _rename(data: dict[str, Any], wording: Wording) -> None:
    """Swedish names of every fee item and unit that the services now have."""
    items = [item for service in data["services"] for item in service["fee_items"]]
    names, units = annexes.names_of(
        {item["key"]: item.get("name_sv") or item["name"] for item in items},
        {item["unit"] for item in items if item["unit"]},
        wording,
    )
    data["fee_item_names"] = _dumped(names)
    data["unit_names"] = _dumped(units)


def _yearly_fee_ore(data: Mapping[str, Any]) -> int:
    return sum(
        item["unit_price_ore"] * item["yearly_quantity"]
        for service in data["services"]
        for item in service["fee_items"]
    )


def _dumped(values: Sequence[Any]) -> list[Any]:
    return [value.model_dump(mode="json") for value in values]
