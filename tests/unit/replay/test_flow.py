"""The language of flow files: days, months, references, and errors that name the file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.centre.filling import BUNDLED_FLOW
from services.chassis.clock import STOCKHOLM
from services.replay.flow import FlowError, UnknownReference, fill, load
from tests.unit.replay.flows import ENDS, a_flow, flow_file

# Written down from the almanac: what Swedish offices keep closed in 2026 besides weekends.
CLOSED_2026 = {
    date(2026, 1, 1),
    date(2026, 1, 6),
    date(2026, 4, 3),
    date(2026, 4, 6),
    date(2026, 5, 1),
    date(2026, 5, 14),
    date(2026, 6, 19),
    date(2026, 12, 24),
    date(2026, 12, 25),
    date(2026, 12, 31),
}
DAYS_OF_2026 = st.dates(date(2026, 1, 7), date(2026, 12, 31))

VALUES: dict[str, Any] = {
    "case": "c-1",
    "count": 5,
    "org_number": "202100-4870",
    "found": {"items": [{"id": "i-0"}, {"id": "i-1"}], "none": None},
    "live": 14,
    "_first_day": date(2026, 1, 1),
    "_ends": date(2026, 7, 1),
    "_date": date(2026, 1, 31),
}


def stockholm_days(folder: Path, *steps: dict[str, Any], **more: Any) -> list[str]:
    flow = a_flow(folder, *steps, **more)
    return [step.at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M") for step in flow.steps]


def last_working_day(day: date) -> date:
    while day.weekday() > 4 or day in CLOSED_2026:
        day -= timedelta(days=1)
    return day


@given(DAYS_OF_2026)
def test_a_step_on_a_free_day_happens_on_the_working_day_before(
    tmp_path_factory: pytest.TempPathFactory, day: date
) -> None:
    flow = a_flow(tmp_path_factory.mktemp("flow"), {"day": 0}, ends=day, starts=0)
    (step,) = flow.steps
    assert step.at.astimezone(STOCKHOLM).date() == last_working_day(day)


def test_days_count_back_from_the_end(tmp_path: Path) -> None:
    # Day 0 lies 100 days before 30 June: Sunday 22 March, so Friday 20 March.
    steps: tuple[dict[str, Any], ...] = ({"day": 0}, {"day": 1}, {"day": 99}, {"day": "end"})
    assert stockholm_days(tmp_path, *steps) == [
        "2026-03-20 09:00",
        "2026-03-23 09:00",
        "2026-06-29 09:00",
        "2026-06-29 09:00",
    ]


@given(st.integers(0, 500))
def test_ending_later_moves_the_frame_by_as_many_days(
    tmp_path_factory: pytest.TempPathFactory, later: int
) -> None:
    folder = tmp_path_factory.mktemp("flow")
    one, other = (a_flow(folder, ends=ENDS + timedelta(days=days)) for days in (0, later))
    for instant, moved in ((one.begins, other.begins), (one.ends, other.ends)):
        assert _local_midnight(moved) - _local_midnight(instant) == timedelta(days=later)


def _local_midnight(instant: datetime) -> date:
    local = instant.astimezone(STOCKHOLM)
    assert (local.hour, local.minute) == (0, 0)
    return local.date()


def test_times_of_day_are_stockholms(tmp_path: Path) -> None:
    flow = a_flow(tmp_path, {"day": 0, "at": "08:30"}, {"day": 10, "at": "08:30"}, starts=-100)
    winter, summer = (step.at for step in flow.steps)
    assert winter == datetime(2026, 3, 20, 7, 30, tzinfo=UTC)
    assert summer == datetime(2026, 4, 1, 6, 30, tzinfo=UTC)
    assert winter.tzinfo is UTC


def test_steps_are_numbered_in_order_of_their_time_then_as_written(tmp_path: Path) -> None:
    flow = a_flow(
        tmp_path,
        {"day": 9, "say": "third"},
        {"day": 2, "say": "first"},
        {"day": 9, "say": "fourth"},
        {"day": 9, "at": "08:59", "say": "second"},
    )
    assert [step.say for step in flow.steps] == ["first", "second", "third", "fourth"]
    assert [step.number for step in flow.steps] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("day", "happens"),
    [("live", "2026-04-10"), ("live+3", "2026-04-13"), ("live-3", "2026-04-07")],
)
def test_a_day_may_be_named_by_a_value(tmp_path: Path, day: str, happens: str) -> None:
    # Day 19 is Friday 10 April; three days before it is Easter Tuesday.
    (at,) = stockholm_days(tmp_path, {"day": day}, values={"live": 19})
    assert at == f"{happens} 09:00"


def test_a_monthly_step_happens_in_every_month_of_its_interval(tmp_path: Path) -> None:
    monthly = {"day_of_month": 5, "from_day": 0, "to_day": "end"}
    assert stockholm_days(tmp_path, {"monthly": monthly, "at": "10:00"}) == [
        "2026-04-02 10:00",  # the 5th is Easter Sunday
        "2026-05-05 10:00",
        "2026-06-05 10:00",
    ]


def test_a_monthly_steps_interval_includes_both_its_days(tmp_path: Path) -> None:
    # Day 0 is 22 March, day 30 is 21 April.
    for first, last, months in ((0, 30, 1), (0, 31, 2), (1, 31, 1), (2, 29, 0), (31, 0, 0)):
        monthly = {"day_of_month": 22, "from_day": first, "to_day": last}
        assert len(stockholm_days(tmp_path, {"monthly": monthly})) == months, (first, last)


def test_a_monthly_step_never_passes_the_end(tmp_path: Path) -> None:
    monthly = {"day_of_month": 1, "from_day": 0, "to_day": 5000}
    days = stockholm_days(tmp_path, {"monthly": monthly})
    assert days[-1] == "2026-06-01 09:00"


@given(st.integers(1, 28), st.integers(0, 400), st.integers(0, 400))
def test_months_are_those_of_the_slow_way(
    tmp_path_factory: pytest.TempPathFactory, day_of_month: int, first: int, length: int
) -> None:
    start = date(2026, 1, 2)
    ends = start + timedelta(days=800)
    monthly = {"day_of_month": day_of_month, "from_day": first, "to_day": first + length}
    flow = a_flow(tmp_path_factory.mktemp("flow"), {"monthly": monthly}, ends=ends, starts=-800)
    interval = [start + timedelta(days=offset) for offset in range(first, first + length + 1)]
    wanted = [day for day in interval if day.day == day_of_month]
    happened = [step.at.astimezone(STOCKHOLM).date() for step in flow.steps]
    assert len(happened) == len(wanted)
    for at, day in zip(happened, wanted, strict=True):
        assert timedelta(0) <= day - at <= timedelta(days=5)


def test_who_acts_may_be_a_value_of_the_journey(tmp_path: Path) -> None:
    flow = a_flow(tmp_path, {"who": "${me}"}, values={"me": "agency"})
    assert flow.steps[0].actor == "agency"


def test_a_journeys_values_go_before_the_flows(tmp_path: Path) -> None:
    path = flow_file(tmp_path, {"day": 0}, values={"mine": 1, "both": 2})
    path.write_text(f"{path.read_text('utf-8')}\nvalues: {{both: 3, all: 4}}\n", "utf-8")
    (step,) = load(path, ENDS).steps
    assert [step.values[name] for name in ("mine", "both", "all")] == [1, 2, 4]


def test_only_the_journeys_asked_for_are_kept(tmp_path: Path) -> None:
    journeys: list[dict[str, Any]] = [
        {"name": name, "starts": -50, "values": {}, "steps": ["only"]} for name in ("A", "B", "C")
    ]
    path = flow_file(tmp_path, {"day": 0}, journeys=journeys)
    assert {step.journey for step in load(path, ENDS).steps} == {"A", "B", "C"}
    assert [step.journey for step in load(path, ENDS, ["C", "A"]).steps] == ["A", "C"]
    with pytest.raises(FlowError, match=r"test\.yaml: no journey is called D, E$"):
        load(path, ENDS, ["A", "E", "D"])


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("plain", "plain"),
        (7, 7),
        (None, None),
        (True, True),
        ("${case}", "c-1"),
        ("${count}", 5),
        ("/v1/cases/${case}/x?count=${count}", "/v1/cases/c-1/x?count=5"),
        ("${found.items}", [{"id": "i-0"}, {"id": "i-1"}]),
        ("${found.items.1.id}", "i-1"),
        ("${found.items.*.id}", ["i-0", "i-1"]),
        ("${found.none}", None),
        ({"${case}": ["${count}", {"a": "${case}"}]}, {"c-1": [5, {"a": "c-1"}]}),
        (("${count}",), [5]),
        ("${date:+0}", "2026-01-31"),
        ("${date:+1}", "2026-02-01"),
        ("${date:-31}", "2025-12-31"),
        ("${date:live}", "2026-01-15"),
        ("${date:live+2}", "2026-01-16"),  # a Saturday: the working day before
        ("${date:end}", "2026-06-30"),
        ("${month:+0}", "2026-01"),
        ("${month:-1}", "2025-12"),
        ("${month:+1}", "2026-02"),
        ("${month:-13}", "2024-12"),
        ("{case} $case $", "{case} $case $"),
    ],
)
def test_references_are_filled_in(template: Any, filled: Any) -> None:
    assert fill(template, VALUES) == filled


@pytest.mark.parametrize(
    "template",
    [
        "${nothing}",
        "${case}/${nothing}",
        "${found.nothing}",
        "${found.items.2}",
        "${found.items.*.nothing}",
        "${found.items.id}",
        "${count.x}",
        "${found.none.x}",
        "${date:nothing}",
        "${date:nothing+3}",
        "${date:+99999999}",
        "${month:live}",
        "${case:+1}",
        "${Case}",
        "${case-id}",
        "${case",
        {"deep": [{"er": "${nothing}"}]},
    ],
)
def test_a_reference_to_nothing_is_unknown_and_named(template: Any) -> None:
    with pytest.raises(UnknownReference) as unknown:
        fill(template, VALUES)
    assert str(unknown.value) in str(template)
    assert str(unknown.value).startswith("${")


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-400, 400))
def test_months_are_counted_one_by_one(day: date, months: int) -> None:
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in (0, 13):
            year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
    assert fill(f"${{month:{months:+d}}}", {"_date": day}) == f"{year:04}-{month:02}"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text().filter(lambda t: "${" not in t),
        lambda inner: st.lists(inner) | st.dictionaries(st.just("key"), inner),
    )
)
def test_what_refers_to_nothing_stays_as_it_is(template: Any) -> None:
    assert fill(template, {}) == template


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "document: Input should be"),
        ("- a\n- b\n", "document: Input should be"),
        ("{", "while parsing a flow"),
        ("flow: test\n", "title: Field required"),
        ("flow: Not A Name\ntitle: x\nstarts: 0\nactors: {}\njourneys: []\nsteps: {}\n", "flow: "),
        (
            "flow: x\ntitle: x\nstarts: 5\nactors: {}\njourneys: []\nsteps: {}\n",
            "starts: Input should be less than or equal to 0",
        ),
        (
            "flow: x\ntitle: x\nstarts: 0\nactors: {}\njourneys: []\nsteps: {}\nmore: 1\n",
            "more: Extra inputs are not permitted",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_named_in_one_line(
    tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(FlowError) as refused:
        load(path, ENDS)
    assert str(refused.value).startswith(f"{path}: {told}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"day": "nowhere"}, "'nowhere' names no day of the journey"),
        ({"day": "live*2"}, "'live*2' names no day of the journey"),
        ({"day": 10**9}, "a day lies outside of the calendar"),
        ({"day": 10**7}, "a day lies outside of the calendar"),
        ({"who": "nobody"}, "nobody is called 'nobody' (GET /ops/v1/cases)"),
        ({"who": "${nobody}"}, "there is no ${nobody}"),
        ({"at": "24:00"}, "steps.only.0.at: String should match pattern"),
        ({"at": "09:60"}, "steps.only.0.at: String should match pattern"),
        ({"do": "PATCH /v1/x"}, "steps.only.0.do: String should match pattern"),
        ({"do": "GET v1/x"}, "steps.only.0.do: String should match pattern"),
        ({"expects": {}}, "steps.only.0.expects: Extra inputs are not permitted"),
        (
            {"monthly": {"day_of_month": 29, "from_day": 0, "to_day": 9}},
            "steps.only.0.monthly.day_of_month: Input should be less than or equal to 28",
        ),
        (
            {"monthly": {"day_of_month": 2, "from_day": "nowhere", "to_day": 9}},
            "'nowhere' names no day of the journey",
        ),
    ],
)
def test_a_step_that_cannot_be_is_named_with_its_file(
    tmp_path: Path, step: dict[str, Any], told: str
) -> None:
    path = flow_file(tmp_path, step)
    with pytest.raises(FlowError) as refused:
        load(path, ENDS)
    assert str(refused.value).startswith(f"{path}: {told}")
    assert "\n" not in str(refused.value)


def test_a_journey_without_its_steps_is_named(tmp_path: Path) -> None:
    path = flow_file(tmp_path, {"day": 0}, steps={"others": []})
    with pytest.raises(FlowError, match="Way has steps called 'only', which are not there"):
        load(path, ENDS)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FlowError) as refused:
        load(path, ENDS)
    assert str(refused.value).startswith(f"{path}: ")


def test_the_bundled_flow_passes_no_step_beyond_its_end() -> None:
    flow = load(BUNDLED_FLOW, ENDS)
    assert flow.begins < flow.steps[0].at
    assert flow.steps[-1].at < flow.ends
    assert len({step.journey for step in flow.steps}) == 3


def test_step_lists_can_be_shared_and_the_flows_own_win(tmp_path: Path) -> None:
    shared = {"only": [{"who": "manager", "do": "GET /ops/v1/forums"}], "more": []}
    (tmp_path / "shared.yaml").write_text(yaml.safe_dump({"steps": shared}), "utf-8")
    own = a_flow(tmp_path, {"do": "GET /ops/v1/levels"}, steps_from=["shared.yaml"])
    assert [step.path for step in own.steps] == ["/ops/v1/levels"]
    borrowed = a_flow(tmp_path, steps_from=["shared.yaml"], steps={})
    assert [step.path for step in borrowed.steps] == ["/ops/v1/forums"]


def test_a_list_may_have_some_values_of_its_own(tmp_path: Path) -> None:
    use = {"list": "only", "values": {"n": 2}}
    journey = {"name": "A", "starts": -9, "values": {"n": 1, "m": 3}, "steps": ["only", use]}
    flow = a_flow(tmp_path, {"do": "GET /ops/v1/cases"}, journeys=[journey])
    assert [(step.values["n"], step.values["m"]) for step in flow.steps] == [(1, 3), (2, 3)]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "shared.yaml"), ("steps: {only: [{do: nothing}]}", "steps.only.0")],
)
def test_shared_steps_that_cannot_be_read_are_named(
    tmp_path: Path, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "shared.yaml").write_text(content, "utf-8")
    with pytest.raises(FlowError, match=r"test\.yaml.*shared\.yaml") as raised:
        a_flow(tmp_path, steps_from=["shared.yaml"])
    assert said in str(raised.value)
