"""Writing and checking, on a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.documents.__main__ import main
from services.documents.files import reference_files
from services.documents.readme import BEGIN, END, ReadmeNotReadyError, with_catalogue

README = f"# Title\n\n{BEGIN}\nold\n{END}\n\nThe rest.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a README and all documents written."""
    (tmp_path / "README.md").write_text(README, "utf-8")
    main(["write", "--root", str(tmp_path)])
    return tmp_path


def _complaints(root: Path) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(["check", "--root", str(root)])
    # A text makes Python print it and exit with 1.
    assert isinstance(stopped.value.code, str)
    return stopped.value.code


def test_what_was_written_is_up_to_date(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--root", str(root)])
    assert "up to date" in capsys.readouterr().out


def test_writing_again_changes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    main(["write", "--root", str(root)])
    assert capsys.readouterr().out == "Everything was up to date.\n"


def test_the_readme_keeps_its_own_words(root: Path) -> None:
    text = (root / "README.md").read_text("utf-8")
    assert text.startswith(f"# Title\n\n{BEGIN}\n| event |")
    assert text.endswith(f"|\n{END}\n\nThe rest.\n")
    assert "old" not in text.splitlines()


def test_each_outdated_file_is_named(root: Path) -> None:
    (root / "docs/reference/problems.md").write_text("older", "utf-8")
    (root / "docs/reference/events.md").unlink()
    (root / "README.md").write_text(README, "utf-8")
    complaints = _complaints(root).splitlines()
    assert [line.split(":")[0] for line in complaints] == [
        "docs/reference/events.md is missing",
        "docs/reference/problems.md is out of date",
        "README.md is out of date",
    ]
    assert all("python -m services.documents write" in line for line in complaints)


def test_without_a_readme_one_sentence_says_what_is_needed(root: Path) -> None:
    (root / "README.md").unlink()
    assert _complaints(root).startswith("README.md is missing: give it one line")


def test_everything_else_is_written_without_a_readme(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="everything else is written"):
        main(["write", "--root", str(tmp_path)])
    for path, text in reference_files().items():
        assert (tmp_path / path).read_text("utf-8") == text


@pytest.mark.parametrize(
    "readme",
    ["", BEGIN, END, f"{END} {BEGIN}", f"{BEGIN}{BEGIN}{END}", f"{BEGIN}{END}{END}"],
)
def test_a_readme_with_no_single_place_is_refused(readme: str) -> None:
    with pytest.raises(ReadmeNotReadyError, match="events:begin"):
        with_catalogue(readme, "table\n")
