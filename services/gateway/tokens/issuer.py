"""Making access tokens: short-lived JWTs that say who a client is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from joserfc import jwt

from services.chassis.clock import Clock
from services.chassis.identity import ALGORITHM, AUDIENCE, ISSUER, Actor, Role
from services.chassis.ids import new_id
from services.gateway.tokens.keys import SigningKey

INTERNAL_LIFETIME: Final = timedelta(minutes=2)
GATEWAY_ACTOR: Final = Actor(client_id="gateway", roles=frozenset({Role.GATEWAY}))


@dataclass(frozen=True)
class TokenIssuer:
    """Signs access tokens.

    ``clock`` is the machine's own: a token's time is real even in a simulated centre.
    """

    key: SigningKey
    lifetime: timedelta
    clock: Clock

    def issue(self, actor: Actor) -> str:
        """An access token for a client."""
        return self._sign(actor, self.lifetime)

    def issue_internal(self) -> str:
        """A token with which the gateway itself asks the services; never leaves the centre."""
        return self._sign(GATEWAY_ACTOR, INTERNAL_LIFETIME)

    def _sign(self, actor: Actor, lifetime: timedelta) -> str:
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": new_id(),
            "client_id": actor.client_id,
            **actor.claims(),
        }
        header = {"alg": ALGORITHM, "kid": self.key.kid, "typ": "at+jwt"}
        return jwt.encode(header, claims, self.key.key, algorithms=[ALGORITHM])


class InternalTokens:
    """The gateway's own token, made anew when half its life is over.

    Moving the clock asks the services thousands of questions; one signature serves many.
    """

    def __init__(self, issuer: TokenIssuer) -> None:
        self._issuer = issuer
        self._token = ""
        self._renew_at: datetime | None = None

    def current(self) -> str:
        """A token that is good for at least half of ``INTERNAL_LIFETIME``."""
        now = self._issuer.clock.now()
        if self._renew_at is None or now >= self._renew_at:
            self._token = self._issuer.issue_internal()
            self._renew_at = now + INTERNAL_LIFETIME / 2
        return self._token
