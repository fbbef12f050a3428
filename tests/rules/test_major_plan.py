"""Who decides on a major incident, and when people are told, is in the organisation file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.organisation import Organisation
from bot.organisation_file import OrganisationErrors, load, sample_path
from escalation.major import Plan

SELF = ("127.0.0.1", 8443)
WRITTEN = "  manager: zhang.wei\n  update_every: 30m\n  spike: 5\n  spike_within: 15m\n  reports_to: [helen.zhou]\n"


def with_plan(text: str, folder: Path) -> Organisation:
    """The sample company with these lines under `major_incident`."""
    sample = sample_path().read_text(encoding="utf-8")
    assert WRITTEN in sample
    path = folder / "desk.yaml"
    path.write_text(sample.replace(WRITTEN, text), encoding="utf-8")
    return load(path, years=(2026,), self_address=SELF)


def test_the_sample_company_has_an_incident_manager_and_a_rhythm() -> None:
    plan = load(sample_path(), years=(2026,), self_address=SELF).major
    assert plan == Plan("zhang.wei", timedelta(minutes=30), 5, timedelta(minutes=15), ("helen.zhou",))


def test_what_is_left_out_is_the_usual(tmp_path: Path) -> None:
    assert with_plan("  spike: 12\n", tmp_path).major == Plan(spike=12)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  manager: zhao.min\n", "'zhao.min' needs the role manager or admin for this: add it in people"),
        ("  spike: 1\n", "expected a whole number from 2 to 1000, found '1'"),
        ("  update_every: 0m\n", "this must be more than zero"),
        ("  reports_to: [helen.zhu]\n", "did you mean 'helen.zhou'?"),
        ("  rhythm: 30m\n", "'rhythm'"),
    ],
)
def test_a_mistake_is_told_with_its_place(line: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(OrganisationErrors) as refused:
        with_plan(line, tmp_path)
    (mistake,) = str(refused.value).splitlines()
    assert said in mistake
    assert "desk.yaml:" in mistake
