"""Onboarding's tables, a module per capability.

Rows are read and written by the repositories only.
"""

from services.onboarding.tables.agencies import AgencyRow
from services.onboarding.tables.agreements import AgreementSignatureRow, AgreementVersionRow
from services.onboarding.tables.base import Base
from services.onboarding.tables.cases import CaseRow, CaseServiceRow, TimelineRow
from services.onboarding.tables.gap_analysis import ComparisonRow
from services.onboarding.tables.implementation import GoDecisionRow, ReadinessRow, ReconciliationRow
from services.onboarding.tables.letter_of_intent import (
    BaselineRow,
    FeeIndicationRow,
    LetterSignatureRow,
    StaffingRow,
    TimePlanRow,
)
from services.onboarding.tables.stabilisation import ClosedPeriodRow, MatterRow

__all__ = [
    "AgencyRow",
    "AgreementSignatureRow",
    "AgreementVersionRow",
    "Base",
    "BaselineRow",
    "CaseRow",
    "CaseServiceRow",
    "ClosedPeriodRow",
    "ComparisonRow",
    "FeeIndicationRow",
    "GoDecisionRow",
    "LetterSignatureRow",
    "MatterRow",
    "ReadinessRow",
    "ReconciliationRow",
    "StaffingRow",
    "TimePlanRow",
    "TimelineRow",
]
