"""Whether a file is what it says it is, and may be called what it is called."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.documents.content import (
    CSV,
    DOCX,
    EXTENSIONS,
    JPEG,
    PDF,
    PLAIN,
    PNG,
    XLSX,
    EmptyFileError,
    HasMacrosError,
    NameUnusableError,
    NotWhatItSaysError,
    ProtectedError,
    check_content,
    check_name,
)

A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
A_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
A_JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 30 + b"\xff\xd9"
WORD = (
    b'<Override ContentType="application/vnd.openxmlformats-officedocument'
    b'.wordprocessingml.document.main+xml"/>'
)
PLAIN_WORD = {"[Content_Types].xml": WORD, "word/document.xml": b"<w/>"}


def archive(members: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return kept.getvalue()


def workbook() -> bytes:
    kept = io.BytesIO()
    openpyxl.Workbook().save(kept)
    return kept.getvalue()


def encrypted(content: bytes) -> bytes:
    """The same zip file with every member marked as encrypted."""
    marked = bytearray(content)
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = marked.find(start)
        while place >= 0:
            marked[place + offset] |= 1
            place = marked.find(start, place + 4)
    return bytes(marked)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (PDF, A_PDF),
        (PNG, A_PNG),
        (JPEG, A_JPEG),
        (XLSX, workbook()),
        (DOCX, archive(PLAIN_WORD)),
        (CSV, "aktivitet;läge\nattest;på papper\n".encode()),
        (CSV, b"\xef\xbb\xbfrubrik\n"),
        (PLAIN, "Protokoll från mötet.\n".encode()),
    ],
)
def test_a_file_that_is_what_it_says(media_type: str, content: bytes) -> None:
    check_content(content, media_type)
    for other in EXTENSIONS:
        if {media_type, other} <= {CSV, PLAIN} or other == media_type:
            continue
        if other in {CSV, PLAIN} and media_type == PDF:
            continue  # a PDF of letters alone is text as well
        with pytest.raises((NotWhatItSaysError, ProtectedError)):
            check_content(content, other)


@pytest.mark.parametrize("media_type", EXTENSIONS)
@pytest.mark.parametrize("content", [b"", b" \r\n\t "])
def test_an_empty_file(media_type: str, content: bytes) -> None:
    with pytest.raises(EmptyFileError):
        check_content(content, media_type)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (PDF, A_PDF.replace(b"<</Root 1 0 R>>", b"<</Root 1 0 R/Encrypt 2 0 R>>")),
        (PDF, A_PDF.replace(b"<</Root 1 0 R>>", b"<</Encrypt <</V 4>>>>")),
        (DOCX, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        (XLSX, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        (DOCX, encrypted(archive(PLAIN_WORD))),
    ],
)
def test_an_encrypted_file(media_type: str, content: bytes) -> None:
    with pytest.raises(ProtectedError):
        check_content(content, media_type)


@pytest.mark.parametrize(
    "members",
    [
        {**PLAIN_WORD, "word/vbaProject.bin": b"x"},
        {**PLAIN_WORD, "[Content_Types].xml": WORD + b"application/x.macroEnabled.main+xml"},
    ],
)
def test_a_document_with_macros(members: dict[str, bytes]) -> None:
    with pytest.raises(HasMacrosError):
        check_content(archive(members), DOCX)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (PDF, A_PDF[:-7]),
        (PDF, b"%PDF-1.7\nhej\n%%EOF\n"),
        (PNG, A_PNG[:-12]),
        (JPEG, A_JPEG[:-2]),
        (DOCX, archive(PLAIN_WORD)[:-30]),
        (DOCX, archive({"word/document.xml": b"<w/>"})),
        (DOCX, archive({**PLAIN_WORD, "../../etc/passwd": b"x"})),
        (DOCX, archive({**PLAIN_WORD, "/etc/passwd": b"x"})),
        (DOCX, archive({**PLAIN_WORD, **{f"word/{number}": b"" for number in range(5_000)}})),
        (XLSX, archive(PLAIN_WORD)),
        (DOCX, b"PK\x03\x04 not a zip file after all"),
        (CSV, "åäö".encode("latin-1")),
        (PLAIN, b"text\x00text"),
        (PLAIN, b"text\x1b[2J"),
    ],
)
def test_a_file_that_is_not_what_it_says(media_type: str, content: bytes) -> None:
    with pytest.raises(NotWhatItSaysError):
        check_content(content, media_type)


def test_a_zip_file_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.onboarding.documents.content.MOST_UNPACKED_BYTES", 1_000)
    check_content(archive({**PLAIN_WORD, "word/media.bin": bytes(500)}), DOCX)
    with pytest.raises(NotWhatItSaysError):
        check_content(archive({**PLAIN_WORD, "word/media.bin": bytes(2_000)}), DOCX)


@given(st.sampled_from(sorted(EXTENSIONS)), st.binary(max_size=300), st.booleans())
def test_any_bytes_give_a_verdict(media_type: str, content: bytes, zipped: bool) -> None:
    known = {PDF: A_PDF, DOCX: archive(PLAIN_WORD), XLSX: b"PK\x03\x04"}.get(media_type, b"")
    with suppress(EmptyFileError, NotWhatItSaysError, ProtectedError, HasMacrosError):
        check_content(known[: len(known) // 2] + content if zipped else content, media_type)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("Protokoll 2025-04-10.pdf", PDF),
        ("Bild.JPEG", JPEG),
        ("gap-analys.v2.xlsx", XLSX),
        ("Överenskommelse (utkast).docx", DOCX),
    ],
)
def test_usable_names(name: str, media_type: str) -> None:
    check_name(name, media_type)


@pytest.mark.parametrize(
    "name",
    [
        "../protokoll.pdf",
        "..\\protokoll.pdf",
        "C:protokoll.pdf",
        ".pdf",
        " protokoll.pdf",
        "protokoll.pdf ",
        "protokoll",
        "protokoll.exe",
        "protokoll.pdf.exe",
        "con.pdf",
        "protokoll\u202efdp.pdf",
        "å" * 130 + ".pdf",
    ],
)
def test_unusable_names(name: str) -> None:
    with pytest.raises(NameUnusableError):
        check_name(name, PDF)
