"""The published language: what the services tell each other, as versioned event types."""

from services.chassis.events import EventRegistry
from services.contracts import billing, collab_model, onboarding

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
        collab_model.CollaborationSetUp,
        collab_model.MatterRaised,
        collab_model.MatterResolved,
        collab_model.LevelBreached,
        collab_model.PeriodClosed,
        collab_model.MeetingFellDue,
    ]
)

__all__ = ["EVENTS", "billing", "collab_model", "onboarding"]
