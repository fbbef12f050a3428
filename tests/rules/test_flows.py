"""Guided diagnosis: where every button leads, in both languages, and what the files may not contain."""

from __future__ import annotations

import pytest

from faq.article import shipped_articles
from intents.classify import service_keys
from intents.flow_files import LANGUAGES, LONGEST_LABEL, BrokenFlows, parse_flows
from intents.flows import (
    BROKEN,
    FIXED,
    SKIP,
    End,
    Flow,
    Step,
    UnknownChoice,
    advance,
    chosen,
    flow_for,
    load_flows,
    say,
)

FLOWS = load_flows()

SMALL = """\
services: [vpn]
title: {en: "Try", zh: "试试"}
steps:
  first:
    question: {en: "One?", zh: "一？"}
    choices:
      odd:
        label: {en: "Odd", zh: "奇怪"}
        evidence: {en: "It was odd.", zh: "有点奇怪。"}
        next: broken
  second:
    question: {en: "Two?", zh: "二？"}
"""


def ends_of(flow: Flow, step: Step, depth: int = 0) -> set[bool]:
    assert depth <= len(flow.steps), f"{flow.key} does not come to an end"
    ends: set[bool] = set()
    for choice in step.choices:
        match advance(flow, step.key, choice.key):
            case End(fixed=fixed):
                ends.add(fixed)
            case Step() as following:
                ends |= ends_of(flow, following, depth + 1)
    return ends


def test_the_common_faults_all_have_a_flow() -> None:
    assert set(FLOWS) == {
        "vpn", "wifi", "wired-network", "slow-computer", "computer-wont-start", "crash-blue-screen", "printer",
        "scanner", "email", "account", "shared-drive", "meeting-audio", "application-error", "disk-full",
        "suspicious-mail", "display-black", "internet-website", "telephone",
        "meeting-room-screen",
    }  # fmt: skip


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.key)
def test_every_path_through_a_flow_ends_and_both_ends_can_be_reached(flow: Flow) -> None:
    assert ends_of(flow, flow.steps[flow.first]) == {True, False}


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.key)
def test_a_flow_is_short_speaks_both_languages_and_is_for_services_we_know(flow: Flow) -> None:
    assert 3 <= len(flow.steps) <= 5
    assert set(flow.services) <= set(service_keys())
    for step in flow.steps.values():
        assert SKIP in {choice.key for choice in step.choices}
        for phrase in [step.question, step.detail, *[choice.evidence for choice in step.choices]]:
            assert phrase is None or set(phrase) == set(LANGUAGES)
        if step.detail:
            assert all(len(text.splitlines()) <= 3 for text in step.detail.values())
        for choice in step.choices:
            assert all(0 < len(choice.label[language]) <= LONGEST_LABEL[language] for language in LANGUAGES)


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.key)
def test_pressing_skip_to_the_end_never_claims_that_it_is_fixed(flow: Flow) -> None:
    at: Step | End = flow.steps[flow.first]
    while isinstance(at, Step):
        at = advance(flow, at.key, SKIP)
    assert not at.fixed


def test_fixed_ends_at_once_and_still_broken_goes_on_to_the_next_step() -> None:
    flow = parse_flows({"small.yaml": SMALL})["small"]
    assert advance(flow, "first", FIXED) == End(fixed=True)
    assert advance(flow, "first", BROKEN) == flow.steps["second"]
    assert advance(flow, "second", BROKEN) == End(fixed=False)


def test_an_own_choice_ends_with_its_evidence_for_the_ticket() -> None:
    flow = parse_flows({"small.yaml": SMALL})["small"]
    assert advance(flow, "first", "odd") == End(fixed=False, evidence={"en": "It was odd.", "zh": "有点奇怪。"})


def test_an_article_that_fits_a_finding_ends_the_flow_and_ships_in_both_languages() -> None:
    shipped = {(article.id, article.language) for article in shipped_articles()}
    named = {c.article: c.next for flow in FLOWS.values() for s in flow.steps.values() for c in s.choices if c.article}
    assert {"mfa-new-phone", "printer-paper-jam"} <= set(named)
    assert {(key, language) for key in named for language in ("en", "zh")} <= shipped
    assert set(named.values()) == {"broken"}


@pytest.mark.parametrize("pressed", ["clicked", "password"])
def test_who_clicked_in_a_suspicious_mail_is_sent_on_to_a_ticket_at_once(pressed: str) -> None:
    end = advance(FLOWS["suspicious-mail"], "clicked", pressed)
    assert isinstance(end, End)
    assert not end.fixed
    assert end.evidence


def test_a_swollen_battery_is_not_tried_any_further() -> None:
    end = advance(FLOWS["computer-wont-start"], "power", "danger")
    assert isinstance(end, End)
    assert not end.fixed


@pytest.mark.parametrize(("step", "choice"), [("first", "gone"), ("gone", FIXED)])
def test_an_old_button_is_refused_by_name(step: str, choice: str) -> None:
    flow = parse_flows({"small.yaml": SMALL})["small"]
    with pytest.raises(UnknownChoice, match=f'"{choice}" at step "{step}"'):
        chosen(flow, step, choice)


def test_a_phrase_is_said_in_english_where_we_do_not_speak_the_language() -> None:
    assert [say({"en": "Fixed", "zh": "好了"}, language) for language in ("zh", "en", "fr")] == [
        "好了",
        "Fixed",
        "Fixed",
    ]


@pytest.mark.parametrize(
    ("service", "words", "key"),
    [
        ("vpn", "vpn drops", "vpn"),
        ("computer", "my laptop is so slow", "slow-computer"),
        ("computer", "电脑特别卡", "slow-computer"),
        ("computer", "laptop won't turn on", "computer-wont-start"),
        ("computer", "电脑开不了机", "computer-wont-start"),
        ("computer", "blue screen again", "crash-blue-screen"),
        ("computer", "電腦藍屏了", "crash-blue-screen"),
        ("computer", "a key fell off the keyboard", None),
        ("email", "outlook does not send", "email"),
        ("email", "got a phishing mail", "suspicious-mail"),
        ("security", "收到可疑邮件", "suspicious-mail"),
        ("security", "please whitelist this program", None),
        ("erp", "cannot post", "application-error"),
        ("meeting-rooms", "no sound", "meeting-audio"),
        ("meeting-rooms", "投影仪连不上，十分钟后开会", "meeting-room-screen"),
        ("backup", "restore a file", None),
        (None, "everything crashes", "crash-blue-screen"),
        (None, "good morning", None),
    ],
)
def test_the_flow_is_chosen_by_the_words_and_never_for_another_service(
    service: str | None, words: str, key: str | None
) -> None:
    flow = flow_for(service, FLOWS, words)
    assert (flow and flow.key) == key


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (SMALL.replace("next: broken", "next: third"), 'small.yaml:5: "odd" leads to "third", which is not a step'),
        (SMALL.replace("next: broken", "next: first"), 'small.yaml:5: step "first" can come round to itself'),
        (SMALL.replace(', zh: "二？"', ""), 'small.yaml:12: "question" is not said in "zh"'),
        (
            SMALL.replace("next: broken", "next: second\n        article: a"),
            'small.yaml:11: a choice leads on with "next"',
        ),
        (SMALL.replace('"Odd"', '"Much too long for any button"'), "longer than 24 characters"),
        (SMALL.replace('"奇怪"', '"这个标签实在是太长了不行的"'), "longer than 12 characters"),
        (SMALL.replace("  second:", "  second:\n    usual: [again]"), '"again" is not one of fixed, broken, skip'),
        (SMALL.replace("    choices:", "    next: broken\n    choices:"), 'no choice leads to step "second"'),
        (SMALL.replace("title:", "titel:"), '"titel" is not known here'),
        (SMALL.replace("services: [vpn]", ""), "a flow names the services it is for"),
        ("steps: {", "small.yaml:1: not readable as YAML"),
        ("", "small.yaml:1: a flow has services, title and steps"),
        ("title: {en: a, zh: b}", "small.yaml:1: a flow needs at least one step"),
    ],
)
def test_a_mistake_in_a_flow_file_is_named_with_file_and_line(broken: str, complaint: str) -> None:
    with pytest.raises(BrokenFlows) as error:
        parse_flows({"small.yaml": broken})
    assert complaint in str(error.value)


def test_all_mistakes_of_all_files_are_told_at_once() -> None:
    with pytest.raises(BrokenFlows) as error:
        parse_flows({"one.yaml": SMALL.replace("next: broken", "next: third"), "two.yaml": ""})
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == ["one.yaml", "two.yaml"]


@pytest.mark.parametrize("words", ["my mouse is dead", "the headset seems dead", "鼠标没电了"])
def test_what_is_dead_beside_the_computer_is_not_the_computer(words: str) -> None:
    found = flow_for("computer", FLOWS, words)
    assert found is None or found.key != "computer-wont-start"
    started = flow_for("computer", FLOWS, "my laptop is dead, its keyboard is dark")
    assert started is not None
    assert started.key == "computer-wont-start"


def test_whoever_cannot_sign_in_to_a_meeting_is_not_asked_about_the_microphone() -> None:
    for words in ("teams login fails", "钉钉登不上"):
        assert flow_for("video-meetings", load_flows(), words) is None
    for words in ("nobody hears me in teams", "钉钉开会没声音"):
        assert flow_for("video-meetings", load_flows(), words) is not None
