"""How a replay is told to whoever runs it."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from services.chassis.clock import STOCKHOLM
from services.replay.runner import Replay, StepResult


def print_step(console: Console, result: StepResult) -> None:
    """One line per step, what the flow says of it, and one line per difference."""
    step = result.step
    mark = "[green]ok[/]" if result.as_expected else "[red]differs[/]"
    when = step.at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")
    console.print(
        f"{step.number:>4} {when} {mark} {escape(step.journey)} · {step.actor}:"
        f" {step.method} {escape(result.path)} → {result.status or 'not sent'}",
        highlight=False,
        soft_wrap=True,
    )
    if step.say:
        console.print(f"       [dim]{escape(step.say)}[/]", highlight=False, soft_wrap=True)
    for line in result.differences:
        console.print(f"       [red]{escape(line)}[/]", highlight=False, soft_wrap=True)


def print_summary(console: Console, replay: Replay, seconds: float) -> None:
    """How many requests were sent, and how many went otherwise than expected."""
    failures = len(replay.failures)
    outcome = "all as expected" if failures == 0 else f"{failures} went otherwise than expected"
    console.print(f"{len(replay.results)} requests in {seconds:.0f} s: {outcome}.")
