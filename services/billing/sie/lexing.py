r"""Lines of SIE 4 as fields: blanks between, quotation marks around, objects in braces.

Within quotation marks ``\"`` is a quotation mark; any other backslash is itself, since the
format gives it no meaning.

SIE 4 knows one character set, PC8. Newer systems write UTF-8 or Windows-1252 and say PC8 all the
same; read as they say, cost centres with å, ä or ö would be other ones, and their cost would
come to another pool without a word. The letters tell the sets apart: in PC8 they are bytes that
UTF-8 begins no character with, and that Windows-1252 has no Swedish letter for.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from services.billing.sie.model import ENCODING, Objects

_BLANKS = " \t"
_LETTERS = "åäöÅÄÖé"
_END_OF_FILE = b"\x1a"
"""Systems of the eighties end their files with it."""
_PLAIN = re.compile(r'(?:"([^"\\]*)"|([^ \t"{}][^ \t"]*))(?=[ \t]|$)')
"""A field that needs no second look; character by character, large files would take long."""


@dataclass(frozen=True)
class FieldError(ValueError):
    """A line that is not made of fields: where (from 1) and why.

    ``is_open``: a quotation mark or brace is not closed, as in a file that was cut.
    """

    column: int
    why: str
    is_open: bool = False


class Field(NamedTuple):
    """A field of a line; ``objects`` are set where it was written in braces."""

    text: str
    column: int
    objects: Objects | None = None


def lines_of(content: bytes) -> tuple[list[str], str]:
    """The lines of a file without their breaks, and the character set that it is in.

    The last line is empty where the file ends with a line break, as it should.
    """
    end = len(content.rstrip(_END_OF_FILE + b"\r\n\t "))
    ended = content.find(_END_OF_FILE, end)
    whole = (content if ended < 0 else content[:ended]).removeprefix(codecs.BOM_UTF8)
    encoding = _encoding_of(whole)
    text = whole.decode(encoding, "replace")
    breaks = "\n" if "\n" in text else "\r"
    return [line.rstrip("\r") for line in text.split(breaks)], encoding


def _encoding_of(content: bytes) -> str:
    if content.isascii():
        return ENCODING
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        if _has_letters(content, "cp1252") and not _has_letters(content, ENCODING):
            return "cp1252"
        return ENCODING
    return "utf-8"


def _has_letters(content: bytes, encoding: str) -> bool:
    return any(letter.encode(encoding) in content for letter in _LETTERS)


def fields_of(line: str) -> list[Field]:
    """The fields of a line, without its line break.

    Raises:
        FieldError: the line is not made of fields.
    """
    found: list[Field] = []
    at = 0
    while (at := _past_blanks(line, at)) < len(line):
        plain = _PLAIN.match(line, at)
        if plain is not None:
            quoted, bare = plain.groups()
            field, at = Field(bare if quoted is None else quoted, at + 1), plain.end()
        elif line[at] == "{" and found:
            field, at = _objects(line, at)
        else:
            field, at = _text(line, at)
        found.append(field)
    return found


def _past_blanks(line: str, at: int) -> int:
    while at < len(line) and line[at] in _BLANKS:
        at += 1
    return at


def _text(line: str, begins: int, ends: str = "") -> tuple[Field, int]:
    if line[begins] == '"':
        return _quoted(line, begins, ends)
    at = begins
    while at < len(line) and line[at] not in _BLANKS and line[at] not in ends:
        if line[at] == '"':
            raise FieldError(at + 1, "a quotation mark stands within a field")
        at += 1
    return Field(line[begins:at], begins + 1), at


def _quoted(line: str, begins: int, ends: str) -> tuple[Field, int]:
    parts: list[str] = []
    at = begins + 1
    while at < len(line):
        if line.startswith('\\"', at):
            parts.append('"')
            at += 2
        elif line[at] == '"':
            after = at + 1
            if after < len(line) and line[after] not in _BLANKS and line[after] not in ends:
                raise FieldError(after + 1, "a field goes on behind its quotation mark")
            return Field("".join(parts), begins + 1), after
        else:
            parts.append(line[at])
            at += 1
    raise FieldError(begins + 1, "a quotation mark is not closed", is_open=True)


def _objects(line: str, begins: int) -> tuple[Field, int]:
    inside: list[Field] = []
    at = _past_blanks(line, begins + 1)
    while at < len(line) and line[at] != "}":
        field, at = _text(line, at, ends="}")
        inside.append(field)
        at = _past_blanks(line, at)
    if at >= len(line):
        raise FieldError(begins + 1, "a brace is not closed", is_open=True)
    if len(inside) % 2:
        raise FieldError(begins + 1, "objects are pairs of a dimension and an object")
    texts = [field.text for field in inside]
    pairs = tuple(zip(texts[::2], texts[1::2], strict=True))
    return Field("", begins + 1, pairs), at + 1


def checksum(lines: Iterable[Iterable[Field]], encoding: str = ENCODING) -> int:
    """The checksum of records, as ``#KSUMMA`` has it.

    CRC-32 over labels and contents of fields in the file's character set; blanks, braces,
    quotation marks around fields and line breaks do not count, so that another layout changes
    nothing.
    """
    value = 0
    for line in lines:
        text = "".join(_counted(line))
        value = zlib.crc32(text.encode(encoding, "replace"), value)
    return value


def _counted(line: Iterable[Field]) -> Iterator[str]:
    fields = list(line)
    if [field.text for field in fields] in (["{"], ["}"]):
        return
    for field in fields:
        if field.objects is None:
            yield field.text
        else:
            for pair in field.objects:
                yield from pair
