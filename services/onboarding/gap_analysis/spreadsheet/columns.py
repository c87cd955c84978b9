"""The columns of a gap analysis as a spreadsheet, and the words in them (Swedish)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.onboarding.gap_analysis.domain import GapKind, GapSize, Resolution

SHEET = "Gapanalys"
GUIDE = "Så fyller du i"
YES, NO = "Ja", "Nej"


class Column(StrEnum):
    """The columns, in their order; the value is the heading."""

    CASE = "Ärende"
    SERVICE_NAME = "Tjänst"
    NAME = "Vad som görs"
    CUSTOMER_WORDS = "Med era ord"
    STANDARD = "Så gör standarden"
    ACCOUNTABLE = "Ansvarig enligt standarden"
    CUSTOMER_WAY = "Så gör ni i dag"
    GAP = "Gap"
    KIND = "Typ av gap"
    SIZE = "Storlek"
    DECISION = "Beslut"
    REASON = "Motivering"
    EFFORT = "Timmar"
    PRICE = "Pris (kr)"
    UNTIL = "Undantag till och med"
    DECIDED_BY = "Beslutat av"
    MANDATE = "Mandat"
    SERVICE = "Tjänstenyckel"
    ACTIVITY = "Aktivitetsnyckel"
    VERSION = "Version"


@dataclass(frozen=True)
class ColumnText:
    """What a column is for, and its width in characters."""

    explanation: str
    width: int


COLUMNS: Mapping[Column, ColumnText] = {
    Column.CASE: ColumnText("Ärendets id. Ändra inte.", 10),
    Column.SERVICE_NAME: ColumnText("Tjänsten som aktiviteten hör till.", 20),
    Column.NAME: ColumnText("Aktiviteten med servicecentrets ord.", 32),
    Column.CUSTOMER_WORDS: ColumnText("Samma sak så som en kund brukar säga den.", 32),
    Column.STANDARD: ColumnText("Vad standardleveransen innebär.", 46),
    Column.ACCOUNTABLE: ColumnText("Vem som svarar för aktiviteten.", 22),
    Column.CUSTOMER_WAY: ColumnText("Beskriv kort hur ni gör i dag. Fyll alltid i.", 46),
    Column.GAP: ColumnText("Skiljer det sig från standarden? Ja eller Nej.", 9),
    Column.KIND: ColumnText("Vad skillnaden ligger i. Fyll i när det finns ett gap.", 20),
    Column.SIZE: ColumnText("Hur stor skillnaden är. Fyll i när det finns ett gap.", 11),
    Column.DECISION: ColumnText(
        "Vad ni har kommit överens om. Lämna tomt tills det är beslutat.", 26
    ),
    Column.REASON: ColumnText("Varför. Fyll i när det finns ett beslut.", 34),
    Column.EFFORT: ColumnText("Arbetsinsats i hela timmar.", 10),
    Column.PRICE: ColumnText("Engångspris i kronor.", 13),
    Column.UNTIL: ColumnText("Sista dag, bara för undantag: ÅÅÅÅ-MM-DD.", 14),
    Column.DECIDED_BY: ColumnText("Den som har beslutat. Fyll i när det finns ett beslut.", 20),
    Column.MANDATE: ColumnText("Med vilket mandat, till exempel delegationsordningen.", 20),
    Column.SERVICE: ColumnText("Ändra inte.", 16),
    Column.ACTIVITY: ColumnText("Ändra inte.", 24),
    Column.VERSION: ColumnText("Ändra inte: visar om någon annan har ändrat raden.", 9),
}

REQUIRED = (
    Column.SERVICE,
    Column.ACTIVITY,
    Column.VERSION,
    Column.CUSTOMER_WAY,
    Column.GAP,
    Column.KIND,
    Column.SIZE,
)
"""Without these a file is no gap analysis. The columns of a decision may be left out whole."""

DECIDING = (
    Column.DECISION,
    Column.REASON,
    Column.EFFORT,
    Column.PRICE,
    Column.UNTIL,
    Column.DECIDED_BY,
    Column.MANDATE,
)

FILLED_IN = frozenset({Column.CUSTOMER_WAY, Column.GAP, Column.KIND, Column.SIZE, *DECIDING})
"""The columns that people write in; all others are locked."""

KINDS: Mapping[GapKind, str] = {
    GapKind.PROCESS: "Arbetssätt",
    GapKind.SYSTEM: "System",
    GapKind.DATA: "Uppgifter",
    GapKind.FORMS_OF_EMPLOYMENT: "Anställningsformer",
    GapKind.COLLECTIVE_AGREEMENT: "Kollektivavtal",
    GapKind.SECURITY: "Säkerhet",
    GapKind.OTHER: "Annat",
}
SIZES: Mapping[GapSize, str] = {
    GapSize.SMALL: "Liten",
    GapSize.MEDIUM: "Medel",
    GapSize.LARGE: "Stor",
}
RESOLUTIONS: Mapping[Resolution, str] = {
    Resolution.ADOPT_STANDARD: "Följa standarden",
    Resolution.CENTRE_ADAPTS: "Servicecentret anpassar",
    Resolution.EXCEPTION_UNTIL: "Undantag till ett datum",
    Resolution.STAYS_WITH_CUSTOMER: "Ligger kvar hos myndigheten",
    Resolution.OUT_OF_SCOPE: "Utanför omfattningen",
}
PARTIES: Mapping[str, str] = {"customer": "Myndigheten", "centre": "Servicecentret"}
