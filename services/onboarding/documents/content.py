"""Whether a file is what it says it is: its first bytes, its structure, its name.

Pure: bytes in, a verdict out. Office documents are zip files whose directory is read; of
their members only the short one that lists content types is unpacked, up to a limit.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_WORD_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_SHEET_MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv"
PLAIN = "text/plain"

EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    XLSX: (".xlsx",),
    DOCX: (".docx",),
    CSV: (".csv",),
    PLAIN: (".txt",),
}
"""What a file of each accepted media type may be called at its end."""

LONGEST_NAME_BYTES = 255
"""What common file systems take, in UTF-8."""

MOST_MEMBERS = 5_000
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
_MOST_CONTENT_TYPES_BYTES = 1024 * 1024

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPT_ENTRY = re.compile(rb"/Encrypt(?:\s+\d+\s+\d+\s+R|\s*<<)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_RESERVED_NAMES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)


class NameUnusableError(ValueError):
    """A file name that some system cannot keep, or that hides what it is."""


class EmptyFileError(ValueError):
    """Nothing is in the file."""


class NotWhatItSaysError(ValueError):
    """The content does not fit the media type."""


class ProtectedError(ValueError):
    """The content is encrypted: nobody could read the evidence later."""


class HasMacrosError(ValueError):
    """The content carries a program."""


def check_name(name: str, media_type: str) -> None:
    """Refuse a name that is no plain file name fitting its media type.

    Raises:
        NameUnusableError: says in a sentence what is wrong.
    """
    if any(sign in name for sign in '/\\<>:"|?*'):
        raise NameUnusableError('it must not contain any of / \\ < > : " | ? *')
    if any(unicodedata.category(sign).startswith("C") for sign in name):
        raise NameUnusableError("it contains signs that cannot be seen")
    if name != name.strip() or name.startswith(".") or name.endswith("."):
        raise NameUnusableError("it must not begin or end with a space or a full stop")
    if len(name.encode()) > LONGEST_NAME_BYTES:
        raise NameUnusableError(f"it is longer than {LONGEST_NAME_BYTES} bytes")
    stem, dot, _ = name.rpartition(".")
    if stem.partition(".")[0].lower() in _RESERVED_NAMES:
        raise NameUnusableError("some systems keep that name for themselves")
    allowed = EXTENSIONS[media_type]
    if not dot or not name.lower().endswith(allowed):
        raise NameUnusableError(f"a file of type {media_type} ends in {' or '.join(allowed)}")


def check_content(content: bytes, media_type: str) -> None:
    """Refuse content that is not of its media type, or that is unfit as evidence.

    Raises:
        EmptyFileError, NotWhatItSaysError, ProtectedError, HasMacrosError: each says in a
            sentence what is wrong.
    """
    if not content.strip():
        raise EmptyFileError
    _CHECKS[media_type](content)


def _check_pdf(content: bytes) -> None:
    if not content.startswith(b"%PDF-"):
        raise NotWhatItSaysError("a PDF begins with %PDF-")
    if b"%%EOF" not in content[-2048:]:
        raise NotWhatItSaysError("the end of the PDF is missing")
    if b"startxref" not in content[-2048:] or b" obj" not in content:
        raise NotWhatItSaysError("it begins and ends as a PDF, and holds none")
    if _ENCRYPT_ENTRY.search(content):
        raise ProtectedError


def _check_png(content: bytes) -> None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR":
        raise NotWhatItSaysError("a PNG image begins with its signature")
    if b"IEND" not in content[-64:]:
        raise NotWhatItSaysError("the end of the image is missing")


def _check_jpeg(content: bytes) -> None:
    if not content.startswith(b"\xff\xd8\xff"):
        raise NotWhatItSaysError("a JPEG image begins with its signature")
    if b"\xff\xd9" not in content[-4096:]:
        raise NotWhatItSaysError("the end of the image is missing")


def _check_text(content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotWhatItSaysError(
            f"byte {error.start + 1} is not UTF-8; save the file as UTF-8"
        ) from error
    found = _CONTROL.search(text)
    if found:
        raise NotWhatItSaysError(f"character {found.start() + 1} is a control character")


@dataclass(frozen=True)
class _Office:
    """What tells one kind of office document from another."""

    name: str
    folder: str
    main_type: bytes

    def check(self, content: bytes) -> None:
        """Refuse whatever is not a plain document of this kind."""
        if content.startswith(_COMPOUND_FILE):
            # Both a password and the formats before 2007 put the document in this container.
            raise ProtectedError
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                self._check_archive(archive)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise NotWhatItSaysError(f"{self.name} is a zip file; this one is broken") from error

    def _check_archive(self, archive: zipfile.ZipFile) -> None:
        members = archive.infolist()
        names = [member.filename for member in members]
        if any(member.flag_bits & 0x1 for member in members):
            raise ProtectedError
        if len(members) > MOST_MEMBERS or len(set(names)) != len(names):
            raise NotWhatItSaysError("the zip file has too many members, or one twice")
        if sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
            raise NotWhatItSaysError("it unpacks to far more than a document holds")
        if any(name.startswith("/") or ".." in name.split("/") for name in names):
            raise NotWhatItSaysError("a member of the zip file lies outside of it")
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise HasMacrosError
        folder = any(name.startswith(self.folder) for name in names)
        if "[Content_Types].xml" not in names or not folder:
            raise NotWhatItSaysError(f"the zip file is not {self.name}")
        with archive.open("[Content_Types].xml") as file:
            types = file.read(_MOST_CONTENT_TYPES_BYTES)
        if b"macroEnabled" in types:
            raise HasMacrosError
        if self.main_type not in types:
            raise NotWhatItSaysError(f"the zip file is not {self.name}")


_CHECKS: Mapping[str, Callable[[bytes], None]] = {
    PDF: _check_pdf,
    PNG: _check_png,
    JPEG: _check_jpeg,
    XLSX: _Office("a workbook", "xl/", _SHEET_MAIN).check,
    DOCX: _Office("a text document", "word/", _WORD_MAIN).check,
    CSV: _check_text,
    PLAIN: _check_text,
}
