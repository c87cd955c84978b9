"""What a client is and which roles go together."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.chassis.identity import STAFF_ROLES, Actor, Role

SHORTEST_CHOSEN_SECRET: Final = 24
"""Fewest characters of a secret that somebody chose; the ones we draw have 43."""

_KNOWN_DEFAULTS: Final = ("changeme", "change-me", "change_me", "password", "secret", "example")


@dataclass(frozen=True)
class Client:
    """A system or a person that may ask for tokens.

    ``org_number`` ties an agency's client to its agency; staff clients have none.
    """

    client_id: str
    name: str
    roles: frozenset[Role]
    org_number: str | None
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def revoked(self) -> bool:
        """Whether the client gets no more tokens."""
        return self.revoked_at is not None

    @property
    def actor(self) -> Actor:
        """Who this client is to the services."""
        return Actor(client_id=self.client_id, roles=self.roles, org_number=self.org_number)


class RolesDoNotMix(ValueError):
    """Roles of an agency and of the centre in one client."""


class OrgNumberMissing(ValueError):
    """An agency's client without an organisation number."""


class OrgNumberNotAllowed(ValueError):
    """A staff client with an organisation number."""


def check_roles(roles: AbstractSet[Role], org_number: str | None) -> None:
    """See that a client is either an agency's or the centre's.

    Raises:
        RolesDoNotMix: both kinds of role, none at all, or a role nobody is given.
        OrgNumberMissing: the agency role without an organisation number.
        OrgNumberNotAllowed: staff roles with an organisation number.
    """
    if roles == {Role.AGENCY}:
        if org_number is None:
            raise OrgNumberMissing
        return
    if not roles or not roles <= STAFF_ROLES:
        raise RolesDoNotMix
    if org_number is not None:
        raise OrgNumberNotAllowed


def weakness_of(secret: str) -> str | None:
    """Why a chosen secret is too weak to be accepted, or None when it is not.

    The answer never holds the secret itself.
    """
    if len(secret) < SHORTEST_CHOSEN_SECRET:
        return f"it is shorter than {SHORTEST_CHOSEN_SECRET} characters"
    lowered = secret.lower()
    if any(default in lowered for default in _KNOWN_DEFAULTS):
        return "it holds a well-known default"
    if len(set(secret)) < SHORTEST_CHOSEN_SECRET // 3:
        return "it repeats a few characters"
    return None
