"""How a replay is told to whoever runs it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from services.replay.report import print_step, print_summary
from services.replay.runner import Replay, StepResult
from tests.unit.replay.flows import a_flow


def printed(*results: StepResult) -> str:
    out = StringIO()
    console = Console(file=out, width=200)
    for result in results:
        print_step(console, result)
    print_summary(console, Replay(list(results)), 12.4)
    return out.getvalue()


def test_a_step_and_its_differences_are_told_line_by_line(tmp_path: Path) -> None:
    (step,) = a_flow(tmp_path, {"day": 3, "at": "10:30"}).steps
    lines = printed(
        StepResult(step, "/ops/v1/cases", 200, ()),
        StepResult(step, "/ops/v1/cases", None, ("not run: it needs ${case}",)),
        StepResult(step, "/ops/v1/cases", 200, ("a: expected 1, got 2", "b: expected 3, got 4")),
    ).splitlines()
    assert lines == [
        "   1 2026-03-25 10:30 ok Way · manager: GET /ops/v1/cases → 200",
        "   1 2026-03-25 10:30 differs Way · manager: GET /ops/v1/cases → not sent",
        "       not run: it needs ${case}",
        "   1 2026-03-25 10:30 differs Way · manager: GET /ops/v1/cases → 200",
        "       a: expected 1, got 2",
        "       b: expected 3, got 4",
        "3 requests in 12 s: 2 went otherwise than expected.",
    ]


def test_what_looks_like_markup_is_told_as_it_is(tmp_path: Path) -> None:
    (step,) = a_flow(tmp_path, {"day": 3}).steps
    difference = "items[service=payroll].met: expected ['a'], got '[/ops/v1/x] [bold]'"
    told = printed(StepResult(step, "/v1/x?tag=[red]", 200, (difference,)))
    assert difference in told
    assert "/v1/x?tag=[red]" in told


def test_a_replay_without_differences_says_so() -> None:
    assert printed() == "0 requests in 12 s: all as expected.\n"
