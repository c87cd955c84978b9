"""What can be wrong with a row, with a stable code and a sentence in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.onboarding.gap_analysis.spreadsheet.columns import Column


class FaultKind(StrEnum):
    """A kind of fault; where a rule of the gap analysis has a code, the same one."""

    FORMULA = "formula_in_cell"
    ANOTHER_CASE = "another_case"
    ACTIVITY_UNKNOWN = "activity_unknown"
    ACTIVITY_TWICE = "activity_twice"
    TEXT_MISSING = "text_missing"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_NOT_ALLOWED = "text_not_allowed"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_ONE_OF = "not_one_of"
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_A_DAY = "not_a_day"
    GAP_NOT_DESCRIBED = "gap_not_described"
    DECISION_MISSING = "decision_missing"
    NO_GAP_TO_DECIDE = "no_gap_to_decide"
    MANDATE_MISSING = "mandate_missing"
    UNTIL_REQUIRED = "until_required"
    UNTIL_NOT_AN_EXCEPTION = "until_not_an_exception"
    CHANGED_MEANWHILE = "changed_meanwhile"


_SENTENCES: Mapping[FaultKind, tuple[str, str]] = {
    FaultKind.FORMULA: (
        "The cell holds a formula; write the text itself.",
        "Cellen innehåller en formel. Skriv själva texten.",
    ),
    FaultKind.ANOTHER_CASE: (
        "The row belongs to another case.",
        "Raden hör till ett annat ärende.",
    ),
    FaultKind.ACTIVITY_UNKNOWN: (
        "{0} is no activity of this case; export the file anew.",
        "{0} finns inte i ärendet. Hämta en ny fil.",
    ),
    FaultKind.ACTIVITY_TWICE: (
        "The activity stands in row {0} already.",
        "Aktiviteten finns redan på rad {0}.",
    ),
    FaultKind.TEXT_MISSING: ("Something has to be written here.", "Här behövs en text."),
    FaultKind.TEXT_TOO_LONG: (
        "At most {0} characters.",
        "Högst {0} tecken.",
    ),
    FaultKind.TEXT_NOT_ALLOWED: (
        "The text holds line breaks or signs that are not allowed here.",
        "Texten innehåller radbrytningar eller tecken som inte får finnas här.",
    ),
    FaultKind.NOT_YES_OR_NO: ("Write Ja or Nej.", "Skriv Ja eller Nej."),
    FaultKind.NOT_ONE_OF: ("Choose one of: {0}.", "Välj något av: {0}."),
    FaultKind.NOT_A_WHOLE_NUMBER: (
        "Write a whole number from 0 to {0}.",
        "Skriv ett heltal från 0 till {0}.",
    ),
    FaultKind.NOT_AN_AMOUNT: (
        "Write an amount in kronor with two decimals at the most.",
        "Skriv ett belopp i kronor med högst två decimaler.",
    ),
    FaultKind.NOT_A_DAY: ("Write a day as YYYY-MM-DD.", "Skriv en dag som ÅÅÅÅ-MM-DD."),
    FaultKind.GAP_NOT_DESCRIBED: (
        "A gap needs its kind and its size.",
        "Ett gap behöver både typ och storlek.",
    ),
    FaultKind.DECISION_MISSING: (
        "{0} is filled in, so say what was decided.",
        "{0} är ifyllt. Ange också vad som är beslutat.",
    ),
    FaultKind.NO_GAP_TO_DECIDE: (
        "There is no gap, so nothing is decided.",
        "Det finns inget gap, alltså inget att besluta.",
    ),
    FaultKind.MANDATE_MISSING: (
        "Say who decided and with what mandate.",
        "Ange vem som har beslutat och med vilket mandat.",
    ),
    FaultKind.UNTIL_REQUIRED: (
        "An exception needs an end date ahead.",
        "Ett undantag behöver ett slutdatum längre fram.",
    ),
    FaultKind.UNTIL_NOT_AN_EXCEPTION: (
        "Only an exception has an end date.",
        "Bara ett undantag har ett slutdatum.",
    ),
    FaultKind.CHANGED_MEANWHILE: (
        "Somebody changed the row meanwhile: the file has version {0}, it is now {1}.",
        "Någon har ändrat raden under tiden: filen har version {0}, nu gäller {1}.",
    ),
}


@dataclass(frozen=True)
class Fault:
    """Something wrong in a cell: row as the spreadsheet counts, column by its heading."""

    row: int
    column: str
    code: str
    text: str
    text_sv: str

    @classmethod
    def of(cls, row: int, column: Column, kind: FaultKind, *about: object) -> Fault:
        """A fault of a kind; ``about`` goes into its sentences."""
        text, text_sv = _SENTENCES[kind]
        return cls(row, column.value, kind.value, text.format(*about), text_sv.format(*about))
