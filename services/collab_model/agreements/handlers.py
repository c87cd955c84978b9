"""Events that bring agreements into operation."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.collab_model.agreements import service
from services.contracts.onboarding import AgreementSigned, CaseStabilised, ServiceWentLive

HANDLERS: Mapping[type[Event], Handler] = {
    AgreementSigned: service.set_up,
    ServiceWentLive: service.begin_service,
    CaseStabilised: service.stabilise,
}
