"""What a row of a file of agencies means: a new agency, or changes of one that is known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.onboarding.agencies.domain import (
    Agency,
    AgencyDraft,
    AgencyType,
    Facts,
    Head,
    HeadcountBasis,
    LeadershipForm,
    Obligation,
    People,
    TypeContradictedError,
    YearFigures,
    enrolled,
    settle_headcount,
    settle_type,
)
from services.onboarding.agencies.import_cells import (
    DEADLINE,
    FTE_OF_YEAR,
    HEADCOUNT_OF_YEAR,
    LEGAL_SOURCE,
    VOLUME_OF_YEAR,
)
from services.onboarding.agencies.import_file import Finding, ImportRow

FACT_COLUMNS = ("leadership_form", "name_en", "short_name", "department", "established_on")


class Outcome(StrEnum):
    """What a row does."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Imported:
    """A row and the agency it makes; ``closes_on`` when the row says that it has ended."""

    row: int
    outcome: Outcome
    agency: Agency
    changed: tuple[str, ...] = ()
    closes_on: date | None = None


@dataclass(frozen=True)
class Known:
    """An agency that the register has, and the day it ended where it has."""

    agency: Agency
    ended_on: date | None = None


@dataclass(frozen=True)
class Circumstances:
    """What rows are read under: the day and instant, and the catalogue's service areas.

    ``valid_from`` holds for rows that name no first day themselves.
    """

    today: date
    now: datetime
    service_areas: Collection[str]
    valid_from: date | None = None


def understand(
    row: ImportRow, known: Known | None, circumstances: Circumstances
) -> Imported | list[Finding]:
    """What a row does, or what is wrong with it.

    Args:
        row: its cells.
        known: the agency as the register has it; None when it is new.
        circumstances: what it is read under.
    """
    findings = _findings(row, circumstances)
    findings += _against_register(row, known) if known else _of_new(row, circumstances)
    if findings:
        return findings
    return _updated(row, known.agency) if known else _created(row, circumstances)


def _findings(row: ImportRow, circumstances: Circumstances) -> list[Finding]:
    findings: list[Finding] = []
    deadlines = row.families.get(DEADLINE, {})
    sources = row.families.get(LEGAL_SOURCE, {})
    for area in sorted({*deadlines, *sources}):
        column = f"{DEADLINE.prefix}{area}"
        if area not in circumstances.service_areas:
            told = f"The catalogue has no service area {area}."
            findings.append(Finding(row.row, column, "service_area_unknown", told))
        elif area not in deadlines or area not in sources:
            told = f"An obligation needs both {column} and {LEGAL_SOURCE.prefix}{area}."
            findings.append(Finding(row.row, column, "obligation_incomplete", told))
    named = [column for column in ("head_name", "head_title") if row.text(column)]
    if len(named) == 1 or (row.day("head_since") and not named):
        told = "A head needs both head_name and head_title."
        findings.append(Finding(row.row, "head_name", "head_incomplete", told))
    return findings


def _of_new(row: ImportRow, circumstances: Circumstances) -> list[Finding]:
    findings: list[Finding] = []
    valid_from = row.day("valid_from") or circumstances.valid_from
    ended_on = row.day("ended_on")
    if valid_from is not None and valid_from > circumstances.today:
        told = "valid_from lies ahead; a registration holds from today at the latest."
        findings.append(Finding(row.row, "valid_from", "valid_from_ahead", told))
    if ended_on is not None and ended_on < (valid_from or circumstances.today):
        told = "ended_on lies before valid_from; say from when on the name and seat are known."
        findings.append(Finding(row.row, "ended_on", "days_reversed", told))
    try:
        settle_type(*_type_in(row))
    except TypeContradictedError:
        told = "type and part_of_state do not go together."
        findings.append(Finding(row.row, "part_of_state", "type_contradicted", told))
    return findings


def _against_register(row: ImportRow, known: Known) -> list[Finding]:
    agency = known.agency
    held: dict[str, str | date | None] = {
        "name": agency.name,
        "city": agency.city,
        "valid_from": agency.valid_from,
        "ended_on": known.ended_on,
    }
    findings = [
        Finding(
            row.row,
            column,
            "differs_from_register",
            f"The register has another {column}; that changes by a life event with its day.",
        )
        for column, value in held.items()
        if row.values.get(column, value) != value and not (column == "city" and value is None)
    ]
    try:
        settle_type(*_type_in(row, agency))
    except TypeContradictedError:
        told = "type and part_of_state do not go together."
        findings.append(Finding(row.row, "part_of_state", "type_contradicted", told))
    return findings


def _type_in(row: ImportRow, agency: Agency | None = None) -> tuple[AgencyType | None, bool | None]:
    kind, part = row.values.get("type"), row.values.get("part_of_state")
    type_ = kind if isinstance(kind, AgencyType) else None
    part_of_state = part if isinstance(part, bool) else None
    if agency is not None and type_ is None:
        return agency.type, agency.part_of_state if part_of_state is None else part_of_state
    return type_, part_of_state


def _created(row: ImportRow, circumstances: Circumstances) -> Imported:
    type_, part_of_state = _type_in(row)
    draft = AgencyDraft(
        org_number=row.text("org_number") or "",
        name=row.text("name") or "",
        headcount=_headcount(row),
        type=type_,
        part_of_state=part_of_state,
        valid_from=row.day("valid_from") or circumstances.valid_from,
        city=row.text("city"),
        facts=_facts(row, Facts()),
        people=_people(row, People()),
        obligations=_obligations(row, ()),
    )
    agency = enrolled(draft, circumstances.today, circumstances.now)
    return Imported(row.row, Outcome.CREATED, agency, closes_on=row.day("ended_on"))


def _updated(row: ImportRow, agency: Agency) -> Imported:
    type_, part_of_state = settle_type(*_type_in(row, agency))
    facts = _facts(row, agency.facts)
    headcount = _headcount(row)
    if headcount is not None:
        facts = replace(facts, headcount_basis=HeadcountBasis.STATED)
    else:
        headcount, basis = settle_headcount(None, facts.years)
        if facts.years == agency.facts.years or basis is HeadcountBasis.UNKNOWN:
            headcount = agency.headcount
        else:
            facts = replace(facts, headcount_basis=basis)
    changes: dict[str, Any] = {
        "type": type_,
        "part_of_state": part_of_state,
        "headcount": headcount,
        "facts": facts,
        "people": _people(row, agency.people),
        "obligations": _obligations(row, agency.obligations),
    }
    if agency.city is None and row.text("city") is not None:
        changes |= {"city": row.text("city"), "registered_city": row.text("city")}
    changed = replace(agency, **changes)
    names = tuple(sorted(name for name in changes if changes[name] != getattr(agency, name)))
    if not names:
        return Imported(row.row, Outcome.UNCHANGED, agency)
    return Imported(row.row, Outcome.UPDATED, replace(changed, version=agency.version + 1), names)


def _headcount(row: ImportRow) -> int | None:
    value = row.values.get("headcount")
    return value if isinstance(value, int) else None


def _facts(row: ImportRow, held: Facts) -> Facts:
    stated: dict[str, Any] = {
        column: row.values[column] for column in FACT_COLUMNS if column in row.values
    }
    if isinstance(form := stated.get("leadership_form"), str):
        stated["leadership_form"] = LeadershipForm(form)
    return replace(held, years=_years(row, held.years), **stated)


def _years(row: ImportRow, held: tuple[YearFigures, ...]) -> tuple[YearFigures, ...]:
    years = {figures.year: figures for figures in held}

    def of(year: int) -> YearFigures:
        return years.get(year, YearFigures(year))

    for key, headcount in row.families.get(HEADCOUNT_OF_YEAR, {}).items():
        if isinstance(headcount, int):
            years[int(key)] = replace(of(int(key)), headcount=headcount)
    for key, full_time in row.families.get(FTE_OF_YEAR, {}).items():
        if isinstance(full_time, Decimal):
            years[int(key)] = replace(of(int(key)), full_time_equivalents=full_time)
    for key, volume in row.families.get(VOLUME_OF_YEAR, {}).items():
        unit, _, year = key.rpartition("_")
        if isinstance(volume, int):
            volumes = {**of(int(year)).volumes, unit: volume}
            years[int(year)] = replace(of(int(year)), volumes=volumes)
    return tuple(years[year] for year in sorted(years))


def _people(row: ImportRow, held: People) -> People:
    name, title = row.text("head_name"), row.text("head_title")
    if name is None or title is None:
        return held
    return replace(held, head=Head(name, title, row.day("head_since")))


def _obligations(row: ImportRow, held: tuple[Obligation, ...]) -> tuple[Obligation, ...]:
    obligations = {item.service_area: item for item in held}
    sources = row.families.get(LEGAL_SOURCE, {})
    for area, deadline in row.families.get(DEADLINE, {}).items():
        source = sources.get(area)
        if isinstance(deadline, date) and isinstance(source, str):
            obligations[area] = Obligation(area, deadline, source)
    return tuple(obligations[area] for area in sorted(obligations))
