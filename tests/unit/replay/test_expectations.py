"""What a flow expects of an answer: every word, every kind of path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.replay.expectations import differences, find, leads_nowhere

DOCUMENT: dict[str, Any] = {
    "phase": "stable",
    "count": 3,
    "share": 0.5,
    "open": False,
    "nothing": None,
    "text": "Three of 5",
    "tags": ["a", "b"],
    "items": [
        {"service": "payroll", "period": "2026.1", "met": True, "total_ore": 100, "n": 1},
        {"service": "e-commerce", "period": "2026.2", "met": False, "total_ore": 200, "n": 2},
    ],
    "nested": {"a": {"b": [[1, 2], [3]]}},
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("phase", "stable"),
        ("nothing", None),
        ("items.0.total_ore", 100),
        ("items.1.met", False),
        ("items.length", 2),
        ("tags.length", 2),
        ("tags.0", "a"),
        ("nested.a.b.1.0", 3),
        ("nested.a.b.0.length", 2),
        ("items[service=payroll].met", True),
        ("items[service=e-commerce].total_ore", 200),
        ("items[n=2].service", "e-commerce"),
        ("items[met=True].n", 1),
        ("items[period=2026.2].n", 2),
        ("", DOCUMENT),
    ],
)
def test_paths_lead_to_values(path: str, found: Any) -> None:
    assert find(DOCUMENT, path) == found


@pytest.mark.parametrize(
    "path",
    [
        "nowhere",
        "phase.length",
        "phase.0",
        "count.x",
        "nothing.x",
        "items.2",
        "items.-1",
        "items.x",
        "items[service=travel]",
        "items[service=travel].met",
        "items[colour=payroll]",
        "nested[a=b]",
        "phase[a=b]",
        "tags[a=b]",
        "items[0]",
        "items[service]",
        "items[]",
        "items.0 .met",
    ],
)
def test_paths_may_lead_nowhere(path: str) -> None:
    assert leads_nowhere(find(DOCUMENT, path))


@given(JSON)
def test_every_value_of_a_document_is_found_by_its_path(document: Any) -> None:
    def walk(value: Any, path: list[str]) -> None:
        assert find(document, ".".join(path)) == value
        if isinstance(value, dict):
            for key, item in value.items():
                walk(item, [*path, key])
        if isinstance(value, list):
            assert find(document, ".".join([*path, "length"])) == len(value)
            for index, item in enumerate(value):
                walk(item, [*path, str(index)])

    walk(document, [])


@given(JSON)
def test_what_is_there_is_as_expected(document: Any) -> None:
    if isinstance(document, dict):
        assert differences(document, 200, document) == []
    assert differences({"whole": document}, 200, {"whole": document}) == []


@pytest.mark.parametrize(
    ("path", "wanted", "fits"),
    [
        ("count", 3, True),
        ("count", 4, False),
        ("count", "3", False),
        ("nothing", None, True),
        ("nowhere", None, False),
        ("tags", ["a", "b"], True),
        ("tags", ["b", "a"], False),
        ("count", {"at_least": 3}, True),
        ("count", {"at_least": 4}, False),
        ("share", {"at_least": 0}, True),
        ("phase", {"at_least": 4}, False),
        ("phase", {"at_least": "stab"}, True),
        ("nowhere", {"at_least": 0}, False),
        ("nothing", {"at_least": 0}, False),
        ("tags", {"at_least": 0}, False),
        ("count", {"at_most": 3}, True),
        ("count", {"at_most": 2}, False),
        ("nothing", {"at_most": 9}, False),
        ("nowhere", {"at_most": 9}, False),
        ("items", {"at_most": 9}, False),
        ("text", {"contains": "of 5"}, True),
        ("text", {"contains": "of 6"}, False),
        ("text", {"contains": 5}, False),
        ("tags", {"contains": "b"}, True),
        ("tags", {"contains": "c"}, False),
        ("nested", {"contains": "a"}, True),
        ("count", {"contains": 3}, False),
        ("nothing", {"contains": "x"}, False),
        ("nowhere", {"contains": "x"}, False),
        ("phase", {"present": True}, True),
        ("phase", {"present": False}, False),
        ("open", {"present": True}, True),
        ("nothing", {"present": True}, False),
        ("nothing", {"present": False}, True),
        ("nowhere", {"present": True}, False),
        ("nowhere", {"present": False}, True),
        ("items", {"some": {"service": "payroll", "met": True}}, True),
        ("items", {"some": {"service": "payroll", "met": False}}, False),
        ("items", {"some": {"total_ore": {"at_least": 150}}}, True),
        ("items", {"some": {"total_ore": {"at_least": 250}}}, False),
        ("nested.a.b", {"some": {"some": 3}}, True),
        ("nested.a.b", {"some": {"some": 4}}, False),
        ("tags", {"some": "b"}, True),
        ("phase", {"some": "s"}, False),
        ("nowhere", {"some": "s"}, False),
        ("items.0", {"service": "payroll"}, True),
        ("items.0", {"service": "payroll", "met": False}, False),
        ("items.0", {"service": "payroll", "colour": "red"}, False),
        ("items.0", {"colour": {"present": False}, "met": True}, True),
        ("items.0", {"total_ore": {"at_least": 50}, "n": {"at_most": 1}}, True),
        ("nested", {"a": {"b": {"some": [3]}}}, True),
        ("phase", {"service": "payroll"}, False),
        ("nowhere", {"service": "payroll"}, False),
    ],
)
def test_every_word_and_comparison(path: str, wanted: Any, fits: bool) -> None:
    found = differences({path: wanted}, 200, DOCUMENT)
    assert (found == []) is fits
    assert all(line.startswith(f"{path}: expected ") for line in found)


@given(JSON, st.sampled_from(["at_least", "at_most", "contains", "present", "some"]), JSON)
def test_no_answer_and_no_expectation_make_a_word_fail(found: Any, word: str, wanted: Any) -> None:
    assert len(differences({"it": {word: wanted}}, 200, {"it": found})) <= 1


@given(st.integers(), st.integers())
def test_at_least_and_at_most_are_what_they_say(found: int, wanted: int) -> None:
    answer = {"it": found}
    assert (differences({"it": {"at_least": wanted}}, 200, answer) == []) is (found >= wanted)
    assert (differences({"it": {"at_most": wanted}}, 200, answer) == []) is (found <= wanted)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 304])
def test_without_a_status_any_success_will_do(status: int) -> None:
    assert differences({}, status, None) == []


def test_a_refusal_that_was_not_expected_is_told_with_its_code() -> None:
    problem = {"code": "gate_not_open", "detail": "Two things are missing."}
    assert differences({}, 409, problem) == [
        "refused with 409 gate_not_open: Two things are missing."
    ]
    assert differences({}, 500, None) == ["refused with 500"]
    assert differences({}, 502, "Bad Gateway") == ["refused with 502"]


def test_a_refusal_may_be_what_is_expected() -> None:
    problem = {"code": "gate_not_open", "missing": ["a", "b"]}
    expected = {"http": 409, "code": "gate_not_open", "missing.length": {"at_least": 2}}
    assert differences(expected, 409, problem) == []


def test_another_status_than_expected_is_told_with_the_answer() -> None:
    (line,) = differences({"http": 201}, 409, {"code": "conflict"})
    assert line == "http: expected 201, got 409: {'code': 'conflict'}"


def test_every_difference_is_told_and_long_answers_are_cut() -> None:
    lines = differences({"phase": "x", "nowhere": 1, "count": 3, "text": 0}, 200, DOCUMENT)
    assert lines == [
        "phase: expected 'x', got 'stable'",
        "nowhere: expected 1, got nothing",
        "text: expected 0, got 'Three of 5'",
    ]
    (long,) = differences({"it": 1}, 200, {"it": "x" * 5000})
    assert len(long) < 300


def test_an_answer_that_is_no_document_fits_nothing() -> None:
    assert differences({"phase": "x"}, 200, None) == ["phase: expected 'x', got nothing"]
