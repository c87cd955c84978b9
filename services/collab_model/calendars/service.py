"""The calendar that an agreement's clocks and meetings are reckoned on."""

from __future__ import annotations

from datetime import date, datetime

from services.chassis.clock import STOCKHOLM
from services.collab_model.calendars.domain import ServiceCalendar
from services.collab_model.calendars.swedish_days import service_calendar
from services.collab_model.tables import AgreementRow
from services.contracts.values import ServiceHours


def calendar_of(agreement: AgreementRow) -> ServiceCalendar:
    """The service hours that were signed, laid over Swedish days."""
    return service_calendar(ServiceHours.model_validate(agreement.service_hours))


def day_of(instant: datetime) -> date:
    """The date in Sweden at an instant."""
    return instant.astimezone(STOCKHOLM).date()
