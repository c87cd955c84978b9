"""The columns that a file of agencies may have, and how the cells of each are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from services.contracts.values import OrgNumber
from services.onboarding.agencies.domain import AgencyType, LeadershipForm

Cell = str | int | bool | Decimal | date | AgencyType | LeadershipForm
"""What a cell is read as."""

_ORG_NUMBER: TypeAdapter[str] = TypeAdapter(OrgNumber)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_WRITTEN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MAX_TEXT = 200
_MAX_COUNT = 1_000_000_000


class CellFaultError(ValueError):
    """What is wrong with a cell: a stable code, and in words."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(told)
        self.code = code
        self.told = told


def _org_number(cell: str) -> str:
    try:
        return _ORG_NUMBER.validate_python(cell)
    except ValidationError as error:
        raise CellFaultError(
            "org_number_wrong",
            "It is no Swedish organisation number: ten digits, the last one a check digit.",
        ) from error


def _text(cell: str) -> str:
    if len(cell) > _MAX_TEXT:
        raise CellFaultError("text_too_long", f"It has more than {_MAX_TEXT} characters.")
    if _CONTROL.search(cell):
        raise CellFaultError("text_unprintable", "It holds line breaks or control characters.")
    return cell


def _count(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", cell) or int(cell) > _MAX_COUNT:
        raise CellFaultError("not_a_count", "A whole number from 0 on is expected.")
    return int(cell)


def _decimal(cell: str) -> Decimal:
    written = cell.replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", written):
        raise CellFaultError("not_a_decimal", "A number with at most two decimals is expected.")
    return Decimal(written)


def _day(cell: str) -> date:
    written = f"{cell}-01-01" if re.fullmatch(r"[0-9]{4}", cell) else cell
    try:
        day = date.fromisoformat(written) if _WRITTEN_DAY.fullmatch(written) else None
    except ValueError:
        day = None
    if day is None or not date(1500, 1, 1) <= day <= date(2199, 12, 31):
        raise CellFaultError("not_a_day", "A day as YYYY-MM-DD, or a year, is expected.")
    return day


def _flag(cell: str) -> bool:
    known = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nej": False}
    if cell.lower() not in known:
        raise CellFaultError("not_a_flag", "true or false is expected.")
    return known[cell.lower()]


_LEADERSHIP = {
    "styrelse": LeadershipForm.BOARD,
    "enrådighet": LeadershipForm.SINGLE_HEAD,
    "nämnd": LeadershipForm.COMMITTEE,
    "övrigt": LeadershipForm.OTHER,
} | {form.value: form for form in LeadershipForm}

_TYPES = {
    "statlig myndighet": AgencyType.STATE_AGENCY,
    "statligt affärsverk": AgencyType.STATE_ENTERPRISE,
    "domstol": AgencyType.COURT,
    "myndighet under riksdagen": AgencyType.PARLIAMENT_AGENCY,
    "ap-fond": AgencyType.PENSION_FUND,
    "kommun": AgencyType.MUNICIPALITY,
    "region": AgencyType.REGION,
    "bolag": AgencyType.COMPANY,
    "övrig": AgencyType.OTHER,
} | {kind.value: kind for kind in AgencyType}


def _leadership(cell: str) -> LeadershipForm:
    form = _LEADERSHIP.get(cell.lower())
    if form is None:
        raise CellFaultError("word_unknown", f"One of {', '.join(_LEADERSHIP)} is expected.")
    return form


def _type(cell: str) -> AgencyType:
    kind = _TYPES.get(cell.lower())
    if kind is None:
        raise CellFaultError("word_unknown", f"One of {', '.join(_TYPES)} is expected.")
    return kind


COLUMNS: dict[str, Callable[[str], Cell]] = {
    "org_number": _org_number,
    "name": _text,
    "name_en": _text,
    "short_name": _text,
    "type": _type,
    "part_of_state": _flag,
    "leadership_form": _leadership,
    "department": _text,
    "city": _text,
    "headcount": _count,
    "established_on": _day,
    "valid_from": _day,
    "ended_on": _day,
    "head_name": _text,
    "head_title": _text,
    "head_since": _day,
}
"""Columns by name, with how their cells are read."""


@dataclass(frozen=True)
class Family:
    """Columns whose names end in what they are about, such as a year."""

    prefix: str
    pattern: str
    key: str
    read: Callable[[str], Cell]


HEADCOUNT_OF_YEAR = Family("headcount_", "headcount_YYYY", r"[0-9]{4}", _count)
FTE_OF_YEAR = Family("full_time_equivalents_", "full_time_equivalents_YYYY", r"[0-9]{4}", _decimal)
VOLUME_OF_YEAR = Family("volume_", "volume_UNIT_YYYY", rf"{_SLUG}_[0-9]{{4}}", _count)
DEADLINE = Family("obligation_deadline_", "obligation_deadline_AREA", _SLUG, _day)
LEGAL_SOURCE = Family("obligation_source_", "obligation_source_AREA", _SLUG, _text)

FAMILIES = (HEADCOUNT_OF_YEAR, FTE_OF_YEAR, VOLUME_OF_YEAR, DEADLINE, LEGAL_SOURCE)
"""Columns by year, by unit and year, or by service area."""


def family_of(column: str) -> tuple[Family, str] | None:
    """The family a column belongs to and what it is about; None when there is none."""
    if column in COLUMNS:
        return None
    for family in FAMILIES:
        key = column.removeprefix(family.prefix)
        if key == column or not re.fullmatch(family.key, key):
            continue
        year = key[-4:]
        if family.key.endswith("[0-9]{4}") and not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
            return None
        return family, key
    return None
