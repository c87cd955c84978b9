"""What the gateway's own routes need of the running gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from services.gateway.clients.hashing import SecretHasher
from services.gateway.simulation.service import Conductor


@dataclass(frozen=True)
class Parts:
    """Parts made by the composition root; they stand at ``app.state.parts``."""

    hasher: SecretHasher
    conductor: Conductor


def _parts(request: Request) -> Parts:
    return cast(Parts, request.app.state.parts)


GatewayParts = Annotated[Parts, Depends(_parts)]
