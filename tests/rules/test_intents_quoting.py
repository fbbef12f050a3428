"""What somebody else wrote in a message is told apart from the person's own words, and no line of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.quoting import apart, unmarked

MARKED = "> the VPN drops\n> since Monday"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (f"{MARKED}\nmy printer jams", "my printer jams"),
        (f"my printer jams\n{MARKED}", "my printer jams"),
        ("&gt; the VPN drops\nmy printer jams", "my printer jams"),
        (f"On Mon, 23 Nov 2026 at 09:12, IT <it@firm.example> wrote:\n{MARKED}\n\nmy printer jams", "my printer jams"),
        ("my printer jams\nOn Monday Max wrote:\nthe VPN drops", "my printer jams"),
        ("my printer jams\nAm Mo., 23. Nov. 2026 um 09:12 schrieb Max:\nVPN geht nicht", "my printer jams"),
        ("打印机卡纸了\n\n在 2026年11月23日，李四写道：\nVPN 连不上", "打印机卡纸了"),
        ("打印机卡纸了\n\n发件人：李四\n发送时间：2026年11月23日\n主题：VPN\n\nVPN 连不上", "打印机卡纸了"),
        ("my printer jams\n-----Original Message-----\nFrom: Max\n\nthe VPN drops", "my printer jams"),
        ("From: Max\nSent: Monday\nSubject: vpn\n\nthe VPN drops", ""),
    ],
)
def test_own_words_are_told_from_quoted_ones(text: str, own: str) -> None:
    """Marked lines, and what follows the line by which a mail program introduces the mail below."""
    assert apart(text)[0] == own


@pytest.mark.parametrize(
    "text",
    [
        "the VPN drops",
        "it takes\n> 5 minutes to start",
        "subject: my mouse is dead",
        "error said: 404",
        "From Monday on I need a second screen\nTo work from home",
        "this is what the printer said: jam",
        "",
    ],
)
def test_what_nobody_else_wrote_is_all_their_own(text: str) -> None:
    assert apart(text) == (text, "")


@given(st.text(alphabet=st.sampled_from("> \nab：写道From:To.wrote"), max_size=80))
def test_no_line_is_lost(text: str) -> None:
    """Every line that says anything is in one of the two."""
    own, quoted = apart(text)
    kept = [unmarked(line).strip() for line in f"{own}\n{quoted}".splitlines()]
    assert sorted(filter(None, kept)) == sorted(filter(None, (unmarked(line).strip() for line in text.splitlines())))
