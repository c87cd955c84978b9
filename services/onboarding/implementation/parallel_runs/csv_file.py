"""Reading the lines of a parallel run from a file, as payroll systems export them.

UTF-8, a heading row, semicolon or comma between the columns, sums in kronor with a comma or
a full stop before at most two decimals. Nothing is taken in unless every row can be read.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from services.onboarding.implementation.parallel_runs.domain import ReportedLine

COLUMNS = (
    "löneart",
    "benämning",
    "antal gammalt",
    "antal nytt",
    "summa gammalt",
    "summa nytt",
)
MAX_ROWS = 2_000
KIND_PATTERN = r"^[0-9A-Za-zÅÄÖåäö._-]{1,20}$"

_LARGEST_COUNT, _LARGEST_SUM_ORE = 10**9, 10**15
_KRONOR = re.compile(r"([-\u2212]?)([0-9]{1,13})(?:[.,]([0-9]{1,2}))?")
_SPACES = re.compile(r"[\s\u00a0\u202f]")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a file; ``row`` counts from the heading row, which is 1."""

    row: int
    column: str
    problem: str


class FileRefusedError(Exception):
    """A file with faults; nothing of it may be used."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def read_lines(content: bytes) -> tuple[ReportedLine, ...]:
    """The lines of a run.

    Raises:
        FileRefusedError: with every fault found.
    """
    rows = _rows(content)
    places = _places(rows[0])
    faults: list[Fault] = []
    lines: list[ReportedLine] = []
    first_row_of: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        line = _line(number, row, places, faults)
        if line.kind in first_row_of:
            earlier = first_row_of[line.kind]
            faults.append(Fault(number, COLUMNS[0], f"{line.kind} is in row {earlier} too"))
        elif line.kind:
            first_row_of[line.kind] = number
        lines.append(line)
    if not lines:
        faults.append(Fault(1, "", "there are no rows below the heading"))
    if len(lines) > MAX_ROWS:
        faults.append(Fault(MAX_ROWS + 2, "", f"more than {MAX_ROWS} rows"))
    if faults:
        raise FileRefusedError(tuple(faults[:200]))
    return tuple(lines)


def _rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefusedError((Fault(1, "", "the file is not UTF-8 text"),)) from error
    heading = text.partition("\n")[0]
    try:
        rows = list(
            csv.reader(
                io.StringIO(text, newline=""),
                delimiter=";" if ";" in heading else ",",
                strict=True,
            )
        )
    except csv.Error as error:
        raise FileRefusedError((Fault(1, "", f"the file is no CSV: {error}"),)) from error
    if not rows:
        raise FileRefusedError((Fault(1, "", "the file is empty"),))
    return rows


def _places(heading: list[str]) -> dict[str, int]:
    named = [cell.strip().lower() for cell in heading]
    faults = [Fault(1, name, "the column is missing") for name in COLUMNS if name not in named]
    faults += [
        Fault(1, name[:40], "there is no such column, or it is there twice")
        for index, name in enumerate(named)
        if name not in COLUMNS or name in named[:index]
    ]
    if faults:
        raise FileRefusedError(tuple(faults[:200]))
    return {name: named.index(name) for name in COLUMNS}


def _line(number: int, row: list[str], places: dict[str, int], faults: list[Fault]) -> ReportedLine:
    cells = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
    if len(row) > len(places):
        faults.append(Fault(number, "", f"{len(row)} cells where there are {len(places)} columns"))
    if not re.fullmatch(KIND_PATTERN, cells["löneart"]):
        faults.append(Fault(number, "löneart", "write a code of 1 to 20 letters and digits"))
    name = cells["benämning"]
    if not 1 <= len(name) <= 200 or not name.isprintable():
        faults.append(Fault(number, "benämning", "write a name of 1 to 200 characters"))
    return ReportedLine(
        kind=cells["löneart"],
        name=name,
        old_count=_count(number, "antal gammalt", cells, faults),
        new_count=_count(number, "antal nytt", cells, faults),
        old_sum_ore=_ore(number, "summa gammalt", cells, faults),
        new_sum_ore=_ore(number, "summa nytt", cells, faults),
    )


def _count(number: int, column: str, cells: dict[str, str], faults: list[Fault]) -> int:
    digits = _SPACES.sub("", cells[column])
    if not re.fullmatch("[0-9]{1,10}", digits) or int(digits) > _LARGEST_COUNT:
        faults.append(Fault(number, column, "write a whole number, nought or more"))
        return 0
    return int(digits)


def _ore(number: int, column: str, cells: dict[str, str], faults: list[Fault]) -> int:
    match = _KRONOR.fullmatch(_SPACES.sub("", cells[column]))
    if match is None:
        faults.append(Fault(number, column, "write kronor with at most two decimals"))
        return 0
    sign, kronor, rest = match.groups()
    ore = int(kronor) * 100 + int((rest or "").ljust(2, "0"))
    if ore > _LARGEST_SUM_ORE:
        faults.append(Fault(number, column, "the sum is too large"))
        return 0
    return -ore if sign else ore
