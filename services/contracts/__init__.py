"""The published language: what the services tell each other, as versioned event types."""

from services.chassis.events import EventRegistry
from services.contracts import billing, collab_model, onboarding, outside

EVENTS = EventRegistry(
    [
        onboarding.AgencyRegistered,
        onboarding.CaseOpened,
        onboarding.PhaseEntered,
        onboarding.FeeIndicationRequested,
        onboarding.AgreementSigned,
        onboarding.ServiceWentLive,
        onboarding.CaseStabilised,
        onboarding.AgencyLifeEventRecorded,
        onboarding.CasePaused,
        onboarding.CaseResumed,
        onboarding.CaseSentBack,
        onboarding.CaseWithdrawn,
        onboarding.AgreementReminderFellDue,
        onboarding.AgreementEnded,
        onboarding.ServiceRolledBack,
        onboarding.ServiceEnded,
        onboarding.StartUpCostRegistered,
        onboarding.ExitOpened,
        onboarding.FinalSettlementRequested,
        onboarding.ExitCompleted,
        billing.FeeIndicated,
        billing.FeeIndicationRefused,
        billing.SubscriptionOpened,
        billing.InvoiceIssued,
        billing.TrueUpSettled,
        billing.FinalSettlementMade,
        billing.CostSharingBooked,
        collab_model.CollaborationSetUp,
        collab_model.MatterRaised,
        collab_model.MatterResolved,
        collab_model.MatterChanged,
        collab_model.LevelBreached,
        collab_model.LevelBreachWithdrawn,
        collab_model.ClockWarned,
        collab_model.ClockWarningWithdrawn,
        collab_model.PeriodClosed,
        collab_model.MeetingFellDue,
        outside.MeasureReported,
    ]
)

__all__ = ["EVENTS", "billing", "collab_model", "onboarding", "outside"]
