"""The knowledge is checked as a whole: twins, lost phrasings, dead links, long steps."""

from dataclasses import replace

from faq.article import Article
from faq.lint import troubles

VPN = Article(
    "vpn-drops",
    "en",
    "VPN keeps disconnecting",
    ("vpn drops every minute", "kicked off the vpn", "tunnel goes down", "vpn is unstable", "reconnecting all day"),
    ("vpn",),
    "1. Restart the client.\n",
    None,
)
JAM = Article(
    "paper-jam",
    "en",
    "Paper jam in the printer",
    ("paper is stuck", "printer says jam", "sheet torn inside", "tray 2 jams", "it crumples my pages"),
    ("printing",),
    "1. Open the tray.\n",
    None,
)


def said(*articles: Article) -> str:
    return "\n".join(map(str, troubles(articles)))


def test_good_articles_have_no_troubles() -> None:
    assert said(VPN, JAM) == ""


def test_near_twins_of_different_articles_are_named() -> None:
    twin = replace(JAM, phrasings=(*JAM.phrasings[:4], "vpn drops every minutes"))
    assert "'vpn drops every minutes' is nearly 'vpn drops every minute' of vpn-drops" in said(VPN, twin)


def test_a_phrasing_that_leads_to_another_article_is_named() -> None:
    thief = replace(JAM, title="Kicked off the VPN!")
    found = said(VPN, replace(thief, id="a-thief"))
    assert "en/a-thief: 'Kicked off the VPN!' leads to vpn-drops: 'kicked off the vpn'" in found


def test_dead_links_and_endless_steps_are_named() -> None:
    body = "1. See [the other](../en/paper-jam.md), [nothing](gone.md) and [the web](https://example.org).\n"
    body += "2. " + "and then " * 40 + "\n"
    found = said(replace(VPN, body=body), JAM)
    assert "en/vpn-drops: the link to gone.md is dead" in found
    assert "paper-jam.md" not in found
    assert "a step of 80 words is too long" in found


def test_too_few_phrasings_in_its_language_are_named() -> None:
    found = said(replace(VPN, phrasings=(*VPN.phrasings[:4], "连不上")), JAM)
    assert "en/vpn-drops: 4 phrasings in its language" in found


def test_a_long_step_is_found_however_its_lines_are_broken() -> None:
    """Lines that go on with a step belong to it; a new step, a heading or an empty line ends it."""
    endless = replace(VPN, body="1. " + "word " * 40 + "\n   " + "word " * 40 + "\n2. Done.\n")
    fine = replace(VPN, body=("1. " + "word " * 40 + "\n") * 2 + "\n" + "word " * 80 + "\n")
    assert "a step of 80 words is too long" in said(endless, JAM)
    assert said(fine, JAM) == ""


def test_steps_numbered_the_chinese_way_are_steps() -> None:
    assert "a step of 120 characters is too long" in said(replace(VPN, language="zh", body="1、" + "字" * 120), JAM)
