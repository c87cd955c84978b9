"""Who is asking: access tokens signed by the gateway, read by every service.

The gateway signs with its private Ed25519 key; services hold only the public one, so
none of them can make an identity up. A token's time is the machine's, never simulated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.chassis.problems import NOT_AUTHENTICATED, Problem, not_found

ALGORITHM = "Ed25519"
ISSUER = "ssc-gateway"
AUDIENCE = "ssc"


class Role(StrEnum):
    """What a client of the centre may be."""

    AGENCY = "agency"
    ACCOUNT_MANAGER = "account_manager"
    SERVICE_MANAGER = "service_manager"
    FINANCE = "finance"
    ADMINISTRATOR = "administrator"
    GATEWAY = "gateway"


STAFF_ROLES = frozenset(
    {Role.ACCOUNT_MANAGER, Role.SERVICE_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}
)


@dataclass(frozen=True)
class Actor:
    """An authenticated client: an agency bound to its organisation number, or staff."""

    client_id: str
    roles: frozenset[Role]
    org_number: str | None = None

    @property
    def is_staff(self) -> bool:
        """Whether the client belongs to the centre."""
        return not self.roles.isdisjoint(STAFF_ROLES)

    @property
    def party(self) -> Literal["customer", "centre"]:
        """The side of an agreement the client speaks for."""
        return "centre" if self.is_staff else "customer"

    @property
    def scope(self) -> str | None:
        """The organisation number rows are limited to; None for the centre's own staff.

        An agency without a number sees nothing, rather than everything.
        """
        return None if self.is_staff else (self.org_number or "")

    def may_see(self, org_number: str) -> bool:
        """Whether a customer's rows are visible to this client."""
        return self.is_staff or self.org_number == org_number

    def must_see(self, org_number: str, what: str) -> None:
        """Refuse a foreign customer's thing as if it did not exist.

        Raises:
            Problem: ``not_found``.
        """
        if not self.may_see(org_number):
            raise not_found(what)

    def limited_to(self, org_number: str | None) -> str | None:
        """The customer a list is limited to, given the one asked for; None is all of them.

        Raises:
            Problem: ``not_found`` when an agency asks for another customer's list.
        """
        if org_number is not None:
            self.must_see(org_number, "customer")
        return org_number if self.scope is None else self.scope

    def claims(self) -> dict[str, Any]:
        """The token claims that describe this actor."""
        claims: dict[str, Any] = {
            "sub": self.client_id,
            "roles": sorted(role.value for role in self.roles),
        }
        if self.org_number is not None:
            claims["org_number"] = self.org_number
        return claims


_TOKENS_REMEMBERED = 1024
"""A token comes with every request, and checking a signature takes a while."""


class UnusableVerifyKeys(RuntimeError):
    """The file of public keys is missing or damaged; the text says which and why."""


class IdentityVerifier:
    """Turns an ``Authorization`` header into an actor.

    Args:
        jwks: the public keys as a JWK set.
    """

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        self._keys = KeySet.import_key_set({"keys": list(jwks["keys"])})
        self._claims = jwt.JWTClaimsRegistry(
            leeway=5,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        )
        self._signed = lru_cache(_TOKENS_REMEMBERED)(self._check_signature)

    @classmethod
    def from_file(cls, path: Path) -> IdentityVerifier:
        """Read the public keys from a JWKS file.

        Raises:
            UnusableVerifyKeys: it cannot be read, or holds no such keys.
        """
        try:
            return cls(json.loads(path.read_text("utf-8")))
        except OSError as error:
            raise UnusableVerifyKeys(f"{path} cannot be read: {error.strerror}") from error
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise UnusableVerifyKeys(f"{path} does not hold a JSON Web Key set") from error

    def authenticate(self, authorization: str | None) -> Actor:
        """The actor behind a bearer token.

        Raises:
            Problem: ``not_authenticated``, with the WWW-Authenticate header.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _not_authenticated("Send an access token from /oauth/token as a bearer token.")
        try:
            claims = self._signed(token.strip())
            self._claims.validate(claims)
            return Actor(
                client_id=str(claims["sub"]),
                roles=frozenset(Role(role) for role in claims.get("roles", ())),
                org_number=claims.get("org_number"),
            )
        except (JoseError, ValueError, TypeError) as error:
            raise _not_authenticated(
                "The access token is expired or not ours; ask /oauth/token for a new one."
            ) from error

    def _check_signature(self, token: str) -> dict[str, Any]:
        """The claims of a token that one of the keys has signed; they may have expired."""
        return jwt.decode(token, self._keys, algorithms=[ALGORITHM]).claims


def _not_authenticated(detail: str) -> Problem:
    return Problem(
        NOT_AUTHENTICATED,
        detail,
        headers={"WWW-Authenticate": 'Bearer realm="ssc", error="invalid_token"'},
    )
