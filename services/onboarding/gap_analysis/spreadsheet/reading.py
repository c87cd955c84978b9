"""A spreadsheet as it was sent, read with care into rows of text.

Nothing in the file is trusted: it may be another kind of file, unpack without end, carry
a program, refer to things outside of it or claim a million rows. Formulas are not followed;
a cell that holds one says so.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import InputSource

import defusedxml.expatreader
from defusedxml import DefusedXmlException

from services.onboarding.documents.content import CSV, XLSX, NotWhatItSaysError, check_content
from services.onboarding.gap_analysis.spreadsheet.columns import NO, SHEET, YES

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED_BYTES = 16 * 1024 * 1024
MOST_ROWS = 1_000
MOST_COLUMNS = 60
_DELIMITERS = (";", "\t", ",")


class ExpandsTooFarError(ValueError):
    """The file unpacks to more than is read."""


class TooLongError(ValueError):
    """The file has more rows than are read."""


@dataclass(frozen=True)
class Cell:
    """What is written in a cell, without blanks around it; or that it is a formula."""

    text: str = ""
    is_formula: bool = False


@dataclass(frozen=True)
class Row:
    """A row with its number as a spreadsheet program shows it."""

    number: int
    cells: tuple[Cell, ...]


def read_rows(media_type: str, content: bytes) -> tuple[Row, ...]:
    """The rows of a file, from its first one; those that are wholly blank are left out.

    Args:
        media_type: of a workbook or of comma-separated values.
        content: the file.

    Raises:
        EmptyFileError, NotWhatItSaysError, ProtectedError, HasMacrosError: see
            ``documents.content``.
        ExpandsTooFarError, TooLongError: see there.
    """
    rows = _workbook(content) if media_type == XLSX else _values(content)
    read = tuple(islice(rows, MOST_ROWS + 1))
    if len(read) > MOST_ROWS:
        raise TooLongError
    return tuple(row for row in read if any(cell.text or cell.is_formula for cell in row.cells))


def _workbook(content: bytes) -> Iterator[Row]:
    import openpyxl  # takes a second and 40 MB, which a start can do without

    check_content(content, XLSX)
    _require_harmless(content)
    try:
        with warnings.catch_warnings():
            # What a workbook has beside its cells (extensions, styles) is no concern of ours.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=False, keep_links=False
            )
            names = book.sheetnames
            sheet = book[SHEET if SHEET in names else names[0]]
            # How large it is, the file says itself; rows beyond that are there all the same.
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
                yield Row(number, tuple(_cell(cell) for cell in cells))
    except Exception as error:
        # The library that reads workbooks answers a malformed one with whatever breaks first.
        raise NotWhatItSaysError("the workbook cannot be read") from error


def _require_harmless(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
                raise ExpandsTooFarError
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels")):
                    _require_plain_xml(archive.read(member))
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        if isinstance(error, ExpandsTooFarError | NotWhatItSaysError):
            raise
        raise NotWhatItSaysError("the workbook cannot be unpacked") from error


def _require_plain_xml(document: bytes) -> None:
    """Refuse XML that declares entities or a document type: no workbook needs either."""
    parser = defusedxml.expatreader.DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(ContentHandler())
    source = InputSource()
    source.setByteStream(io.BytesIO(document))
    try:
        parser.parse(source)
    except DefusedXmlException as error:
        raise NotWhatItSaysError("its XML declares entities or a document type") from error
    except Exception as error:
        # The parser's own error has no public base of its own.
        raise NotWhatItSaysError("its XML is not well-formed") from error


def _cell(cell: Any) -> Cell:
    if getattr(cell, "data_type", "n") == "f":
        return Cell(is_formula=True)
    return Cell(_text(cell.value))


def _text(value: object) -> str:
    """A cell's value as somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    # Beyond that, the digits of a float are not those that were typed.
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace("\r\n", "\n").strip()


def _values(content: bytes) -> Iterator[Row]:
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, values in enumerate(_bounded(reader), start=1):
            yield Row(number, tuple(Cell(_text(value)) for value in values))
    except csv.Error as error:
        raise NotWhatItSaysError(
            f"line {reader.line_num} is not comma-separated: {error}"
        ) from error


def _bounded(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    for values in reader:
        yield values[:MOST_COLUMNS]


def _decoded(content: bytes) -> str:
    """Text in UTF-8, or as older spreadsheet programs write Swedish (Windows-1252)."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(sign < " " and sign not in "\t\r\n" for sign in text):
            raise NotWhatItSaysError("it holds control characters, which text does not")
        return text
    raise NotWhatItSaysError("it is neither UTF-8 nor Windows-1252")


def _delimiter(text: str) -> str:
    """What separates the values: the sign that the file's first lines hold most of."""
    head = "\n".join(text.splitlines()[:10])
    return max(_DELIMITERS, key=head.count)


ACCEPTED = (XLSX, CSV)
"""The media types that are read."""
