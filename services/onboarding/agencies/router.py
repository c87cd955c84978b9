"""HTTP of agencies: staff register them, an agency sees itself and keeps its facts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import After, Day, Instant, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber, Slug
from services.onboarding.agencies import service
from services.onboarding.agencies.domain import Agency, AgencyStatus, AgencyType
from services.onboarding.agencies.fact_schemas import (
    PutContacts,
    PutEmploymentForms,
    PutHead,
    PutLocalAgreements,
    PutObligations,
    PutSystems,
    PutYears,
)
from services.onboarding.agencies.repository import Wanted
from services.onboarding.agencies.schemas import (
    AgencyOut,
    AgencySummary,
    PutFacts,
    RegisterAgency,
    StandingOut,
    VocabularyOut,
)
from services.onboarding.agencies.vocabulary import vocabulary
from services.onboarding.roles import REGISTERS_AGENCIES, WORKS_ON_CASES

router = APIRouter(prefix="/agencies", tags=["agencies"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/agencies", tags=["agencies"], route_class=UnitOfWorkRoute)

OWN_FACTS = [WORKS_ON_CASES, HONOURS_IF_MATCH]
STAFF_FACTS = [REGISTERS_AGENCIES, HONOURS_IF_MATCH]


ValidOn = Annotated[Day | None, Query(description="The day asked about; today when left out.")]
KnownAt = Annotated[
    Instant | None,
    Query(description="As the register knew it at this instant; now when left out."),
]


def _shown(agency: Agency, response: Response) -> AgencyOut:
    response.headers["ETag"] = etag(agency.version)
    return AgencyOut.of(agency)


@router.get("/vocabulary")
async def read_vocabulary(uow: Uow) -> VocabularyOut:
    """The forms of employment and the roles of contacts that facts may name."""
    return VocabularyOut.model_validate(vocabulary())


@router.get("/{org_number}")
async def read_agency(uow: Uow, response: Response, org_number: OrgNumber) -> AgencyOut:
    """One agency as things stand; an agency sees its own entry only."""
    return _shown(await service.get(uow, org_number), response)


@router.get("/{org_number}/standing")
async def read_standing(
    uow: Uow, org_number: OrgNumber, valid_on: ValidOn = None, known_at: KnownAt = None
) -> StandingOut:
    """How things stood with an agency on a day, as the register knew it at an instant."""
    return StandingOut.of(await service.as_known(uow, org_number, valid_on, known_at))


@staff_router.post("", status_code=201, dependencies=[REGISTERS_AGENCIES])
async def register_agency(uow: Uow, response: Response, request: RegisterAgency) -> AgencyOut:
    """Make an agency known to the centre."""
    return _shown(await service.register(uow, request.draft()), response)


@staff_router.get("")
async def list_agencies(
    uow: Uow,
    status: AgencyStatus | None = None,
    type: AgencyType | None = None,
    obliged_by: Annotated[
        Day | None, Query(description="Obliged to join by that day or earlier.")
    ] = None,
    obliged_in: Annotated[
        Slug | None, Query(description="Obliged to join for that service area.")
    ] = None,
    without_case_in: Annotated[
        Slug | None,
        Query(description="No open case and nothing in operation in that service area."),
    ] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[AgencySummary]:
    """Agencies in the order of their organisation numbers; the filters add up."""
    wanted = Wanted(status, type, obliged_in, obliged_by)
    rows = await service.page(uow, wanted, without_case_in, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.org_number, show=AgencySummary.of)


@staff_router.put("/{org_number}/facts", dependencies=STAFF_FACTS)
async def put_facts(
    uow: Uow, response: Response, org_number: OrgNumber, request: PutFacts
) -> AgencyOut:
    """Replace what describes the agency; name and seat change by life events."""
    return _shown(await service.put_facts(uow, org_number, request.core(org_number)), response)


@staff_router.put("/{org_number}/obligations", dependencies=STAFF_FACTS)
async def put_obligations(
    uow: Uow, response: Response, org_number: OrgNumber, request: PutObligations
) -> AgencyOut:
    """Replace what the agency is obliged to join; all else is voluntary."""
    obligations = [item.obligation() for item in request.obligations]
    return _shown(await service.put_obligations(uow, org_number, obligations), response)


@router.put("/{org_number}/head", dependencies=OWN_FACTS)
async def put_head(
    uow: Uow, response: Response, org_number: OrgNumber, request: PutHead
) -> AgencyOut:
    """Say who leads the agency."""
    head = request.head.head() if request.head else None
    return _shown(await service.put_people(uow, org_number, head=head), response)


@router.put("/{org_number}/contacts", dependencies=OWN_FACTS)
async def put_contacts(
    uow: Uow, response: Response, org_number: OrgNumber, request: PutContacts
) -> AgencyOut:
    """Replace whom the centre turns to, by role, with deputies."""
    contacts = tuple(item.contact() for item in request.contacts)
    return _shown(await service.put_people(uow, org_number, contacts=contacts), response)


@router.put("/{org_number}/years", dependencies=OWN_FACTS)
async def put_years(
    uow: Uow, response: Response, org_number: OrgNumber, request: PutYears
) -> AgencyOut:
    """Replace headcount, full-time equivalents and volumes by year."""
    years = tuple(sorted((item.figures() for item in request.years), key=lambda item: item.year))
    return _shown(await service.put_section(uow, org_number, years=years), response)


@router.put("/{org_number}/systems", dependencies=OWN_FACTS)
async def put_systems(
    uow: Uow, response: Response, org_number: OrgNumber, request: PutSystems
) -> AgencyOut:
    """Replace the systems in use, with the end of their contracts."""
    systems = tuple(item.system() for item in request.systems)
    return _shown(await service.put_section(uow, org_number, systems=systems), response)


@router.put("/{org_number}/local-agreements", dependencies=OWN_FACTS)
async def put_local_agreements(
    uow: Uow, response: Response, org_number: OrgNumber, request: PutLocalAgreements
) -> AgencyOut:
    """Replace the local collective agreements."""
    agreements = tuple(item.agreement() for item in request.local_agreements)
    return _shown(await service.put_section(uow, org_number, local_agreements=agreements), response)


@router.put("/{org_number}/employment-forms", dependencies=OWN_FACTS)
async def put_employment_forms(
    uow: Uow, response: Response, org_number: OrgNumber, request: PutEmploymentForms
) -> AgencyOut:
    """Replace the forms of employment, with how many are in each."""
    forms = tuple(item.employment_form() for item in request.employment_forms)
    return _shown(await service.put_section(uow, org_number, employment_forms=forms), response)
