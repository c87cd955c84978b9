"""Use case: bring in a file of agencies, whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from services.chassis.problems import Problem, ProblemType
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import LifeEventKind
from services.onboarding.agencies import life_event_repository, repository
from services.onboarding.agencies.history import in_force
from services.onboarding.agencies.import_file import (
    FileFault,
    FileRefusedError,
    Finding,
    ImportFile,
    read,
)
from services.onboarding.agencies.import_rows import (
    Circumstances,
    Imported,
    Known,
    Outcome,
    understand,
)
from services.onboarding.agencies.life_event_service import record_end
from services.onboarding.agencies.problems import (
    IMPORT_COLUMNS_WRONG,
    IMPORT_EMPTY,
    IMPORT_NOT_CSV,
    IMPORT_NOT_UTF8,
    IMPORT_ROWS_WRONG,
    IMPORT_TOO_MANY_ROWS,
    VALID_FROM_AHEAD,
)
from services.onboarding.agencies.service import enrol, rewrite_history, stockholm_day, who
from services.onboarding.cases.service import changed_meanwhile
from services.onboarding.catalogue.service import catalogue_in_force

_FAULTS: dict[FileFault, ProblemType] = {
    FileFault.EMPTY: IMPORT_EMPTY,
    FileFault.NOT_UTF8: IMPORT_NOT_UTF8,
    FileFault.NOT_CSV: IMPORT_NOT_CSV,
    FileFault.TOO_MANY_ROWS: IMPORT_TOO_MANY_ROWS,
}
_SHOWN_FINDINGS = 500


@dataclass(frozen=True)
class Report:
    """What a file did, or would do: each row's outcome, in the order of the file."""

    dry_run: bool
    columns: tuple[str, ...]
    imported: tuple[Imported, ...]

    def count(self, outcome: Outcome) -> int:
        """How many rows had that outcome."""
        return Counter(row.outcome for row in self.imported)[outcome]


async def import_file(
    uow: UnitOfWork, content: bytes, *, dry_run: bool, valid_from: date | None = None
) -> Report:
    """Bring in a file of agencies: new ones are registered, known ones brought up to date.

    Args:
        content: the file, see ``import_file``.
        dry_run: only say what it would do.
        valid_from: from when on the rows are known to hold, where they name no day
            themselves; the day of the import when left out.

    Raises:
        Problem: ``import_empty``, ``import_not_utf8``, ``import_not_csv``,
            ``import_too_many_rows``; ``import_columns_wrong`` and ``import_rows_wrong``,
            each with a report by row and column; ``valid_from_ahead``;
            ``changed_meanwhile``. Nothing is imported then.
    """
    today = stockholm_day(uow.now)
    if valid_from is not None and valid_from > today:
        raise Problem(VALID_FROM_AHEAD, f"{valid_from} lies ahead; name today at the latest.")
    file = _read(content)
    circumstances = Circumstances(today, uow.now, _areas(today), valid_from)
    imported = await _understood(uow, file, circumstances)
    if not dry_run:
        await _keep(uow, imported)
    return Report(dry_run, file.columns, imported)


def _read(content: bytes) -> ImportFile:
    try:
        file = read(content)
    except FileRefusedError as refused:
        raise Problem(_FAULTS[refused.fault], f"{refused.told} Nothing was imported.") from refused
    if file.column_findings:
        raise _refusal(
            IMPORT_COLUMNS_WRONG,
            "The file's columns are not as they must be, so nothing was imported.",
            file.column_findings,
        )
    return file


async def _understood(
    uow: UnitOfWork, file: ImportFile, circumstances: Circumstances
) -> tuple[Imported, ...]:
    numbers = [row.text("org_number") or "" for row in file.rows]
    known = await _known(uow, numbers)
    imported: list[Imported] = []
    findings: list[Finding] = list(file.row_findings)
    for row in file.rows:
        found = understand(row, known.get(row.text("org_number") or ""), circumstances)
        if isinstance(found, Imported):
            imported.append(found)
        else:
            findings.extend(found)
    if findings:
        findings.sort(key=lambda finding: finding.row)
        wrong = len({finding.row for finding in findings})
        raise _refusal(
            IMPORT_ROWS_WRONG,
            f"{wrong} rows cannot be imported, so none was. Correct what the report names and"
            " send the file again.",
            findings,
        )
    return tuple(imported)


async def _known(uow: UnitOfWork, org_numbers: Sequence[str]) -> Mapping[str, Known]:
    agencies = await repository.lock(uow.session, org_numbers)
    ended = [number for number, agency in agencies.items() if not agency.is_active]
    days: dict[str, date] = {}
    for number, events in (await life_event_repository.events_of(uow.session, ended)).items():
        for event in in_force(events):
            if event.kind is LifeEventKind.CLOSED:
                days[number] = event.effective_on
    return {number: Known(agency, days.get(number)) for number, agency in agencies.items()}


async def _keep(uow: UnitOfWork, imported: Sequence[Imported]) -> None:
    created = [row for row in imported if row.outcome is Outcome.CREATED]
    try:
        async with uow.session.begin_nested():
            await enrol(uow, [row.agency for row in created])
    except IntegrityError as error:
        raise changed_meanwhile("register of agencies") from error
    for row in created:
        if row.closes_on is not None:
            await record_end(uow, row.agency, row.closes_on)
    for row in imported:
        if row.outcome is Outcome.UPDATED:
            await repository.save(uow.session, row.agency, uow.now, who(uow))
            if "registered_city" in row.changed:
                await rewrite_history(uow, row.agency)


def _areas(today: date) -> frozenset[str]:
    return frozenset(service.service_area for service in catalogue_in_force(today).services)


def _refusal(type_: ProblemType, told: str, findings: Sequence[Finding]) -> Problem:
    return Problem(
        type_,
        told,
        findings=len(findings),
        report=[
            {
                "row": finding.row,
                "column": finding.column,
                "code": finding.code,
                "message": finding.told,
            }
            for finding in findings[:_SHOWN_FINDINGS]
        ],
    )
