"""What the API says about proposals and the report to the Government."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from services.billing.results.report import report
from services.billing.results.reporting import Ground
from services.billing.results.rows import Proposed, Results
from services.billing.results.rules import result_rules
from services.billing.results.telling import steps
from services.chassis.schemas import ResponseModel


class GroundOut(ResponseModel):
    """What a proposal stands on.

    ``missing = aim - accumulated - years * yearly result at unchanged fees``: what the fees of
    the years have to bring more (or, below nought, less) together.
    """

    accumulated_ore: int
    yearly_result_at_unchanged_fees_ore: int
    yearly_fees_ore: int
    aim_ore: int
    years: int
    missing_ore: int


class ProposalOut(ResponseModel):
    """A change of fees from the next year on.

    ``yearly_ore`` is what it brings a year, ``accumulated_after_ore`` what stands there after
    the years. ``reaches_aim`` is false where even fees of nought leave more.
    """

    change_percent: str
    yearly_ore: int
    accumulated_after_ore: int
    reaches_aim: bool


class ProposedOut(ResponseModel):
    """A proposal for a service area, for what belongs to none (null), or for all together.

    ``proposal`` is null where there are no fees to change, and where ``lacks_cost``: fees are
    posted and no cost of ordinary operations yet, so that nobody can say what they should be.
    """

    service_area: str | None
    name: str
    name_sv: str
    ground: GroundOut
    lacks_cost: bool
    proposal: ProposalOut | None
    steps: tuple[str, ...]
    steps_sv: tuple[str, ...]


class ProposalsOut(ResponseModel):
    """Proposals by service area and for all together, each of which reaches the aim."""

    year: int
    known_at: datetime
    forecast: bool = Field(description="Whether months of the year are still to come.")
    service_areas: tuple[ProposedOut, ...]
    total: ProposedOut


class SectionOut(ResponseModel):
    """A heading and the sentences below it."""

    heading: str
    paragraphs: tuple[str, ...]


class TextOut(ResponseModel):
    """A report in one language."""

    title: str
    summary: str
    sections: tuple[SectionOut, ...]


class ReportOut(ResponseModel):
    """The report to the Government: the Swedish text, and an English version beside it."""

    year: int
    known_at: datetime
    over_limit: bool
    text_sv: TextOut
    text: TextOut


def proposals_out(found: Results, rows: Sequence[Proposed], total: Proposed) -> ProposalsOut:
    """Proposals as the API shows them."""
    return ProposalsOut(
        year=found.year,
        known_at=found.known_at,
        forecast=found.is_forecast,
        service_areas=tuple(
            _proposed(each, result_rules().names_of(each.of.area)) for each in rows
        ),
        total=_proposed(total, ("In all", "Sammanlagt")),
    )


def _proposed(proposed: Proposed, names: tuple[str, str]) -> ProposedOut:
    ground, proposal = proposed.ground, proposed.proposal
    told = steps(ground, proposal, lacks_cost=proposed.of.lacks_cost)
    return ProposedOut(
        service_area=proposed.of.area,
        name=names[0],
        name_sv=names[1],
        ground=GroundOut(
            accumulated_ore=ground.accumulated_ore,
            yearly_result_at_unchanged_fees_ore=ground.running_ore,
            yearly_fees_ore=ground.fees_ore,
            aim_ore=ground.aim_ore,
            years=ground.years,
            missing_ore=ground.missing_ore,
        ),
        proposal=ProposalOut(
            change_percent=f"{proposal.percent:f}",
            yearly_ore=proposal.yearly_ore,
            accumulated_after_ore=proposal.after_ore,
            reaches_aim=proposal.reaches_aim,
        )
        if proposal
        else None,
        lacks_cost=proposed.of.lacks_cost,
        steps=tuple(each.en for each in told),
        steps_sv=tuple(each.sv for each in told),
    )


def report_out(ground: Ground) -> ReportOut:
    """The report as the API shows it."""
    text = report(ground)
    return ReportOut(
        year=ground.year,
        known_at=ground.results.known_at,
        over_limit=ground.is_over,
        text_sv=TextOut.model_validate(text.sv),
        text=TextOut.model_validate(text.en),
    )
