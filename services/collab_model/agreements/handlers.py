"""Events that bring agreements into operation, change them and end them."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.collab_model.agreements import service
from services.contracts.onboarding import (
    AgencyLifeEventRecorded,
    AgreementEnded,
    AgreementSigned,
    CaseStabilised,
    ServiceEnded,
    ServiceRolledBack,
    ServiceWentLive,
)

HANDLERS: Mapping[type[Event], Handler] = {
    AgreementSigned: service.set_up,
    ServiceWentLive: service.begin_service,
    CaseStabilised: service.stabilise,
    ServiceRolledBack: service.take_back_service,
    ServiceEnded: service.end_service,
    AgreementEnded: service.end_agreement,
    AgencyLifeEventRecorded: service.live_through,
}
