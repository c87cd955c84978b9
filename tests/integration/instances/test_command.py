from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.instances.errors import InstanceError
from tests.instances.packages import POSTGRES, ensure_installed

ROOT = Path(__file__).parents[3]
POSTGRES_ONLY = [sys.executable, "-m", "tests.instances", "--only", "postgresql", "--"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the server's own user can reach, which pytest's folders are not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


def test_it_ends_with_the_exit_code_of_its_command() -> None:
    script = "import os, sys; sys.exit(7 if os.environ['SSC_TEST_POSTGRES_URL'] else 1)"
    done = subprocess.run([*POSTGRES_ONLY, sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == 7


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_leaves_nothing_behind_when_interrupted(
    number: signal.Signals, open_folder: Path
) -> None:
    script = "import time; print('up', flush=True); time.sleep(600)"
    with subprocess.Popen(
        # A test run in the background ignores Ctrl-C, and its children would inherit that.
        ["env", "--default-signal=INT", *POSTGRES_ONLY, sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(open_folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        started = psutil.Process(process.pid).children(recursive=True)
        assert any(child.name() == "postgres" for child in started)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        else:
            process.send_signal(number)
        assert process.wait(timeout=30) != 0
    _, left = psutil.wait_procs(started, timeout=10)
    assert left == []
    assert list(open_folder.glob("ssc-*")) == []


def test_a_missing_server_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(InstanceError, match="apt-get install postgresql"):
        ensure_installed(replace(POSTGRES, find=lambda: None))
