"""The two parties of every case, and who answers for a thing between them."""

from __future__ import annotations

from enum import StrEnum


class Party(StrEnum):
    """A side of an onboarding case; which one an actor is comes from its token."""

    CUSTOMER = "customer"
    CENTRE = "centre"


class Owner(StrEnum):
    """Who has to act: one party, or both (each activity of M3 is marked so)."""

    CUSTOMER = "customer"
    CENTRE = "centre"
    SHARED = "shared"

    @property
    def parties(self) -> tuple[Party, ...]:
        """The parties whose act is needed."""
        if self is Owner.SHARED:
            return (Party.CUSTOMER, Party.CENTRE)
        return (Party(self.value),)
