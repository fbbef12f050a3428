"""The channel against a workspace over real sockets: what stands, what is unclear, and who cannot be reached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.slack.adapter import SlackChannel
from bot.channels.slack.pace import Pace
from bot.messages import (
    Card,
    File,
    Outgoing,
    Place,
    Rejected,
    Reply,
    SendFailed,
    Text,
    TryLater,
    Unclear,
    Unreachable,
)
from tests.fakes.slack import Workspace, fake_workspace


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with fake_workspace() as started:
        yield started


@pytest.fixture
async def channel(workspace: Workspace) -> AsyncIterator[SlackChannel]:
    made = SlackChannel(workspace.bot_token, api_url=workspace.api_url, per_second=1000.0)
    yield made
    await made.close()


def to(room: str, reply: Reply, key: str = "k1", *, message: str = "", thread: str = "") -> Outgoing:
    return Outgoing(key, Place("slack", "T1", room, thread, private=room.startswith("@")), reply, message=message)


async def test_a_message_to_a_person_opens_their_chat_once(workspace: Workspace, channel: SlackChannel) -> None:
    """However much is said there."""
    anna = workspace.person("U1", "Anna Weber")
    await channel.send(to("@U1", Text("Good morning")))
    await channel.send(to("@U1", Text("Good evening"), "k2"))
    assert anna.reads("Good morning")
    assert anna.reads("Good evening")
    assert len(workspace.calls_to("conversations.open")) == 1


async def test_a_card_is_edited_in_place(workspace: Workspace, channel: SlackChannel) -> None:
    """And left alone when it reads like that already; deleted meanwhile, it is sent anew."""
    anna = workspace.person("U1", "Anna Weber")
    sent = await channel.send(to("@U1", Card("T-1", state="new")))
    for state in ("claimed", "claimed"):
        again = await channel.send(to("@U1", Card("T-1", state=state), message=sent.message))
        assert again.message == sent.message
    assert len(workspace.calls_to("chat.update")) == 1
    assert anna.reads("claimed")

    workspace.direct_messages("U1").messages.clear()
    anew = await channel.send(to("@U1", Card("T-1", state="resolved"), message=sent.message))
    assert anew.message != sent.message
    assert anna.reads("resolved")


async def test_after_an_unclear_answer_the_message_is_found_by_its_key(
    workspace: Workspace, channel: SlackChannel
) -> None:
    """If it stands; if it does not, that is said as surely."""
    workspace.person("U1", "Anna Weber")
    workspace.faults.server_error("chat.postMessage", applied=True)
    with pytest.raises(Unclear):
        await channel.send(to("@U1", Text("Once"), "unclear-1"))
    found = await channel.find(to("@U1", Text("Once"), "unclear-1"))
    assert found is not None
    assert workspace.message_of(workspace.direct_messages("U1").id, found.message).text == "Once"
    assert await channel.find(to("@U1", Text("Never"), "unclear-2")) is None


async def test_a_message_in_a_thread_is_looked_for_in_its_thread(workspace: Workspace, channel: SlackChannel) -> None:
    """And only there."""
    room = workspace.channel("network", [workspace.person("U1")])
    root = await channel.send(to(room.id, Text("The card")))
    inside = await channel.send(to(room.id, Text("The log"), "k2", thread=root.message))
    found = await channel.find(to(room.id, Text("The log"), "k2", thread=root.message))
    assert found is not None
    assert found.message == inside.message
    assert await channel.find(to(room.id, Text("The log"), "k2")) is None


async def test_what_goes_wrong_is_said_as_what_it_is(workspace: Workspace, channel: SlackChannel) -> None:
    """Limits and their wait, doubt, a person gone, a message never to be taken, a token refused."""
    workspace.person("U1", "Anna Weber")
    workspace.person("U2", "Gone Away", deleted=True)
    await channel.send(to("@U1", Text("warm")))
    workspace.faults.cut("chat.postMessage", applied=True)
    with pytest.raises(Unclear):
        await channel.send(to("@U1", Text("cut")))
    workspace.faults.error("chat.postMessage", "msg_blocks_too_long")
    with pytest.raises(Rejected):
        await channel.send(to("@U1", Text("long")))
    workspace.faults.error("chat.postMessage", "token_revoked")
    with pytest.raises(SendFailed) as refused:
        await channel.send(to("@U1", Text("token")))
    assert type(refused.value) is SendFailed
    with pytest.raises(Unreachable):
        await channel.send(to("@U2", Text("hello")))
    with pytest.raises(Unreachable):
        await channel.send(to("C0NOWHERE", Text("hello")))


async def test_slacks_wait_is_kept_for_that_conversation_only(workspace: Workspace, channel: SlackChannel) -> None:
    """A flood in one channel delays no page in another."""
    anna = workspace.person("U1", "Anna Weber")
    room = workspace.channel("network", [anna])
    workspace.faults.rate_limited("chat.postMessage", retry_after=30)
    with pytest.raises(TryLater) as limited:
        await channel.send(to(room.id, Text("flood")))
    assert limited.value.seconds == 30
    calls = len(workspace.calls)
    with pytest.raises(TryLater) as still:
        await channel.send(to(room.id, Text("flood")))
    assert 25 < still.value.seconds <= 30
    assert len(workspace.calls) == calls
    await channel.send(to("@U1", Text("page")))
    assert anna.reads("page")


async def test_nobody_there_means_nobody_saw_it(channel: SlackChannel, workspace: Workspace) -> None:
    """A refused connection is no doubt."""
    away = SlackChannel("xoxb-1", api_url="http://127.0.0.1:9/api/")
    with pytest.raises(SendFailed) as failed:
        await away.send(to("C1", Text("hello")))
    assert type(failed.value) is SendFailed
    await away.close()


async def test_a_whisper_is_seen_by_one_person(workspace: Workspace, channel: SlackChannel) -> None:
    """And comes in private where the bot is no member of the channel."""
    anna, ben = workspace.person("U1", "Anna Weber"), workspace.person("U2", "Ben")
    room = workspace.channel("network", [anna, ben])
    await channel.send(to(f"{room.id}@U1", Text("only for Anna")))
    assert anna.reads("only for Anna")
    assert not ben.reads("only for Anna")
    outside = workspace.channel("outside", [anna, ben], with_app=False)
    await channel.send(to(f"{outside.id}@U1", Text("in private then")))
    assert anna.reads("in private then")
    assert not ben.reads("in private then")


async def test_a_file_is_fetched_from_slack_only(workspace: Workspace, channel: SlackChannel) -> None:
    """With our token, which goes to no other host; a sign-in page is no file."""
    anna = workspace.person("U1", "Anna Weber")
    shared = await anna.uploads("a.png", b"bytes of a picture")
    assert await channel.fetch(File("a.png", "image/png", 18, shared.url)) == b"bytes of a picture"
    for address in ("https://evil.example/a.png", "http://files.slack.com/a", "https://slack.com.evil.example/a", ""):
        with pytest.raises(Rejected):
            await channel.fetch(File("a.png", "image/png", 18, address))
    workspace.scopes.discard("files:read")
    with pytest.raises(Rejected):
        await channel.fetch(File("a.png", "image/png", 18, shared.url))


async def test_slack_says_who_somebody_is(workspace: Workspace, channel: SlackChannel) -> None:
    """A guest or a deactivated account is no member to link."""
    workspace.person("U1", "Anna Weber", email="anna@haihe.example", locale="de-DE")
    workspace.person("U2", "Guest", is_restricted=True)
    workspace.person("U3", "Gone", deleted=True)
    anna = await channel.profile("U1")
    assert (anna.email, anna.locale, anna.guest) == ("anna@haihe.example", "de-DE", False)
    assert (await channel.profile("U2")).guest
    assert (await channel.profile("U3")).deactivated
    with pytest.raises(Unreachable):
        await channel.profile("U9")


async def test_a_conversation_takes_about_a_message_a_second() -> None:
    """A few at once at first; a longer wait is handed back instead of slept through."""
    now = [0.0]
    pace = Pace(1.0, lambda: now[0])
    async with asyncio.timeout(20):
        for _ in range(3):
            await pace.turn("C1")
    now[0] -= 0.5
    with pytest.raises(TryLater):
        await pace.turn("C1")
    await pace.turn("C2")
    now[0] += 10
    await pace.turn("C1")
