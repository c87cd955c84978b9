"""What the events of a matter are called, in either language."""

from __future__ import annotations

from services.collab_model.matters.log import MatterEvent

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


def stood_still_since(event: MatterEvent) -> tuple[str, str]:
    """Why a clock stood still after an event whose condition gives no words of its own."""
    name, name_sv = EVENT_NAMES[event]
    return f"Time stood still: {name}.", f"Tiden stod still: {name_sv}."
