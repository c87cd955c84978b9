"""Use cases about clients: create, list, revoke, authenticate."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.identity import Role
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork, UnitOfWorkFactory
from services.gateway.clients import domain, repository
from services.gateway.clients.domain import Client
from services.gateway.clients.hashing import SecretHasher, draw_secret
from services.gateway.problems import (
    AGENCY_NEEDS_ORG_NUMBER,
    LAST_ADMINISTRATOR,
    ROLES_DO_NOT_MIX,
    STAFF_HAS_NO_ORG_NUMBER,
)


class BootstrapRefused(RuntimeError):
    """The first administrator cannot be what the settings say; one sentence says why."""


@dataclass(frozen=True)
class NewClient:
    """A client that was just created, with the secret that is shown this once."""

    client: Client
    secret: str


async def create(
    uow: UnitOfWork,
    hasher: SecretHasher,
    *,
    name: str,
    roles: Iterable[Role],
    org_number: str | None,
) -> NewClient:
    """Create a client with a drawn secret.

    Raises:
        Problem: ``roles_do_not_mix``, ``agency_needs_org_number`` or
            ``staff_has_no_org_number``.
    """
    wanted = frozenset(roles)
    try:
        domain.check_roles(wanted, org_number)
    except domain.RolesDoNotMix as error:
        raise Problem(
            ROLES_DO_NOT_MIX,
            "Give a client either the role agency alone, or one or more staff roles:"
            " account_manager, service_manager, finance, administrator.",
        ) from error
    except domain.OrgNumberMissing as error:
        raise Problem(
            AGENCY_NEEDS_ORG_NUMBER,
            "The role agency sees one agency's things only; say which with org_number.",
        ) from error
    except domain.OrgNumberNotAllowed as error:
        raise Problem(
            STAFF_HAS_NO_ORG_NUMBER,
            "Staff roles see every customer and are not tied to one; leave org_number out.",
        ) from error
    secret = draw_secret()
    client = Client(
        client_id=new_id(),
        name=name,
        roles=wanted,
        org_number=org_number,
        created_at=uow.now,
    )
    await repository.add(uow.session, client, await hasher.hash(secret))
    uow.audit("client_created", client.client_id, ",".join(sorted(wanted)))
    return NewClient(client, secret)


async def page(uow: UnitOfWork, *, after: str | None, limit: int) -> Sequence[Client]:
    """Clients by rising id, revoked ones among them."""
    return await repository.page(uow.session, after=after, limit=limit)


async def revoke(uow: UnitOfWork, client_id: str) -> None:
    """Let a client get no more tokens; revoking again changes nothing.

    Tokens it already holds stay good until they expire.

    Raises:
        Problem: ``not_found``, or ``last_administrator`` when nobody could create a
            client afterwards.
    """
    client = await repository.find(uow.session, client_id)
    if client is None:
        raise not_found("client")
    if client.revoked:
        return
    if Role.ADMINISTRATOR in client.roles:
        staff = await repository.active_staff_locked(uow.session)
        others = [
            other
            for other in staff
            if other.client_id != client_id and Role.ADMINISTRATOR in other.roles
        ]
        if not others:
            raise Problem(
                LAST_ADMINISTRATOR,
                "Nobody could administer the centre afterwards; create another administrator"
                " first.",
            )
    await repository.revoke(uow.session, client_id, uow.now)
    uow.audit("client_revoked", client_id)


async def authenticate(
    session: AsyncSession, hasher: SecretHasher, client_id: str, secret: str
) -> Client | None:
    """The client that a secret belongs to, a revoked one too, or None.

    An unknown client takes as long as a wrong secret.
    """
    found = await repository.find_with_hash(session, client_id)
    matched = await hasher.matches(found[1] if found else None, secret)
    return found[0] if found and matched else None


def check_bootstrap_secret(secret: str) -> None:
    """See that the secret chosen for the first administrator is good enough.

    Raises:
        BootstrapRefused: it is too short, a known default or repetitive.
    """
    weakness = domain.weakness_of(secret)
    if weakness is not None:
        raise BootstrapRefused(
            f"SSC_BOOTSTRAP_CLIENT_SECRET is refused because {weakness}; set it to at least"
            f" {domain.SHORTEST_CHOSEN_SECRET} random characters, such as the output of"
            " `openssl rand -base64 32`."
        )


async def ensure_bootstrap(
    units: UnitOfWorkFactory, hasher: SecretHasher, client_id: str, secret: str
) -> None:
    """Create the first administrator when there is no client of that id yet.

    Raises:
        BootstrapRefused: there is such a client, but revoked or no administrator.
    """
    async with units.begin(read_only=True) as uow:
        present = await repository.find(uow.session, client_id)
    if present is None:
        secret_hash = await hasher.hash(secret)
        # Another gateway starting at the same moment may be first; then this one is there.
        with contextlib.suppress(IntegrityError):
            await _add_bootstrap(units, client_id, secret_hash)
    elif present.revoked or Role.ADMINISTRATOR not in present.roles:
        raise BootstrapRefused(
            f"SSC_BOOTSTRAP_CLIENT_ID names {client_id}, which exists but is no longer an"
            " administrator; choose another id or leave the setting out."
        )


async def _add_bootstrap(units: UnitOfWorkFactory, client_id: str, secret_hash: str) -> None:
    async with units.begin() as uow:
        client = Client(
            client_id=client_id,
            name="First administrator",
            roles=frozenset({Role.ADMINISTRATOR}),
            org_number=None,
            created_at=uow.now,
        )
        await repository.add(uow.session, client, secret_hash)
        uow.audit("client_created", client_id, "bootstrap")
