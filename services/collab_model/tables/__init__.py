"""The tables of collab_model, a module per matter.

What was reported never changes: ``matter_log``, ``breaches``, ``periods``,
``period_results``, ``agenda_items`` and the minutes are only ever added to, and so are the
facts that onboarding tells.
"""

from services.collab_model.tables.agreements import (
    AgreementRow,
    AgreementServiceRow,
    AgreementVersionRow,
    EndingRow,
    GoLiveRow,
    LifeEventRow,
)
from services.collab_model.tables.base import Base
from services.collab_model.tables.calendars import (
    CalendarBindingRow,
    CalendarOverrideRow,
    CalendarRow,
    CalendarVersionRow,
)
from services.collab_model.tables.clocks import ClockTermsRow, ClockWarningRow
from services.collab_model.tables.following_up import (
    CauseRow,
    CreditTermsRow,
    RiskRow,
    StatementRow,
    TertialReportRow,
)
from services.collab_model.tables.foresight import ForesightModelRow, SurvivalCurveRow
from services.collab_model.tables.forums import (
    ActionRow,
    AgendaItemRow,
    DecisionRow,
    ForumRow,
    ForumTermsRow,
    MeetingRow,
    MinutesRow,
)
from services.collab_model.tables.levels import (
    LevelRow,
    PeriodResultRow,
    PeriodRow,
    ReadingRow,
    ResultPartRow,
)
from services.collab_model.tables.matters import BreachRow, MatterLogRow, MatterRow

__all__ = [
    "ActionRow",
    "AgendaItemRow",
    "AgreementRow",
    "AgreementServiceRow",
    "AgreementVersionRow",
    "Base",
    "BreachRow",
    "CalendarBindingRow",
    "CalendarOverrideRow",
    "CalendarRow",
    "CalendarVersionRow",
    "CauseRow",
    "ClockTermsRow",
    "ClockWarningRow",
    "CreditTermsRow",
    "DecisionRow",
    "EndingRow",
    "ForesightModelRow",
    "ForumRow",
    "ForumTermsRow",
    "GoLiveRow",
    "LevelRow",
    "LifeEventRow",
    "MatterLogRow",
    "MatterRow",
    "MeetingRow",
    "MinutesRow",
    "PeriodResultRow",
    "PeriodRow",
    "ReadingRow",
    "ResultPartRow",
    "RiskRow",
    "StatementRow",
    "SurvivalCurveRow",
    "TertialReportRow",
]
