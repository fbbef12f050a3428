"""Results survive the trip through JSON, and every reason has its sentence in both languages."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.probes.probe import REASONS, Probe, ProbeResult, ProbeState, waiting

PHRASES = Path(__file__).parents[2] / "bot" / "phrases"

results = st.builds(
    ProbeResult,
    key=st.text(),
    kind=st.sampled_from(["dns", "tcp", "tls", "http"]),
    label=st.dictionaries(st.sampled_from(["en", "zh"]), st.text()),
    state=st.sampled_from(ProbeState),
    milliseconds=st.integers(min_value=0, max_value=10_000),
    reason=st.sampled_from(sorted(REASONS)),
    facts=st.dictionaries(st.text(), st.text() | st.integers()),
)


def sentences_of(language: str) -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load((PHRASES / f"probes.{language}.yaml").read_text(encoding="utf-8"))
    return loaded


@given(results)
def test_a_result_read_back_from_json_is_the_same_result(result: ProbeResult) -> None:
    assert ProbeResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_a_state_nobody_knows_is_not_read_silently() -> None:
    data = waiting(Probe("mail", "dns", {"en": "Mail", "zh": "邮件"}, host="mail.example")).to_json()
    with pytest.raises(ValueError, match="perhaps"):
        ProbeResult.from_json({**data, "state": "perhaps"})


def test_a_line_waits_before_its_check_has_finished() -> None:
    line = waiting(Probe("mail", "dns", {"en": "Mail", "zh": "邮件"}, host="mail.example"))
    assert (line.key, line.state, line.reason, line.label["zh"]) == ("mail", "waiting", "waiting", "邮件")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_has_a_sentence_that_needs_no_more_than_its_facts(language: str) -> None:
    sentences = sentences_of(language)
    assert set(sentences) == {f"probe.{reason}" for reason in REASONS}
    for reason, facts in REASONS.items():
        assert facts_in(sentences[f"probe.{reason}"]) <= facts, reason


def facts_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_the_two_languages_state_the_same_facts() -> None:
    english = sentences_of("en")
    chinese = sentences_of("zh")
    for key, sentence in english.items():
        assert facts_in(sentence) == facts_in(chinese[key]), key
