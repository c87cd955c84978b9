"""Keys: how a cost is shared. They are composed of each other.

Part of the language in which arrangements are written (``language``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.billing.cost_sharing.numerals import Portion
from services.chassis.schemas import AS_A_NUMBER, Day
from services.contracts.values import Slug

MOST = 300
"""How many of anything a document may list; the largest centre has 260 parties."""

SumOre = Annotated[int, Field(ge=0, le=10**13), AS_A_NUMBER]
Year = Annotated[int, Field(ge=1900, le=2199), AS_A_NUMBER]


class Document(BaseModel):
    """Base of what the language is made of: immutable, and strangers are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Indexed(Document):
    """An amount that follows an index from the level of its base year (003@189600: AKI)."""

    index: Slug
    base_year: Year


class Equal(Document):
    """The same for each."""

    kind: Literal["equal"]


class PortionOf(Document):
    """What one party, or one group where the key is between groups, takes of the whole."""

    of: Slug
    portion: Portion


class Portions(Document):
    """Fixed portions; together they are exactly the whole."""

    kind: Literal["portions"]
    portions: Annotated[tuple[PortionOf, ...], Field(min_length=1, max_length=MOST)]


class WithoutReading(StrEnum):
    """What it means that a party has no reading of a driver."""

    REFUSED = "refused"
    NOUGHT = "nought"


class ByDriver(Document):
    """In proportion to what each has of a driver: cases, payslips, inhabitants, use."""

    kind: Literal["by_driver"]
    driver: Slug
    without_reading: WithoutReading = WithoutReading.REFUSED


class SumOf(Document):
    """A sum a year for one party, or for one group where the key is between groups."""

    of: Slug
    amount_ore: SumOre


class FixedSums(Document):
    """Fixed sums a year for some, and what remains by another key among the others.

    Without ``rest`` the sums must be exactly the whole.
    """

    kind: Literal["fixed_sums"]
    sums: Annotated[tuple[SumOf, ...], Field(min_length=1, max_length=MOST)]
    indexed: Indexed | None = None
    rest: Key | None = None


class WithinGroup(Document):
    """The key inside one group, where it is not the one that all others have."""

    group: Slug
    by: Key


class ByGroup(Document):
    """First between groups, then within each of them."""

    kind: Literal["by_group"]
    groups: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=MOST)]
    between: Key
    within: Key
    exceptions: Annotated[tuple[WithinGroup, ...], Field(max_length=MOST)] = ()


class Stage(Document):
    """From which day how much follows the new key; the rest still follows the old budgets."""

    from_day: Day
    portion: Portion


class FormerBudget(Document):
    """By the parties' former budgets, passing over to another key in stages (003@219770)."""

    kind: Literal["former_budget"]
    budgets: Annotated[tuple[SumOf, ...], Field(min_length=1, max_length=MOST)]
    stages: Annotated[tuple[Stage, ...], Field(max_length=20)] = ()
    then: Key


class Among(Document):
    """A key for some only: parties, or the members of groups."""

    kind: Literal["among"]
    members: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=MOST)]
    by: Key


class OnlyThoseWhoOrdered(Document):
    """A key for those only who ordered the cost item."""

    kind: Literal["only_those_who_ordered"]
    by: Key


class Part(Document):
    """A portion of the cost with a key of its own."""

    portion: Portion
    by: Key


class Mix(Document):
    """Portions of the cost by different keys; the portions are together the whole."""

    kind: Literal["mix"]
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=20)]


class Limit(Document):
    """The least and the most a year: for one party (between groups, one group), or for all."""

    of: Slug | None = None
    floor_ore: SumOre = 0
    cap_ore: SumOre | None = None


class Limited(Document):
    """A key with floors and caps; what they move is borne by the others as the key says."""

    kind: Literal["limited"]
    by: Key
    limits: Annotated[tuple[Limit, ...], Field(min_length=1, max_length=MOST)]
    indexed: Indexed | None = None


Key = (
    Equal
    | Portions
    | ByDriver
    | FixedSums
    | ByGroup
    | FormerBudget
    | Among
    | OnlyThoseWhoOrdered
    | Mix
    | Limited
)
"""How a cost is shared. ``written_keys`` says how deep keys may be composed."""

for _model in (
    FixedSums,
    WithinGroup,
    ByGroup,
    FormerBudget,
    Among,
    OnlyThoseWhoOrdered,
    Part,
    Mix,
    Limited,
):
    _model.model_rebuild()
