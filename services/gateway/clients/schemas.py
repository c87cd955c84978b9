"""Clients over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import Field

from services.chassis.identity import Role
from services.chassis.schemas import RequestModel, ResponseModel, Text
from services.contracts.values import OrgNumber
from services.gateway.clients.domain import Client

ClientId = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
"""A client's id in a path: one of ours, or the one the settings name."""


class CreateClient(RequestModel):
    """A client to be created."""

    name: Text
    roles: Annotated[
        list[Role],
        Field(
            min_length=1,
            max_length=4,
            description="`agency` alone, or staff roles: account_manager, service_manager,"
            " finance, administrator.",
        ),
    ]
    org_number: OrgNumber | None = Field(
        default=None, description="Of the agency; for the role `agency` only, and required there."
    )


class ClientView(ResponseModel):
    """A client as it is shown; never with its secret."""

    client_id: str
    name: str
    roles: list[Role]
    org_number: str | None
    created_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, client: Client) -> ClientView:
        """The view of a client."""
        return cls(
            client_id=client.client_id,
            name=client.name,
            roles=sorted(client.roles),
            org_number=client.org_number,
            created_at=client.created_at,
            revoked_at=client.revoked_at,
        )


class CreatedClient(ClientView):
    """A client that was just created."""

    client_secret: str | None = Field(
        description="Shown in the first answer only. An answer that is given again, for the"
        " same Idempotency-Key, holds null here: revoke the client and create another if the"
        " first answer was lost."
    )
