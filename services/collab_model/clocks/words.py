"""What the events of a matter are called, in either language."""

from __future__ import annotations

from services.collab_model.matters.log import MatterEvent
from services.contracts.values import Priority

EVENT_NAMES = {
    MatterEvent.RAISED: ("raised", "anmält"),
    MatterEvent.RESPONDED: ("answered", "besvarat"),
    MatterEvent.UPDATED: ("update given", "besked lämnat"),
    MatterEvent.WAITING_FOR_CUSTOMER: ("waiting for the customer", "väntar på kundmyndigheten"),
    MatterEvent.RESUMED: ("resumed", "återupptaget"),
    MatterEvent.RESOLVED: ("resolved", "löst"),
    MatterEvent.REOPENED: ("reopened", "öppnat igen"),
    MatterEvent.CANCELLED: ("cancelled", "återkallat"),
    MatterEvent.PRIORITY_CHANGED: ("priority changed", "prioriteten ändrad"),
    MatterEvent.MOVED: ("moved to another service", "flyttat till en annan tjänst"),
    MatterEvent.HANDED_TO_TEAM: ("handed to a team", "lämnat till ett team"),
    MatterEvent.RETURNED_BY_TEAM: ("returned by the team", "återlämnat av teamet"),
    MatterEvent.SENT_TO_SUPPLIER: ("sent to a supplier", "skickat till en leverantör"),
    MatterEvent.RETURNED_BY_SUPPLIER: ("returned by the supplier", "återlämnat av leverantören"),
}
"""Every event, in English and in Swedish."""


WHEN = {
    MatterEvent.RAISED: ("the matter was raised", "ärendet anmäldes"),
    MatterEvent.RESPONDED: ("the centre answered", "centret svarade"),
    MatterEvent.UPDATED: ("the centre told how it stood", "centret lämnade besked"),
    MatterEvent.WAITING_FOR_CUSTOMER: (
        "the centre began to wait for the customer",
        "centret började vänta på kundmyndigheten",
    ),
    MatterEvent.RESUMED: ("the wait was over", "väntan tog slut"),
    MatterEvent.RESOLVED: ("the matter was resolved", "ärendet löstes"),
    MatterEvent.REOPENED: ("the matter was reopened", "ärendet öppnades igen"),
    MatterEvent.CANCELLED: ("the matter was cancelled", "ärendet återkallades"),
    MatterEvent.PRIORITY_CHANGED: ("the priority was changed", "prioriteten ändrades"),
    MatterEvent.MOVED: (
        "the matter was moved to another service",
        "ärendet flyttades till en annan tjänst",
    ),
    MatterEvent.HANDED_TO_TEAM: (
        "the matter was handed to a team",
        "ärendet lämnades till ett team",
    ),
    MatterEvent.RETURNED_BY_TEAM: (
        "the team returned the matter",
        "teamet lämnade tillbaka ärendet",
    ),
    MatterEvent.SENT_TO_SUPPLIER: (
        "the matter was sent to a supplier",
        "ärendet skickades till en leverantör",
    ),
    MatterEvent.RETURNED_BY_SUPPLIER: (
        "the supplier returned the matter",
        "leverantören lämnade tillbaka ärendet",
    ),
}
"""Every event as what happened, to stand after ``when`` and ``då``."""

PRIORITIES_SV = {
    Priority.CRITICAL: "kritisk",
    Priority.HIGH: "hög",
    Priority.NORMAL: "normal",
}
"""The priorities in Swedish."""


def stood_still_since(event: MatterEvent) -> tuple[str, str]:
    """Why a clock stood still after an event whose condition gives no words of its own."""
    name, name_sv = EVENT_NAMES[event]
    return f"Time stood still: {name}.", f"Tiden stod still: {name_sv}."
