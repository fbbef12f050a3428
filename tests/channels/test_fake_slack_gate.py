"""The gate over the whole run: what breaks Slack's specification, in either direction, fails the test it happens in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import fake_workspace
from tests.fakes.slack.sample_app import client_of
from tests.fakes.slack.specification import published
from tests.fixtures.specification import taken

BREAKS_IT = """
from tests.fixtures.specification import payloads_keep_to_the_specifications, report

def test_that_passes_by_itself():
    report("slack", "chat.postMessage: 51 blocks")
"""
needs_the_specifications = pytest.mark.skipif(not published().present, reason="the specifications are not there")


def test_every_test_stands_behind_the_gate(request: pytest.FixtureRequest) -> None:
    """Without asking for it."""
    assert "payloads_keep_to_the_specifications" in request.fixturenames


def test_a_complaint_fails_the_run(tmp_path: Path) -> None:
    """Although nothing else in the test went wrong; and it says what was wrong."""
    broken = tmp_path / "test_broken.py"
    broken.write_text(BREAKS_IT, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(broken)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "slack: chat.postMessage: 51 blocks" in run.stdout


@needs_the_specifications
async def test_what_the_app_calls_is_held_against_it() -> None:
    """An argument that Slack does not know is reported, although Slack's answer was understood."""
    async with fake_workspace() as slack, client_of(slack) as client:
        slack.channel("help", identifier="C1")
        with pytest.raises(SlackApiError):
            await client.api_call("chat.postMessage", json={"channel": "C1", "text": "hello", "colour": "red"})
    assert [complaint.words for complaint in taken()] == [
        "chat.postMessage: invalid_arguments: chat.postMessage: unknown argument colour"
    ]


@needs_the_specifications
async def test_what_the_fake_sends_is_held_against_it() -> None:
    """A key that no sample of Slack's has."""
    async with fake_workspace() as slack:
        slack.deliver_to("http://127.0.0.1:1/nobody-listens")
        await slack.inbound.event({"type": "reaction_added", "user": "U1", "mood": "good"})
    assert any("ReactionAddedPayload.event.mood is not in Slack's sample" in each.words for each in taken())
