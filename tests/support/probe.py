"""A service with no domain, through which the chassis is tested and measured.

``POST /things`` writes a row, records an event and sets a timer; the service hears its
own event and writes a second row. Labels steer it: ``not-yet`` and ``poison`` fail.
``POST /claims`` runs into the database's own constraints.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from fastapi import APIRouter, Depends
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.consumer import NotYet
from services.chassis.database import declarative_base_for
from services.chassis.events import Event, EventRegistry
from services.chassis.identity import Role
from services.chassis.ids import new_id
from services.chassis.problems import Problem, ProblemType, not_found
from services.chassis.schemas import Identifier, RequestModel, Text
from services.chassis.service import ServiceSpec
from services.chassis.timers import DueTimer
from services.chassis.unit_of_work import UnitOfWork

Base = declarative_base_for("probe")

REFUSED = ProblemType("refused_on_request", 409, "The test asked to be refused")


class Effect(Base):  # type: ignore[misc, valid-type]  # the base is made at run time
    """One row per effect."""

    __tablename__ = "effects"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org_number: Mapped[str] = mapped_column(String(11))
    label: Mapped[str] = mapped_column(String(200))


class Happened(Event):
    """Something was posted."""

    type: ClassVar[str] = "probe.happened.v1"
    aggregate_field: ClassVar[str] = "thing_id"

    thing_id: str
    label: str


class PostThing(RequestModel):
    """A thing to post."""

    label: Text
    refuse: bool = False


shared = APIRouter(route_class=UnitOfWorkRoute, tags=["probe"])
staff = APIRouter(route_class=UnitOfWorkRoute, tags=["probe"])


@shared.post("/things", status_code=201)
async def post_thing(body: PostThing, uow: Uow, actor: CurrentActor) -> dict[str, str]:
    """Write, publish, set a timer, then maybe refuse."""
    thing_id = new_id()
    uow.session.add(Effect(id=thing_id, org_number=actor.org_number or "", label=body.label))
    uow.record(Happened(thing_id=thing_id, label=body.label))
    await uow.set_timer("remind", thing_id, uow.now + timedelta(days=1), {"label": body.label})
    await uow.session.flush()
    if body.refuse:
        raise Problem(REFUSED, "As you asked.")
    return {"id": thing_id}


class Claim(RequestModel):
    """A row under an identifier that the client chooses."""

    claim_id: str
    label: str | None = None
    fail: bool = False


@shared.post("/claims", status_code=201)
async def post_claim(claim: Claim, uow: Uow) -> dict[str, str]:
    """Write a row without looking whether there is one, or fail with what was sent."""
    if claim.fail:
        raise RuntimeError(f"{claim.claim_id} cannot be called {claim.label}")
    uow.session.add(Effect(id=claim.claim_id, org_number="", label=claim.label))
    await uow.session.flush()
    return {"id": claim.claim_id}


@shared.get("/things/{thing_id}")
async def get_thing(thing_id: Identifier, uow: Uow, actor: CurrentActor) -> dict[str, str]:
    """One thing of one's own."""
    effect = await uow.session.get(Effect, thing_id)
    if effect is None or not actor.may_see(effect.org_number):
        raise not_found("thing")
    return {"id": effect.id, "label": effect.label}


@staff.put("/labels", dependencies=[Depends(requires(Role.FINANCE))])
async def put_labels(body: PostThing, uow: Uow) -> dict[str, list[str]]:
    """All labels, for finance only."""
    return {"labels": list(await uow.session.scalars(select(Effect.label)))}


async def on_happened(uow: UnitOfWork, event: Happened) -> None:
    """One effect per event, unless the label says otherwise."""
    if event.label == "not-yet":
        raise NotYet("the test asked to wait")
    if event.label == "poison":
        raise ValueError("the test asked to fail")
    uow.session.add(Effect(id=new_id(), org_number="", label=f"effect of {event.label}"))


async def on_remind(uow: UnitOfWork, timer: DueTimer) -> None:
    """One effect per timer."""
    if timer.payload["label"] == "bad-timer":
        raise ValueError("the test asked to fail")
    uow.session.add(Effect(id=new_id(), org_number="", label=f"reminder of {timer.key}"))


SPEC = ServiceSpec(
    name="probe",
    title="Probe",
    description="A service with no domain.",
    base=Base,
    migrations=Path(__file__).parent / "probe_migrations",
    shared=(shared,),
    staff=(staff,),
    handlers={Happened: on_happened},
    timers={"remind": on_remind},
    problems=(REFUSED,),
)

REGISTRY = EventRegistry([Happened])
