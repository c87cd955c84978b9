"""Foresight over HTTP: what if for both parties, probabilities and model cards for staff."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from services.chassis import idempotency
from services.chassis.app import CurrentActor, HttpRuntime, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Actor, Role
from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.collab_model.customers.service import scope_of
from services.collab_model.foresight import asking, predicting, what_if
from services.collab_model.foresight.schemas import ModelOut, OpenClocksOut
from services.collab_model.foresight.what_if_schemas import AskWhatIf, WhatIfOut
from services.contracts.values import OrgNumber, Slug


class QuestionRoute(UnitOfWorkRoute):
    """A POST that only asks, because the question is too long for an address.

    It runs like a GET: nothing is written, no writer is held up, no answer is kept, so that the
    same question asked later may be answered otherwise.
    """

    async def _command(
        self,
        runtime: HttpRuntime,
        actor: Actor,
        request: Request,
        handler: Callable[[Request], Coroutine[Any, Any, Response]],
    ) -> Response:
        # Asked for as in every POST, so that a client needs no exception; it binds nothing.
        await idempotency.command_key(request, actor.client_id)
        async with runtime.units.begin(actor=actor, read_only=True) as uow:
            request.state.uow = uow
            return await handler(request)


router = APIRouter(prefix="/foresight", route_class=QuestionRoute, tags=["foresight"])
staff_router = APIRouter(prefix="/foresight", route_class=UnitOfWorkRoute, tags=["foresight"])

ASKS = Depends(requires(Role.AGENCY, Role.ACCOUNT_MANAGER, Role.SERVICE_MANAGER))


@router.post("/what-if", dependencies=[ASKS])
async def ask_what_if(uow: Uow, actor: CurrentActor, body: AskWhatIf) -> WhatIfOut:
    """Replay months of real matters under a proposal, beside what they came to."""
    scope = await scope_of(uow, actor)
    proposal = await asking.proposal_of(uow, scope, body)
    answer = await what_if.answer(uow, scope, asking.stretch_of(body), proposal)
    return WhatIfOut.of(answer, body.skip, body.show)


MatterFilter = Annotated[
    str | None, Query(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)
]


@staff_router.get("/clocks")
async def read_open_clocks(
    uow: Uow,
    actor: CurrentActor,
    service_key: Annotated[Slug | None, Query(alias="service")] = None,
    org_number: OrgNumber | None = None,
    matter_id: MatterFilter = None,
    after: After = None,
    limit: Limit = 50,
) -> OpenClocksOut:
    """The open clocks of a page of matters, each with the probability that it breaches."""
    wanted = predicting.Wanted(
        await scope_of(uow, actor, org_number), service_key, matter_id, after, one_more(limit)
    )
    return OpenClocksOut.of(*await predicting.open_clocks(uow, wanted), limit)


@staff_router.get("/models")
async def list_models(uow: Uow, after: After = None, limit: Limit = 50) -> Page[ModelOut]:
    """The trainings in the order in which they were asked for, with their calibration."""
    rows = await predicting.list_models(uow, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=ModelOut.of)


@staff_router.get("/models/{model_id}")
async def read_model(uow: Uow, model_id: Identifier) -> ModelOut:
    """A training: the model card."""
    return ModelOut.of(await predicting.read_model(uow, model_id))
