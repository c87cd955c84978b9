"""A timeline that reads as a story."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services import onboarding
from services.contracts.values import Phase
from services.onboarding.agencies.effects import _ACTIONS as LIFE_EVENT_ACTIONS
from services.onboarding.cases.story import timeline_words
from services.onboarding.cases.timeline import (
    Reference,
    TimelineEntry,
    as_markdown,
    grouped,
    tell,
)

WORDS = timeline_words()
AT = datetime(2025, 3, 3, 22, 30, tzinfo=UTC)
TELLING = {"note", "_note", "tell", "_tell", "_tell_case", "cases.add_timeline"}
AGENCY = "Pensionsmyndigheten"


def entry(number: int, action: str = "activity-compared", **more: object) -> TimelineEntry:
    known: dict[str, object] = {
        "id": f"{number:03}",
        "at": AT + timedelta(minutes=number),
        "who": AGENCY,
        "action": action,
        "sentence": f"{AGENCY} compared activity {number}.",
        "phase": Phase.GAP_ANALYSIS,
    }
    return TimelineEntry(**{**known, **more})  # type: ignore[arg-type]  # named above


def test_one_party_doing_one_thing_on_one_day_is_one_line() -> None:
    by_centre = entry(5, who="The service centre")
    entries = [entry(n) for n in range(5)] + [by_centre, entry(6), entry(120)]
    groups = grouped(entries)
    # 22:30 in UTC is 23:30 in Stockholm: what comes two hours later is the next day.
    assert [len(group) for group in groups] == [6, 1, 1]
    line = tell(groups[0], WORDS, "en")
    assert (line.count, line.id) == (6, "000")
    assert line.sentence == f"{AGENCY} compared 6 activities with the standard."
    assert tell(groups[0], WORDS, "sv").sentence == (
        f"{AGENCY} jämförde 6 aktiviteter med standarden."
    )


def test_a_single_act_is_told_with_what_it_is_about() -> None:
    one = entry(1, "letter-signed", refs=(Reference("document", "d1", "Avsiktsförklaring.pdf"),))
    assert tell([one], WORDS, "en").sentence == one.sentence
    assert tell([one], WORDS, "sv").sentence == (
        f"{AGENCY} undertecknade avsiktsförklaringen: Avsiktsförklaring.pdf."
    )
    by_centre = entry(2, "case-opened", who="The service centre")
    assert tell([by_centre], WORDS, "sv").sentence == "Servicecentret öppnade ärendet."


def test_acts_without_wording_keep_their_own_sentences() -> None:
    odd = [entry(1, "never-heard-of"), entry(2, "never-heard-of")]
    assert tell(odd, WORDS, "sv").sentence == f"{odd[0].sentence} {odd[1].sentence}"


def test_the_story_has_a_heading_for_each_phase_and_day() -> None:
    told = [
        tell(
            [entry(0, "case-opened", phase=Phase.LETTER_OF_INTENT, sentence="It *began*.")],
            WORDS,
            "en",
        ),
        tell([entry(1), entry(2)], WORDS, "en"),
        tell([entry(120, refs=(Reference("document", "d1", "a[b].pdf"),))], WORDS, "en"),
    ]
    text = as_markdown("The story", told, WORDS, "en", None)
    assert text == (
        "# The story\n\n## Letter of intent\n\n**3 March 2025**\n\n- It \\*began\\*.\n"
        "\n## Gap analysis\n\n**3 March 2025**\n\n"
        "- Pensionsmyndigheten compared 2 activities with the standard.\n"
        "\n**4 March 2025**\n\n"
        "- Pensionsmyndigheten compared activity 120. [a\\[b\\].pdf](documents/d1)\n"
    )
    swedish = as_markdown("Berättelsen", told, WORDS, "sv", "Resten finns i listan.")
    assert "## Gap-analys\n\n**3 mars 2025**" in swedish
    assert swedish.endswith("_Resten finns i listan._\n")


def test_every_kind_of_act_has_its_swedish_words() -> None:
    """The kinds are found where they are written: literals given to what writes into a
    case's timeline, all over the service. An exit tells most in a timeline of its own.
    """
    used = set(LIFE_EVENT_ACTIONS.values())
    for path in Path(onboarding.__file__).parent.rglob("*.py"):
        telling = {"_tell_case"} if path.parent.name == "leaving" else TELLING
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in telling:
                used |= {word for arg in call.args[2:5] for word in _literals(arg)}
    assert len(used) > 20
    assert used - set(WORDS.actions) == set()


def _literals(node: ast.expr) -> set[str]:
    """The kinds of acts written in an argument: lower-case words with hyphens."""
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.fullmatch(r"[a-z]+(-[a-z]+)+", part.value)
    }
