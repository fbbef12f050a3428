"""Files and pictures into a workspace over real sockets, and the rates Slack's reference names for each method."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import shelf
from bot.channels.slack.adapter import SlackChannel
from bot.channels.slack.pace import AT_ONCE, TIERS, Tiers
from bot.messages import Document, File, Outgoing, Picture, Place, Rejected, Reply, SendFailed, Text, TryLater
from bot.shelf import painted
from tests.fakes.slack import Message, Workspace, fake_workspace
from tests.fakes.slack.specification import published

BAR = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='30' height='20' fill='#2f6fde'/></svg>"
)
LOG = File("访问 <b>.log", "text/plain", 3, "7")


class OneFile:
    """A shelf with one file on it, which paints as the desk's does."""

    async def content(self, file: File) -> bytes:
        if file.reference != "7":
            raise Rejected("gone")
        return b"log"

    async def png(self, picture: Picture) -> bytes:
        return painted(picture.svg)


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with fake_workspace() as started:
        started.person("U1", "Anna Weber")
        yield started


@pytest.fixture
async def channel(workspace: Workspace) -> AsyncIterator[SlackChannel]:
    made = SlackChannel(workspace.bot_token, api_url=workspace.api_url, per_second=1000.0, shelf=OneFile())
    yield made
    await made.close()


def to_anna(reply: Reply, key: str = "k1", room: str = "@U1") -> Outgoing:
    return Outgoing(key, Place("slack", "T1", room, private=room.startswith("@")), reply)


def shared(workspace: Workspace) -> Message:
    (message,) = workspace.messages(workspace.direct_messages("U1"))
    return message


async def test_a_document_is_a_file_beside_its_words(workspace: Workspace, channel: SlackChannel) -> None:
    """Under its own name, its words as typed."""
    await channel.send(to_anna(Document("<!channel> sends a file", LOG, 1)))
    (file,) = shared(workspace).files
    assert (file.name, file.content) == (LOG.name, b"log")
    assert workspace.person("U1").reads("<!channel> sends a file")
    assert workspace.pings == []


async def test_a_picture_is_an_image_with_words_for_those_who_cannot_see_it(
    workspace: Workspace, channel: SlackChannel
) -> None:
    """Painted as PNG; a drawing nobody can paint goes as it is, with its words to read."""
    await channel.send(to_anna(Picture("Tickets a week", BAR, "12 tickets, 3 open")))
    (file,) = shared(workspace).files
    assert (file.name, file.content[:4]) == ("Tickets a week.png", b"\x89PNG")
    (asked,) = workspace.calls_to("files.getUploadURLExternal")
    assert asked.arguments["alt_txt"] == "12 tickets, 3 open"
    workspace.direct_messages("U1").messages.clear()
    await channel.send(to_anna(Picture("Tickets", "<svg", "12 tickets, 3 open"), "k2"))
    assert shared(workspace).files[0].name == "Tickets.svg"
    assert workspace.person("U1").reads("12 tickets, 3 open")


def drawn(words: str) -> Picture:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='20'><text y='15' font-family='sans-serif'>"
    return Picture("Tickets", f"{svg}{words}</text></svg>", "12 tickets, 3 open")


async def test_words_in_a_picture_are_painted_or_the_drawing_goes_as_it_is(
    workspace: Workspace, channel: SlackChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the machine has no font with their signs: nobody gets a picture without its words."""
    fonts = {words: bool(shelf._family() and shelf._differ(*words[:2], shelf._family())) for words in ("ab", "中国")}
    for number, (words, has_font) in enumerate(fonts.items()):
        workspace.direct_messages("U1").messages.clear()
        await channel.send(to_anna(drawn(words), f"font{number}"))
        assert shared(workspace).files[0].name == ("Tickets.png" if has_font else "Tickets.svg")
        assert not has_font or painted(drawn(words).svg) != painted(drawn("").svg)
    monkeypatch.setattr(shelf, "FAMILIES", ("No Such Family",))
    shelf._family.cache_clear()
    try:
        workspace.direct_messages("U1").messages.clear()
        await channel.send(to_anna(drawn("中国"), "k3"))
        assert shared(workspace).files[0].name == "Tickets.svg"
        assert workspace.person("U1").reads("12 tickets, 3 open")
    finally:
        shelf._family.cache_clear()


async def test_a_shared_file_is_found_by_its_key(workspace: Workspace, channel: SlackChannel) -> None:
    """If it stands; another one is not taken for it."""
    await channel.send(to_anna(Document("Anna sends a file", LOG)))
    assert await channel.find(to_anna(Document("Anna sends a file", LOG))) is not None
    assert await channel.find(to_anna(Document("Anna sends a file", LOG), "k2")) is None


async def test_where_slack_takes_no_file_its_name_is_told(workspace: Workspace, channel: SlackChannel) -> None:
    """As where an administrator forbids uploads, or installed us before we asked for them."""
    workspace.faults.error("files.getUploadURLExternal", "file_uploads_disabled")
    await channel.send(to_anna(Document("Anna sends a file", LOG)))
    assert shared(workspace).files == []
    assert workspace.person("U1").reads(LOG.name)


async def test_what_cannot_be_whispered_goes_into_the_private_chat(workspace: Workspace, channel: SlackChannel) -> None:
    """A file for one person's eyes, asked for in a channel."""
    room = workspace.channel("help", ["U1"], identifier="C1")
    await channel.send(to_anna(Document("Anna sends a file", LOG), room="C1@U1"))
    assert shared(workspace).files
    assert room.messages == []


async def test_a_file_that_is_gone_is_never_asked_for_again(workspace: Workspace, channel: SlackChannel) -> None:
    """The desk keeps it no more: nothing is sent."""
    with pytest.raises(Rejected):
        await channel.send(to_anna(Document("Anna sends a file", File("a", "text/plain", 1, "8"))))
    assert workspace.calls_to("files.getUploadURLExternal") == []


async def test_lost_bytes_are_no_unclear_message(workspace: Workspace, channel: SlackChannel) -> None:
    """Nobody sees a file before it is shared, so it may simply be sent again."""
    workspace.server.uploads_fail = 1
    with pytest.raises(SendFailed) as failed:
        await channel.send(to_anna(Document("Anna sends a file", LOG)))
    assert type(failed.value) is SendFailed
    await channel.send(to_anna(Document("Anna sends a file", LOG)))
    assert len(shared(workspace).files) == 1


# -- tiers -----------------------------------------------------------------------------------------


@pytest.mark.skipif(not published().present, reason="the specifications are not there")
def test_the_tiers_are_those_of_the_reference() -> None:
    """Calls a minute, method by method."""
    assert {method: published().rate(method) for method in TIERS} == dict(TIERS)


@pytest.mark.parametrize("method", ["chat.update", "users.info"])
async def test_no_minute_has_more_calls_than_the_tier(method: str) -> None:
    """A burst at first, then an even flow: counted over every minute of the first five."""
    now, passed = [0.0], list[float]()
    tiers = Tiers(lambda: now[0])
    waits = 0
    while now[0] < 300:
        try:
            async with asyncio.timeout(0.01):
                await tiers.turn(method)
            passed.append(now[0])
        except TryLater as later:
            now[0] += later.seconds
        except TimeoutError:
            waits += 1
            now[0] += 0.5
    assert passed[: TIERS[method] // AT_ONCE] == [0.0] * (TIERS[method] // AT_ONCE)
    most = max(sum(at <= each < at + 60 for each in passed) for at in passed)
    assert most <= TIERS[method]
    assert len(passed) > TIERS[method]


async def test_a_method_that_slack_holds_back_is_left_alone(workspace: Workspace, channel: SlackChannel) -> None:
    """Until it may be called again; other methods go on."""
    anna = workspace.person("U1")
    sent = await channel.send(to_anna(Text("one")))
    workspace.faults.rate_limited("chat.update", retry_after=30)
    edit = Outgoing("k2", sent.place, Text("two"), message=sent.message)
    for _ in range(2):
        with pytest.raises(TryLater) as later:
            await channel.send(edit)
        assert 29 < later.value.seconds <= 30
    assert len(workspace.calls_to("chat.update")) == 1
    workspace.person("U2")
    await channel.send(to_anna(Text("hello"), "k3", room="@U2"))
    assert not anna.reads("two")
