"""Setting up an empty centre, and filling it by replaying the bundled flow."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.centre.assembly import migrate, running_centre
from services.centre.data_folder import ADMINISTRATOR, DataFolder, StoredCredentials
from services.chassis.clock import STOCKHOLM, SimulatedClock
from services.chassis.simulation import SIMULATION_BEGINS
from services.replay.flow import Flow, load
from services.replay.runner import Credentials, Replay, Runner, StepResult

BUNDLED_FLOW = Path(__file__).parents[2] / "tests" / "flows" / "three_agencies.yaml"


class FillingFailed(RuntimeError):
    """The bundled flow did not go as it should; the centre was not put in place."""


async def set_up_empty(folder: DataFolder) -> None:
    """A centre with nothing in it but its administrator."""
    with folder.being_filled() as beside:
        administrator = beside.prepare()
        await asyncio.to_thread(migrate, beside)
        beside.complete({ADMINISTRATOR: administrator}, None)
        beside.move_to(folder)


async def fill(folder: DataFolder, flow_path: Path, console: Console) -> None:
    """Replay a flow that ends today into a new folder, and put it in place when complete.

    Raises:
        FlowError: the flow file cannot be read.
        FillingFailed: a step went otherwise than the flow expects.
    """
    flow = load(flow_path, datetime.now(STOCKHOLM).date())
    with folder.being_filled() as beside:
        administrator = beside.prepare()
        await asyncio.to_thread(migrate, beside)
        replay = await _replay(beside, flow, administrator, console)
        _require_success(replay, flow_path)
        beside.complete({ADMINISTRATOR: administrator, **_stored(flow, replay)}, flow.name)
        beside.move_to(folder)


def _require_success(replay: Replay, flow_path: Path) -> None:
    if replay.failures:
        first = replay.failures[0]
        raise FillingFailed(
            f"{len(replay.failures)} of {len(replay.results)} steps of {flow_path.name} went"
            f" otherwise than expected, first step {first.step.number} ({first.step.method}"
            f" {first.path}): {'; '.join(first.differences)}"
        )


def _stored(flow: Flow, replay: Replay) -> dict[str, StoredCredentials]:
    return {
        key: StoredCredentials(
            actor.name,
            replay.credentials[key].client_id,
            replay.credentials[key].client_secret,
            actor.roles,
            actor.org_number,
        )
        for key, actor in flow.actors.items()
    }


async def _replay(
    folder: DataFolder, flow: Flow, administrator: StoredCredentials, console: Console
) -> Replay:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Filling the centre", total=len(flow.steps))

        def show(result: StepResult) -> None:
            day = result.step.at.astimezone(STOCKHOLM).date()
            progress.update(
                task, completed=result.step.number, description=f"Filling the centre · {day}"
            )

        async with (
            running_centre(
                folder,
                clock=SimulatedClock(SIMULATION_BEGINS),
                administrator=administrator,
                durable=False,
            ) as centre,
            centre.client() as http,
        ):
            credentials = Credentials(administrator.client_id, administrator.client_secret)
            return await Runner(flow, http, credentials).run(show)
