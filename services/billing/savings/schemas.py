"""What the API takes and says about savings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from services.billing.months import Month
from services.billing.savings.domain import (
    Owner,
    Place,
    SavingState,
    Specification,
    standing,
)
from services.billing.savings.repository import Kept, owner_of, specification_of
from services.billing.savings.service import NewFollowUp, NewSaving
from services.billing.savings.telling import Told, story
from services.billing.tables import SavingFollowUpRow
from services.chassis.schemas import (
    AS_A_NUMBER,
    Day,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import OrgNumber, Slug, YearMonth

_MOST_ORE = 10**13
_MOST_HUNDREDTHS = 10**8

YearlyOre = Annotated[int, Field(ge=0, le=_MOST_ORE), AS_A_NUMBER]
Hundredths = Annotated[
    int,
    Field(ge=0, le=_MOST_HUNDREDTHS, description="Hundredths of a full-time equivalent."),
    AS_A_NUMBER,
]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", max_length=36)]


class SpecificationIn(RequestModel):
    """What was, in words and a year's figures, and what is expected to be saved in a year."""

    baseline: LongText
    baseline_ore: YearlyOre = Field(description="What it cost in a year.")
    baseline_fte_hundredths: Hundredths
    baseline_source: Text = Field(description="Where the baseline comes from.")
    expected_ore: YearlyOre = Field(description="What is to be saved in a year.")
    expected_fte_hundredths: Hundredths
    saves_from: Day
    saves_until: Day | None = Field(default=None, description="Absent: it lasts.")

    def specification(self) -> Specification:
        """The specification as the domain has it."""
        return Specification(
            baseline=self.baseline,
            baseline_ore=self.baseline_ore,
            baseline_fte=self.baseline_fte_hundredths,
            baseline_source=self.baseline_source,
            expected_ore=self.expected_ore,
            expected_fte=self.expected_fte_hundredths,
            saves_from=self.saves_from,
            saves_until=self.saves_until,
        )


class OwnerIn(RequestModel):
    """Who answers for the saving from a day on."""

    holds_from: Day
    name: Text
    title: Text
    organisation: Text

    def owner(self) -> Owner:
        """The owner as the domain has it."""
        return Owner(self.holds_from, self.name, self.title, self.organisation)


class RegisterSaving(RequestModel):
    """A saving; what was and is expected, and who answers for it, may come later."""

    arises_at: Place
    org_number: OrgNumber | None = Field(
        default=None, description="The agency it arises at; absent where it arises elsewhere."
    )
    service: Slug
    title: Text
    description: LongText
    specification: SpecificationIn | None = None
    owner: OwnerIn | None = None

    def new(self) -> NewSaving:
        """The saving as the use case takes it."""
        return NewSaving(
            arises_at=self.arises_at,
            org_number=self.org_number,
            service=self.service,
            title=self.title,
            description=self.description,
            specification=self.specification.specification() if self.specification else None,
            owner=self.owner.owner() if self.owner else None,
        )


class SpecifySaving(SpecificationIn):
    """Another specification needs its reason."""

    reason: LongText | None = None


class NameOwner(OwnerIn):
    """Another owner than the first needs its reason."""

    reason: LongText | None = None


class TakeStep(RequestModel):
    """The state next to the present one; one that lies before it needs its reason."""

    to: SavingState
    reason: LongText | None = None


class FollowUpIn(RequestModel):
    """What was realised in ended months of one calendar year."""

    first_period: YearMonth
    last_period: YearMonth
    realised_ore: Annotated[int, Field(ge=-_MOST_ORE, le=_MOST_ORE), AS_A_NUMBER] = Field(
        description="In all those months; below nought when it cost more than before."
    )
    realised_fte_hundredths: Annotated[
        int, Field(ge=-_MOST_HUNDREDTHS, le=_MOST_HUNDREDTHS), AS_A_NUMBER
    ] = Field(description="Hundredths of a full-time equivalent, as it was in those months.")
    source: Text = Field(description="Where the figures come from.")
    corrects: Id | None = Field(default=None, description="The follow-up whose place it takes.")
    reason: LongText | None = Field(default=None, description="Why it is corrected.")

    def new(self) -> NewFollowUp:
        """The follow-up as the use case takes it."""
        return NewFollowUp(
            first=Month.parse(self.first_period),
            last=Month.parse(self.last_period),
            realised_ore=self.realised_ore,
            realised_fte=self.realised_fte_hundredths,
            source=self.source,
            corrects=self.corrects,
            reason=self.reason,
        )


class SpecificationOut(ResponseModel):
    """What was and what is expected, a year."""

    baseline: str
    baseline_ore: int
    baseline_fte_hundredths: int
    baseline_source: str
    expected_ore: int
    expected_fte_hundredths: int
    saves_from: date
    saves_until: date | None

    @classmethod
    def of(cls, spec: Specification) -> SpecificationOut:
        """A specification as the API shows it."""
        return cls(
            baseline=spec.baseline,
            baseline_ore=spec.baseline_ore,
            baseline_fte_hundredths=spec.baseline_fte,
            baseline_source=spec.baseline_source,
            expected_ore=spec.expected_ore,
            expected_fte_hundredths=spec.expected_fte,
            saves_from=spec.saves_from,
            saves_until=spec.saves_until,
        )


class OwnerOut(ResponseModel):
    """Who answers from a day on."""

    holds_from: date
    name: str
    title: str
    organisation: str


class FollowUpOut(ResponseModel):
    """A follow-up; one that ``stands`` counts, the others were corrected.

    ``recorded_by`` is for staff; ``party`` is the side that said it.
    """

    id: str
    first_period: str
    last_period: str
    realised_ore: int
    realised_fte_hundredths: int
    source: str
    corrects: str | None
    stands: bool
    owner: OwnerOut | None
    party: str
    recorded_by: str | None
    recorded_at: datetime


class ToldOut(ResponseModel):
    """A sentence of the story."""

    recorded_at: datetime
    party: str
    text: str
    text_sv: str


class SavingOut(ResponseModel):
    """A saving as it stands; ``owner`` answers for it today.

    ``realised_ore`` is what all follow-ups that stand come to.
    """

    id: str
    arises_at: Place
    org_number: str | None
    service: str
    title: str
    description: str
    state: SavingState
    specification: SpecificationOut | None
    owner: OwnerOut | None
    realised_ore: int
    revision: int
    party: str
    recorded_at: datetime


class SavingStoryOut(SavingOut):
    """A saving with all that was ever registered of it, oldest first."""

    specifications: tuple[SpecificationOut, ...]
    owners: tuple[OwnerOut, ...]
    follow_ups: tuple[FollowUpOut, ...]
    story: tuple[ToldOut, ...]


def saving_out(kept: Kept, today: date) -> SavingOut:
    """A saving as lists show it."""
    return SavingOut(**_shown(kept, today))


def _shown(kept: Kept, today: date) -> dict[str, Any]:
    row, spec, owner = kept.row, kept.specification, kept.owner_on(today)
    return {
        "id": row.id,
        "arises_at": Place(row.arises_at),
        "org_number": row.org_number,
        "service": row.service,
        "title": row.title,
        "description": row.description,
        "state": kept.state,
        "specification": SpecificationOut.of(spec) if spec else None,
        "owner": OwnerOut.model_validate(owner) if owner else None,
        "realised_ore": sum(each.realised_ore for each in standing(kept.followed_up)),
        "revision": row.revision,
        "party": row.party,
        "recorded_at": row.recorded_at,
    }


def saving_story_out(kept: Kept, today: date, *, by: bool) -> SavingStoryOut:
    """A saving with its history; ``by`` tells who recorded it, which is for staff."""
    stands = {each.id for each in standing(kept.followed_up)}
    return SavingStoryOut(
        **_shown(kept, today),
        specifications=tuple(
            SpecificationOut.of(specification_of(row)) for row in kept.specifications
        ),
        owners=tuple(OwnerOut.model_validate(owner_of(row)) for row in kept.owners),
        follow_ups=tuple(
            _follow_up_out(kept, row, stands=row.id in stands, by=by) for row in kept.follow_ups
        ),
        story=tuple(_told_out(each) for each in story(kept)),
    )


def _follow_up_out(kept: Kept, row: SavingFollowUpRow, *, stands: bool, by: bool) -> FollowUpOut:
    owner = kept.owner_on(Month.parse(row.last_period).last_day)
    return FollowUpOut(
        id=row.id,
        first_period=row.first_period,
        last_period=row.last_period,
        realised_ore=row.realised_ore,
        realised_fte_hundredths=row.realised_fte,
        source=row.source,
        corrects=row.corrects,
        stands=stands,
        owner=OwnerOut.model_validate(owner) if owner else None,
        party=row.party,
        recorded_by=row.recorded_by if by else None,
        recorded_at=row.recorded_at,
    )


def _told_out(told: Told) -> ToldOut:
    return ToldOut.model_validate(told)
