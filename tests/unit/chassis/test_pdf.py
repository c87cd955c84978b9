"""Documents as PDF: archivable, accessible, the same bytes, and text stays text."""

from __future__ import annotations

import io
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from services.chassis.pdf import SHOWN, PdfError, make_pdf, printable, set_document

MADE_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(font: "Libertinus Serif", lang: "sv", region: "SE")
= #data.title
#for each in data.texts [#each \\ #strong(each) \\ #emph(each) \\ ]
"""
HOSTILE = (
    '#panic("x")',
    "*fet* _kursiv_ $x^2$ `kod`",
    '#import "/etc/passwd": x',
    "<etikett> @referens \\ // kommentar /* slut */",
    '"); #sys.inputs',
    "= Rubrik",
)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "probe.typ"
    path.write_text(TEMPLATE, "utf-8")
    return path


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


async def test_it_is_archivable_tagged_and_knows_its_language(template: Path) -> None:
    made = read(await make_pdf(template, {"title": "Prov", "texts": ["åäö"]}, made_at=MADE_AT))
    root: Any = made.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "sv-SE"
    assert made.metadata is not None
    assert made.metadata.title == "Prov"
    assert made.metadata.creation_date == MADE_AT


def test_all_its_fonts_are_embedded_and_are_those_that_typst_carries(template: Path) -> None:
    made = read(set_document(template, {"title": "Prov", "texts": ["åäö"]}, MADE_AT))
    resources: Any = made.pages[0]["/Resources"]
    fonts = [font.get_object() for font in resources["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert "LibertinusSerif" in font["/BaseFont"]
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor


def test_the_same_input_gives_the_same_bytes(template: Path) -> None:
    data = {"title": "Prov", "texts": ["en", "två"]}
    first = set_document(template, data, MADE_AT)
    assert set_document(template, data, MADE_AT) == first
    assert set_document(template, {**data, "texts": ["en", "tre"]}, MADE_AT) != first


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_typed_is_text_and_nothing_else(template: Path, text: str) -> None:
    made = read(set_document(template, {"title": "Prov", "texts": [text]}, MADE_AT))
    shown = made.pages[0].extract_text().replace("\n", "").replace(" ", "")
    assert shown.count(text.replace(" ", "")) == 3


def test_every_sign_that_counts_as_shown_has_a_glyph_in_every_style(template: Path) -> None:
    signs = [chr(code) for block in SHOWN for code in block]
    shown = [sign for sign in signs if printable(sign) == sign]
    assert len(shown) > 2_000
    assert set_document(template, {"title": "Prov", "texts": shown}, MADE_AT)


@settings(max_examples=15)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_no_text_keeps_a_document_from_being_made(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.typ"
    path.write_text(TEMPLATE, "utf-8")
    assert set_document(path, {"title": "Prov", "texts": texts}, MADE_AT)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rad\r\nett\x85två\u2028tre\tfyra", "rad\nett\ntvå\ntre fyra"),
        ("A\u030akarp", "Åkarp"),
        ("faktura\u202efdp.exe", "faktura[U+202E]fdp.exe"),
        ("\u200b", "[U+200B]"),
        ("klart 😀", "klart [U+1F600]"),
        ("\x00", "[U+0000]"),
        ("av\u00adstavning", "av\u00adstavning"),
    ],
)
def test_a_sign_that_cannot_be_seen_appears_as_its_code_point(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_printable_text_stays_as_it_is(text: str) -> None:
    once = printable(text)
    assert printable(once) == once
    assert unicodedata.is_normalized("NFC", once)


async def test_a_faulty_template_is_our_fault(template: Path) -> None:
    with pytest.raises(PdfError, match=r"probe\.typ"):
        await make_pdf(template, {"title": "Prov"}, made_at=MADE_AT)
