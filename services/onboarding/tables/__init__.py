"""Onboarding's tables, a module per capability.

Rows are read and written by the repositories only.
"""

from services.onboarding.tables.agencies import (
    AgencyFactsRow,
    AgencyPeriodRow,
    AgencyRow,
    CasePassingRow,
    LifeEventRow,
    ObligationRow,
    SuccessorRow,
)
from services.onboarding.tables.agreements import (
    AgreementDeviationRow,
    AgreementNoticeRow,
    AgreementPartyRow,
    AgreementReminderRow,
    AgreementRow,
    AgreementServiceEndRow,
    AgreementSignatureRow,
    AgreementUrgencyRow,
    AgreementVersionRow,
    ClauseWordingRow,
    SigningDelegationRow,
)
from services.onboarding.tables.base import Base
from services.onboarding.tables.cases import (
    CaseRow,
    CaseServiceRow,
    TimelineRow,
)
from services.onboarding.tables.documents import DocumentRow
from services.onboarding.tables.gap_analysis import (
    ComparisonRow,
    GapDecisionRow,
    NegotiationEntryRow,
)
from services.onboarding.tables.gates import GateItemRow
from services.onboarding.tables.implementation import (
    CourseRow,
    GoDecisionRow,
    ParallelRunLineRow,
    ParallelRunRow,
    ReadinessRow,
    ReconciliationRow,
    RollBackRow,
    TrainingNeedRow,
)
from services.onboarding.tables.leaving import (
    ExitCommentRow,
    ExitCostRow,
    ExitDeliveryRow,
    ExitRow,
    ExitServiceRow,
    ExitTaskRow,
    ExitTaskStatementRow,
    ExitTimelineRow,
)
from services.onboarding.tables.letter_of_intent import (
    BaselineRow,
    FeeIndicationRow,
    LetterSignatureRow,
)
from services.onboarding.tables.pipeline import CapacityRow, PipelinePlanRow
from services.onboarding.tables.stabilisation import ClosedPeriodRow, MatterRow
from services.onboarding.tables.staffing import StaffMemberRow
from services.onboarding.tables.start_up_costs import StartUpCostRow
from services.onboarding.tables.time_plan import (
    ForecastRow,
    PhaseTakenRow,
    PlanTaskRow,
    TimePlanRow,
)

__all__ = [
    "AgencyFactsRow",
    "AgencyPeriodRow",
    "AgencyRow",
    "AgreementDeviationRow",
    "AgreementNoticeRow",
    "AgreementPartyRow",
    "AgreementReminderRow",
    "AgreementRow",
    "AgreementServiceEndRow",
    "AgreementSignatureRow",
    "AgreementUrgencyRow",
    "AgreementVersionRow",
    "Base",
    "BaselineRow",
    "CapacityRow",
    "CasePassingRow",
    "CaseRow",
    "CaseServiceRow",
    "ClauseWordingRow",
    "ClosedPeriodRow",
    "ComparisonRow",
    "CourseRow",
    "DocumentRow",
    "ExitCommentRow",
    "ExitCostRow",
    "ExitDeliveryRow",
    "ExitRow",
    "ExitServiceRow",
    "ExitTaskRow",
    "ExitTaskStatementRow",
    "ExitTimelineRow",
    "FeeIndicationRow",
    "ForecastRow",
    "GapDecisionRow",
    "GateItemRow",
    "GoDecisionRow",
    "LetterSignatureRow",
    "LifeEventRow",
    "MatterRow",
    "NegotiationEntryRow",
    "ObligationRow",
    "ParallelRunLineRow",
    "ParallelRunRow",
    "PhaseTakenRow",
    "PipelinePlanRow",
    "PlanTaskRow",
    "ReadinessRow",
    "ReconciliationRow",
    "RollBackRow",
    "SigningDelegationRow",
    "StaffMemberRow",
    "StartUpCostRow",
    "SuccessorRow",
    "TimePlanRow",
    "TimelineRow",
    "TrainingNeedRow",
]
