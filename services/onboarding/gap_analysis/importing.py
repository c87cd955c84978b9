"""Use cases of the gap analysis as a spreadsheet: export it, and import what was filled in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from services.chassis.app import Upload
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.service import Change, get, note, take, today
from services.onboarding.catalogue.service import catalogue
from services.onboarding.documents.content import (
    EmptyFileError,
    HasMacrosError,
    NotWhatItSaysError,
    ProtectedError,
)
from services.onboarding.documents.problems import (
    DOCUMENT_EMPTY,
    DOCUMENT_HAS_MACROS,
    DOCUMENT_NOT_WHAT_IT_SAYS,
    DOCUMENT_PROTECTED,
)
from services.onboarding.gap_analysis import repository
from services.onboarding.gap_analysis.domain import Comparison
from services.onboarding.gap_analysis.problems import (
    SPREADSHEET_COLUMNS_WRONG,
    SPREADSHEET_EXPANDS_TOO_FAR,
    SPREADSHEET_ROWS_WRONG,
    SPREADSHEET_TOO_LONG,
)
from services.onboarding.gap_analysis.service import keep
from services.onboarding.gap_analysis.spreadsheet.columns import Column
from services.onboarding.gap_analysis.spreadsheet.faults import Fault, FaultKind
from services.onboarding.gap_analysis.spreadsheet.reading import (
    MOST_ROWS,
    MOST_UNPACKED_BYTES,
    ExpandsTooFarError,
    Row,
    TooLongError,
    read_rows,
)
from services.onboarding.gap_analysis.spreadsheet.rows import (
    ColumnsWrongError,
    RowDraft,
    in_order,
    parse,
)
from services.onboarding.gap_analysis.state import (
    EndMissingError,
    NotAnExceptionError,
    activities_of,
    compared,
    decided,
    states_of,
)

MOST_FAULTS = 200
"""How many faults a refusal lists; it says how many there are in all."""


@dataclass(frozen=True)
class Imported:
    """What came of an import: rows that changed something, rows that said nothing new."""

    compared: int
    decided: int
    unchanged: int
    blank: int
    ignored_columns: tuple[str, ...]


async def export(uow: UnitOfWork, case_id: str) -> bytes:
    """The gap analysis of a case the actor may see, as a workbook.

    Raises:
        Problem: ``not_found``.
    """
    # Loads openpyxl, which takes a second and 40 MB that a start can do without.
    from services.onboarding.gap_analysis.spreadsheet.export import Sheet, workbook

    case = await get(uow, case_id)
    services = catalogue(case.catalogue_version)
    sheet = Sheet(
        case_id=case.id,
        customer_name=case.customer_name,
        service_names={key: services.service(key).name_sv for key in case.service_keys},
        states=states_of(case, await repository.of_case(uow.session, case_id)),
    )
    return await asyncio.to_thread(workbook, sheet)


async def import_file(uow: UnitOfWork, case_id: str, file: Upload) -> Imported:
    """Take in what was filled in: every row, or none when one of them is wrong.

    A row that says what is known already changes nothing, so the same file can be sent twice.

    Raises:
        Problem: ``not_found``, ``case_paused``, ``case_closed``, ``wrong_phase``,
            ``changed_meanwhile``, ``document_empty``, ``document_not_what_it_says``,
            ``document_protected``, ``document_has_macros``,
            ``spreadsheet_expands_too_far``, ``spreadsheet_too_long``,
            ``spreadsheet_columns_wrong``, ``spreadsheet_rows_wrong`` with a report by row and
            column.
    """
    change = await take(uow, case_id, Phase.GAP_ANALYSIS, if_match=False)
    rows = await _rows(file)
    try:
        parsed = parse(rows, case_id, activities_of(change.case).keys())
    except ColumnsWrongError as error:
        raise Problem(
            SPREADSHEET_COLUMNS_WRONG,
            "The file must have the headings of the exported one, each once; nothing was imported.",
            missing=list(error.missing),
            twice=list(error.twice),
        ) from error
    known = {item.ref: item for item in await repository.of_case(uow.session, case_id)}
    faults = list(parsed.faults)
    changed: list[tuple[Comparison | None, Comparison]] = []
    for draft in parsed.drafts:
        before = known.get(draft.ref)
        after = _applied(uow, draft, before, change, faults)
        if after is not before:
            changed.append((before, after))
    if faults:
        raise _rows_wrong(faults)
    for before, after in changed:
        await keep(uow, case_id, before, after)
    decisions = sum(
        after.decision is not None and after.decision != (before.decision if before else None)
        for before, after in changed
    )
    if changed:
        did = (
            f"imported a spreadsheet: {len(changed)} activities compared anew or decided,"
            f" {decisions} decisions among them."
        )
        await note(uow, change, "gap-analysis-imported", did)
    return Imported(
        compared=sum(not (b and b.says_the_same_as(a)) for b, a in changed),
        decided=decisions,
        unchanged=len(parsed.drafts) - len(changed),
        blank=parsed.blank,
        ignored_columns=parsed.ignored_columns,
    )


async def _rows(file: Upload) -> Sequence[Row]:
    try:
        return await asyncio.to_thread(read_rows, file.media_type, file.content)
    except EmptyFileError as error:
        raise Problem(DOCUMENT_EMPTY, "The file is empty; send the one you filled in.") from error
    except ProtectedError as error:
        raise Problem(
            DOCUMENT_PROTECTED, "The workbook has a password or is of a format before 2007."
        ) from error
    except HasMacrosError as error:
        raise Problem(
            DOCUMENT_HAS_MACROS, "The workbook carries macros; save it as .xlsx without them."
        ) from error
    except NotWhatItSaysError as error:
        raise Problem(
            DOCUMENT_NOT_WHAT_IT_SAYS, f"The file is not of type {file.media_type}: {error}."
        ) from error
    except ExpandsTooFarError as error:
        raise Problem(
            SPREADSHEET_EXPANDS_TOO_FAR,
            f"The workbook unpacks to more than {MOST_UNPACKED_BYTES} bytes; a gap analysis is"
            " far smaller.",
            max_bytes=MOST_UNPACKED_BYTES,
        ) from error
    except TooLongError as error:
        raise Problem(
            SPREADSHEET_TOO_LONG,
            f"At most {MOST_ROWS} rows are read; send the exported rows only.",
            max_rows=MOST_ROWS,
        ) from error


def _applied(
    uow: UnitOfWork,
    draft: RowDraft,
    before: Comparison | None,
    change: Change,
    faults: list[Fault],
) -> Comparison:
    """The comparison after a row, with a fault for what keeps it from being applied."""
    after = compared(before, draft.ref, draft.comparison, change.case.catalogue_version)
    if draft.decision is not None:
        try:
            after = decided(after, draft.decision, uow.now, today(uow), change.party)
        except EndMissingError:
            faults.append(Fault.of(draft.number, Column.UNTIL, FaultKind.UNTIL_REQUIRED))
        except NotAnExceptionError:
            faults.append(Fault.of(draft.number, Column.UNTIL, FaultKind.UNTIL_NOT_AN_EXCEPTION))
    current = before.version if before else 0
    if after is not before and draft.version != current:
        faults.append(
            Fault.of(
                draft.number, Column.VERSION, FaultKind.CHANGED_MEANWHILE, draft.version, current
            )
        )
    return after


def _rows_wrong(faults: Sequence[Fault]) -> Problem:
    listed = list(in_order(faults))
    rows = len({fault.row for fault in listed})
    return Problem(
        SPREADSHEET_ROWS_WRONG,
        f"{len(listed)} faults in {rows} rows; nothing was imported. Mend them and send the"
        " file again.",
        faults=[asdict(fault) for fault in listed[:MOST_FAULTS]],
        fault_count=len(listed),
    )
