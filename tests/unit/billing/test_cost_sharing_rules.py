"""Rules of cost sharing that nobody must be able to pass over in silence."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from services.billing.cost_sharing.batches import require_correctable
from services.billing.cost_sharing.checks import check
from services.billing.cost_sharing.correcting import next_true_up
from services.billing.cost_sharing.facts import EDITION, Reading, SharingInput
from services.billing.cost_sharing.language import TrueUp, Version
from services.billing.cost_sharing.recording import brought_forward, given_of
from services.billing.cost_sharing.sharing import share_costs
from services.billing.tables import CostSharingRow
from services.chassis.problems import Problem

EQUAL = {"kind": "equal"}
BY_CASES = {"kind": "by_driver", "driver": "cases"}
ORDERED = {"kind": "only_those_who_ordered", "by": EQUAL}
NORTH_AND_SOUTH = {"kind": "by_group", "groups": ["north", "south"], "within": EQUAL}
YEAR = {"first_day": "2025-01-01", "last_day": "2025-12-31"}


def _limited(name: str) -> dict[str, Any]:
    return {"kind": "limited", "by": EQUAL, "limits": [{"of": name, "cap_ore": 1}]}


def _sums(name: str) -> dict[str, Any]:
    sums = [{"of": name, "amount_ore": 1}]
    return {"kind": "fixed_sums", "sums": sums, "rest": EQUAL}


def _budgets(name: str) -> dict[str, Any]:
    return {"kind": "former_budget", "budgets": [{"of": name, "amount_ore": 1}], "then": EQUAL}


def _portions(name: str) -> dict[str, Any]:
    return {"kind": "portions", "portions": [{"of": name, "portion": "1/1"}]}


def _between(key: dict[str, Any]) -> dict[str, Any]:
    return NORTH_AND_SOUTH | {"between": key}


def _version(key: dict[str, Any], **more: Any) -> Version:
    line = {"key": "rent", "name": "Rent", "name_sv": "Hyra"}
    return Version.model_validate(
        {
            "effective_from": "2025-01-01",
            "groups": [
                {"key": each, "name": each, "name_sv": each} for each in ("north", "south", "east")
            ],
            "drivers": [{"key": "cases", "name": "C", "name_sv": "Ä", "unit": "case"}],
            "lines": [line | {"charge": {"kind": "actual", "by": key}}],
        }
        | more
    )


@pytest.mark.parametrize("named", [_limited, _sums, _budgets, _portions])
def test_a_key_names_those_whom_it_shares_among(named: Any) -> None:
    for key in (named("a"), _between(named("north")), {"kind": "mix", "parts": [_all(named("a"))]}):
        check(_version(key), ["a", "b"])
    strangers = [
        (named("north"), "north"),
        (_between(named("a")), "a"),
        (_between(named("east")), "east"),
        ({"kind": "among", "members": ["south"], "by": named("south")}, "south"),
        ({"kind": "mix", "parts": [_all(named("north"))]}, "north"),
        (_between(EQUAL) | {"within": named("north")}, "north"),
        (_between(EQUAL) | {"exceptions": [{"group": "east", "by": named("a")}]}, "east"),
    ]
    for key, stranger in strangers:
        assert _refusal(_version(key)) == ("unknown_reference", [stranger])


def _all(key: dict[str, Any]) -> dict[str, Any]:
    return {"portion": "100%", "by": key}


def test_what_only_parties_have_is_not_asked_of_others() -> None:
    later = {"lines": ["rent"], "payment": "remaining_value", "months": 60, "by": ORDERED}
    nested = _between(EQUAL)
    for version in (
        _version(_between(ORDERED)),
        _version(_between(nested)),
        _version(EQUAL, late_joining=[later]),
    ):
        assert _refusal(version)[0] == "keys_do_not_go_together"
    among_parties = {"kind": "among", "members": ["a"], "by": EQUAL}
    assert _refusal(_version(_between(among_parties))) == ("unknown_reference", ["a"])


def _refusal(version: Version) -> tuple[str, Any]:
    with pytest.raises(Problem) as refused:
        check(version, ["a", "b"])
    return refused.value.type.code, refused.value.extra.get("unknown")


def _given(*without: str, **more: Any) -> SharingInput:
    """Two of the north and one of the south share 900 öre by group and cases."""
    groups = {"a": "north", "b": "north", "c": "south"}
    return SharingInput.model_validate(
        {
            "arrangement": "offices",
            "name": "Offices",
            "name_sv": "Kontor",
            **YEAR,
            "actual_through": "2025-12-31",
            "versions": [_version(_between(BY_CASES))],
            "parties": [
                {"key": key, "name": key, "groups": [group], "joins_on": "2025-01-01"}
                for key, group in groups.items()
            ],
            "items": [{"id": "i", "line": "rent", "name": "R", "amount_ore": 900, **YEAR}],
            "readings": [
                Reading.model_validate(
                    {"id": key, "driver": "cases", "party": key, "quantity": "10", **YEAR}
                )
                for key in groups
                if key not in without
            ],
            "index_values": [],
            **more,
        }
    )


def test_a_member_without_a_reading_does_not_make_its_group_pay_less() -> None:
    whole = share_costs(_given())
    assert {party: whole.due(party) for party in whole.parties} == {"a": 300, "b": 300, "c": 300}
    with pytest.raises(Problem) as refused:
        share_costs(_given("b"))
    assert refused.value.type.code == "driver_without_data"
    assert refused.value.extra["parties"] == ["b"]
    nought = _between(BY_CASES | {"without_reading": "nought"})
    meant = share_costs(_given("b", versions=[_version(nought)]))
    assert meant.due("c") == 450


def test_who_did_not_order_makes_no_group_pay_more() -> None:
    ordered = {"kind": "only_those_who_ordered", "by": _between(BY_CASES)}
    item = {"id": "i", "line": "rent", "name": "R", "amount_ore": 900, "ordered_by": ["a", "c"]}
    given = _given(versions=[_version(ordered)], items=[item | YEAR])
    assert share_costs(given).due("a") == share_costs(given).due("c") == 450
    # Nor is a reading asked of it. By the first rules it counted.
    assert share_costs(_given("b", **_facts(given))).due("a") == 450
    assert share_costs(given.model_copy(update={"edition": 1})).due("a") == 600


def _facts(given: SharingInput) -> dict[str, Any]:
    return {"versions": given.versions, "items": given.items}


def test_what_was_booked_by_the_first_rules_stays_as_it_was() -> None:
    document = _given("b").model_dump(mode="json")
    assert document.pop("edition") == EDITION
    kept = given_of(CostSharingRow(given=document))
    assert (kept.edition, share_costs(kept).due("c")) == (1, 450)
    assert given_of(CostSharingRow(given=document | {"edition": EDITION})).edition == EDITION


def test_whoever_paid_to_join_has_borne_it_when_the_next_one_joins() -> None:
    """600,000 SEK are borne by two; the third joins, then the fourth: all have borne the same."""
    rule = {"lines": ["rent"], "payment": "remaining_value", "months": 600, "by": EQUAL}
    joined = {"a": "2025-01-01", "b": "2025-01-01", "c": "2025-02-01", "d": "2025-02-02"}
    spent = {"id": "i", "line": "rent", "name": "R", "amount_ore": 60_000_000}
    given = _given(
        versions=[_version(EQUAL, late_joining=[rule])],
        parties=[{"key": key, "name": key, "joins_on": day} for key, day in joined.items()],
        items=[spent | {"first_day": "2025-01-01", "last_day": "2025-01-31"}],
    )

    def net(wanted: SharingInput) -> dict[str, int]:
        paid = dict.fromkeys("abcd", 0)
        for each in share_costs(wanted).transfers:
            paid[each.payer] += each.amount_ore
            paid[each.receiver] -= each.amount_ore
        assert sum(paid.values()) == 0
        return paid

    both = net(given)
    bore = {key: both[key] + (30_000_000 if key in "ab" else 0) for key in both}
    # A day is written off between them: a part in 600 * 28.
    assert max(bore.values()) - min(bore.values()) < 60_000_000 // (600 * 28)
    # The same whether the third joined in the period or in an earlier one.
    parts = [{"last_day": date(2025, 2, 1)}, {"first_day": date(2025, 2, 2)}]
    first, second = (net(given.model_copy(update=part)) for part in parts)
    assert {key: first[key] + second[key] for key in both} == both
    # By the first rules the third got nothing of what the fourth paid.
    old = net(given.model_copy(update={"edition": 1}))
    assert old["c"] == 20_000_000


def test_a_correction_takes_the_place_of_one_reading_and_no_more() -> None:
    def reading(name: str, corrects: str | None = None, **more: Any) -> Reading:
        plain = {"id": name, "driver": "cases", "party": "a", "quantity": "1", "corrects": corrects}
        return Reading.model_validate(plain | YEAR | more)

    def refused(*readings: Reading) -> tuple[str, int]:
        with pytest.raises(Problem) as found:
            require_correctable(list(enumerate(readings, start=1)), known, corrected)
        assert found.value.extra["column"] == "corrects"
        return found.value.type.code, found.value.extra["row"]

    known = {"old": reading("old"), "first": reading("first", "old")}
    corrected = {"old": "first"}
    chain = [reading("second", "first"), reading("third", "second"), reading("new")]
    require_correctable(list(enumerate(chain, start=1)), known, corrected)
    assert refused(chain[0], reading("x", "nothing")) == ("unknown_reference", 2)
    assert refused(reading("itself", "itself")) == ("unknown_reference", 1)
    assert refused(reading("x", "first", party="b")) == ("unknown_reference", 1)
    assert refused(reading("x", "first", basis="budget")) == ("unknown_reference", 1)
    assert refused(reading("x", "old")) == ("fact_conflict", 1)
    assert refused(chain[0], reading("x", "first")) == ("fact_conflict", 2)


def test_the_next_true_up_is_a_day_of_the_rule_or_the_last() -> None:
    rule = TrueUp(days=("04-30", "02-29"))
    first, last = date(2023, 7, 1), date(2024, 6, 30)
    known = [None, date(2022, 1, 1), date(2024, 2, 28), date(2024, 2, 29), date(2024, 4, 30), last]
    expected = [date(2024, 2, 29)] * 3 + [date(2024, 4, 30), last, None]
    assert [next_true_up(rule, first, last, each) for each in known] == expected
    assert next_true_up(rule, date(2023, 1, 1), last, None) == date(2023, 2, 28)
    assert next_true_up(None, first, last, None) is None
    version = _version(EQUAL, true_up={"days": ["02-30"]})
    assert _refusal(version)[0] == "arrangement_incomplete"


def test_what_is_carried_is_brought_forward_whatever_was_booked_first() -> None:
    def sharing(year: int, **lines: tuple[int, int]) -> SimpleNamespace:
        results = [
            {"line": line, "brought_forward_ore": brought, "carried_ore": carried}
            for line, (brought, carried) in lines.items()
        ]
        return SimpleNamespace(last_day=date(year, 12, 31), results={"lines": results})

    first, second = sharing(2021, fees=(0, 100), tools=(0, 7)), sharing(2022, fees=(100, 120))
    assert brought_forward([first, second], date(2023, 1, 1)) == {"fees": 120, "tools": 7}
    # 2022 was booked before 2021, and knew nothing of it.
    alone = sharing(2022, fees=(0, 20))
    assert brought_forward([alone, first], date(2023, 1, 1)) == {"fees": 120, "tools": 7}
    # A correction of 2021 found 50 more; 2023 gave all back.
    corrected, returned = sharing(2021, fees=(0, 150)), sharing(2023, fees=(170, 0))
    assert brought_forward([corrected, second], date(2023, 1, 1)) == {"fees": 170}
    assert brought_forward([corrected, second, returned], date(2024, 1, 1)) == {}
    assert brought_forward([corrected], date(2021, 12, 31)) == {}
