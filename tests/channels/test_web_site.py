"""The web desk over a real socket: who is let in, what is refused, and what arrives."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import httpx
import pytest

from bot.messages import Attached, Button, Card, Commanded, Form, Pressed, Said, Submitted, Text
from bot.web.knowledge_views import ArticleRow, Bar, KnowledgeView, Question
from bot.web.parts import Limits
from tests.fakes.web_desk import World, serving
from tests.fakes.web_sample import furnish

JSON = {"Accept": "application/json"}
EVENT = "e" * 32


@dataclass
class Browser:
    """One person's browser at the desk."""

    http: httpx.AsyncClient
    base: str = ""
    token: str = ""

    async def opens(self, path: str) -> httpx.Response:
        """Open a page, and remember the token its forms carry."""
        page = await self.http.get(self.base + path)
        if found := re.search(r'name="token" value="(\w+)"', page.text):
            self.token = found[1]
        return page

    async def posts(self, path: str, token: str | None = None, **fields: str) -> httpx.Response:
        """Send a form of the last page."""
        data = {"token": self.token if token is None else token, "event": EVENT} | fields
        return await self.http.post(self.base + path, data=data, headers=JSON)

    async def sits(self, person: str) -> None:
        """Take a seat from the picker."""
        await self.opens("/")
        taken = await self.posts("/seat", person=person)
        assert taken.status_code == 303
        self.base = f"/seat/{person}"
        assert (await self.opens("/")).status_code == 200


@pytest.fixture
def world() -> World:
    world = World(limits=Limits(upload=400_000, poll=0.05))
    furnish(world.views)
    return world


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    async with serving(world.application()) as address:
        yield address


@pytest.fixture
async def browser(address: str) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=address) as http:
        yield Browser(http)


# -- who is let in ---------------------------------------------------------------------------------


async def test_a_newcomer_sits_down_and_stays_in_that_seat_only(browser: Browser) -> None:
    await browser.sits("zhao.min")
    assert "Hello Zhao Min" in (await browser.opens("/")).text
    assert (await browser.http.get("/seat/wang.fang/")).status_code == 401
    (cookie,) = [cookie for cookie in browser.http.cookies.jar if cookie.name == "firstline_seat"]
    assert cookie.path == "/seat/zhao.min"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"


async def test_a_seat_is_worth_nothing_for_somebody_else(browser: Browser) -> None:
    await browser.sits("zhao.min")
    cookie = browser.http.cookies["firstline_seat"]
    stolen = {"Cookie": f"firstline_seat={cookie}"}
    assert (await browser.http.get("/seat/wang.fang/", headers=stolen)).status_code == 401
    assert (await browser.http.get("/seat/wang.fang/", headers={"Cookie": "firstline_seat=x.y"})).status_code == 401


async def test_seats_are_gone_at_once_when_they_are_not_allowed(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    world.seats = False
    assert (await browser.opens("/")).status_code == 404
    assert (await browser.posts("/chat/say", text="x")).status_code == 404
    browser.base = ""
    assert (await browser.opens("/")).status_code == 401
    assert (await browser.posts("/seat", person="zhao.min")).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[bad", ""])
async def test_another_name_for_this_machine_opens_no_seat(browser: Browser, host: str) -> None:
    await browser.sits("zhao.min")
    page = await browser.http.get("/seat/zhao.min/", headers={"Host": host})
    assert page.status_code in (400, 404)
    assert (await browser.http.get("/", headers={"Host": host})).status_code in (400, 401)


async def test_a_sign_in_link_is_used_up_by_its_button_and_only_once(browser: Browser, world: World) -> None:
    world.seats = False
    world.doors.links["secret-link"] = "zhao.min"
    page = await browser.opens("/sign-in/secret-link")
    assert page.status_code == 200
    assert world.doors.links, "looking at the page uses nothing up"
    assert (await browser.posts("/sign-in/secret-link")).headers["location"] == "/"
    assert "Hello Zhao Min" in (await browser.opens("/")).text
    await browser.opens("/sign-in/secret-link")
    again = await browser.posts("/sign-in/secret-link")
    assert again.status_code == 410
    assert "once" in again.json()["error"]


async def test_signing_out_ends_the_session(browser: Browser, world: World) -> None:
    world.seats = False
    world.doors.links["secret-link"] = "zhao.min"
    await browser.opens("/sign-in/secret-link")
    await browser.posts("/sign-in/secret-link")
    session = browser.http.cookies["firstline_session"]
    await browser.opens("/")
    assert (await browser.posts("/sign-out")).status_code == 303
    assert (await browser.http.get("/", headers={"Cookie": f"firstline_session={session}"})).status_code == 401


async def test_a_language_somebody_chose_counts_in_every_browser(browser: Browser, address: str, world: World) -> None:
    """The newest choice wins; a browser's own language only counts for whoever has never chosen."""
    await browser.sits("zhao.min")
    await browser.posts("/language", language="en")
    async with httpx.AsyncClient(base_url=address, headers={"Accept-Language": "zh-CN"}) as http:
        other = Browser(http)
        await other.sits("zhao.min")
        assert "My tickets" in (await other.opens("/mine")).text
        await other.posts("/language", language="zh", event="f" * 32)
        assert "我的工单" in (await browser.opens("/mine")).text
        await Browser(http).sits("anna.keller")
    assert world.views.languages["anna.keller"] == "zh"


async def test_a_page_is_told_what_was_done_and_not_what_becomes_of_the_question(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question's card in the chat becomes its answer; on a page nothing stands there, so one message is enough."""
    question, news = Card("Propose it?", state="yes", key="sure:major:12"), Text("T-12 is proposed.")
    monkeypatch.setattr(world.conversation, "replies", lambda event: (question, news))
    await browser.sits("wang.fang")
    (said,) = (await browser.posts("/chat/press", action="t:major!:12:1")).json()["replies"]
    assert "T-12 is proposed." in said
    monkeypatch.setattr(world.conversation, "replies", lambda event: (question,))
    (said,) = (await browser.posts("/chat/press", action="t:no:12:major", event="f" * 32)).json()["replies"]
    assert "Propose it?" in said


async def test_the_chosen_language_comes_along_to_the_seat(browser: Browser) -> None:
    await browser.opens("/")
    assert (await browser.posts("/visitor/language", language="zh")).status_code == 303
    assert "您想以谁的身份体验" in (await browser.opens("/")).text
    await browser.sits("zhao.min")
    page = await browser.opens("/mine")
    assert 'lang="zh-Hans"' in page.text
    assert (await browser.posts("/language", language="en", back="/seat/zhao.min/mine")).status_code == 303
    assert "My tickets" in (await browser.opens("/mine")).text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
async def test_the_way_back_never_leads_to_another_site(browser: Browser, back: str) -> None:
    await browser.opens("/")
    assert (await browser.posts("/visitor/language", language="zh", back=back)).headers["location"] == "/"


# -- what is refused -------------------------------------------------------------------------------


async def test_every_answer_forbids_foreign_scripts_and_frames(browser: Browser) -> None:
    await browser.sits("wang.fang")
    for path in ("/", "/mine", "/queue", "/pages", "/t/12", "/nothing", "/t/99"):
        page = await browser.opens(path)
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert not re.search(r"<[^>]+\s(on\w+|style)=|<script(?![^>]*\ssrc=)|<style", page.text)


@pytest.mark.parametrize("path", ["/chat/say", "/chat/press", "/chat/form/k", "/language", "/sign-out"])
async def test_a_post_without_the_pages_token_changes_nothing(browser: Browser, world: World, path: str) -> None:
    await browser.sits("zhao.min")
    for token in ("", "0" * 64, "é"):
        refused = await browser.posts(path, token=token, text="hello", action="x", language="zh")
        assert refused.status_code == 403
    assert world.conversation.events == []
    assert "Hello Zhao Min" in (await browser.opens("/")).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://[bad"},
    ],
)
async def test_a_post_from_another_site_is_refused(browser: Browser, world: World, headers: dict[str, str]) -> None:
    await browser.sits("zhao.min")
    data = {"token": browser.token, "event": EVENT, "text": "hello"}
    refused = await browser.http.post("/seat/zhao.min/chat/say", data=data, headers=JSON | headers)
    assert refused.status_code == 403
    assert world.conversation.events == []


async def test_a_form_of_our_own_page_is_taken_though_it_sends_no_referrer(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    data = {"token": browser.token, "event": EVENT, "text": "hello"}
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert (await browser.http.post("/seat/zhao.min/chat/say", data=data, headers=headers)).status_code == 200
    assert len(world.conversation.events) == 1


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/chat/say", {"text": ""}),
        ("/chat/say", {"text": " \n "}),
        ("/chat/say", {"text": "x", "event": "short"}),
        ("/chat/say", {"text": "x", "reply_to": "../etc"}),
        ("/chat/press", {}),
        ("/chat/press", {"action": "x" * 61}),
        ("/chat/press", {"action": "x", "line": "-1"}),
        ("/language", {"language": "tlh"}),
    ],
)
async def test_a_bad_post_gets_a_sentence_and_does_nothing(
    browser: Browser, world: World, path: str, fields: dict[str, str]
) -> None:
    await browser.sits("zhao.min")
    refused = await browser.posts(path, **fields)
    assert refused.status_code == 400
    assert refused.json()["error"].endswith(".")
    assert world.conversation.events == []


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("multipart/form-data", b"x"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a\xff"\r\n\r\n\xff\r\n--x--',
        ),
        (
            "multipart/form-data; boundary=x; charset=klingon",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
        ),
        ("multipart/form-data; boundary=" + "x" * 300, b"nothing"),
        ("application/json", b"{"),
        ("application/x-www-form-urlencoded", b"%ff%fe=%00&&&=;" + b"a=1&" * 200),
    ],
)
async def test_a_body_that_is_no_form_is_a_bad_request(browser: Browser, media_type: str, body: bytes) -> None:
    await browser.sits("zhao.min")
    headers = JSON | {"Content-Type": media_type, "X-Firstline-Token": browser.token}
    refused = await browser.http.post("/seat/zhao.min/chat/say", content=body, headers=headers)
    assert refused.status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/t/99", "/t/" + "9" * 5000, "/t/１２", "/t/-1", "/t/x", "/file/99", "/chat/lines?since=x", "/queue?status=%00"],
)
async def test_an_odd_address_is_told_kindly(browser: Browser, path: str) -> None:
    await browser.sits("wang.fang")
    assert (await browser.opens(path)).status_code in (200, 400, 404)


async def test_absent_and_not_yours_look_the_same(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    absent = await browser.opens("/t/99")
    assert (await browser.opens("/t/98")).text.replace("/t/98", "/t/99") == absent.text
    assert (await browser.opens("/queue")).status_code == 404


async def test_more_than_we_take_is_refused_in_words(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    long = await browser.posts("/chat/press", action="x", line="y" * 300_000)
    assert (long.status_code, "10 MB" in long.json()["error"]) == (413, True)
    fields = {"token": browser.token, "event": EVENT}
    for size, status in ((400_000, 200), (400_001, 413), (900_000, 413)):
        files = {"files": ("shot.png", b"x" * size, "image/png")}
        answer = await browser.http.post("/seat/zhao.min/chat/say", data=fields, files=files, headers=JSON)
        assert answer.status_code == status
    assert len(world.files.kept) == 1


async def test_a_long_message_arrives_whole_and_an_endless_one_is_refused(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    assert (await browser.posts("/chat/say", text="很长。" * 7_000)).status_code == 200
    (event,) = world.conversation.events
    assert isinstance(event, Said)
    assert len(event.text) == 21_000
    data = {"token": browser.token, "event": "f" * 32, "text": "x" * 300_000}
    for files in ({}, {"files": ("a.txt", b"a", "text/plain")}):
        refused = await browser.http.post("/seat/zhao.min/chat/say", data=data, files=files, headers=JSON)
        assert (refused.status_code, "10 MB" in refused.json()["error"]) == (413, True)
    assert len(world.conversation.events) == 1


async def test_a_fault_on_our_side_is_a_sentence_too(address: str, world: World) -> None:
    transport = httpx.AsyncHTTPTransport()
    async with httpx.AsyncClient(base_url=address, transport=transport) as http:
        browser = Browser(http)
        await browser.sits("zhao.min")
        world.conversation.failing = 1
        failed = await browser.posts("/chat/say", text="hello")
        assert (failed.status_code, failed.json()["title"]) == (500, "Something went wrong on our side")
        assert (await browser.posts("/chat/say", text="hello")).status_code == 200
    assert [line.reply for line in world.transcript.lines["zhao.min"]][:1] == [Text("hello")]
    assert len(world.transcript.lines["zhao.min"]) == 2, "the words stand once, and the answer once"


# -- what arrives ----------------------------------------------------------------------------------


async def test_everything_a_person_does_becomes_an_event_of_theirs(browser: Browser, world: World) -> None:
    await browser.sits("wang.fang")
    await browser.posts("/chat/say", text="The printer\r\nis 坏了 😕", reply_to="T-12", event="a" * 32)
    await browser.posts("/chat/say", text="/it claim 12", event="b" * 32)
    await browser.posts("/chat/press", action="t:hold:12", event="c" * 32)
    await browser.posts("/chat/form/resolve:12", cause="cable", solution="new cable", event="d" * 32)
    said, commanded, pressed, submitted = world.conversation.events
    assert isinstance(said, Said)
    assert (said.text, said.reply_to, said.sender.user) == ("The printer\nis 坏了 😕", "T-12", "wang.fang")
    assert isinstance(commanded, Commanded)
    assert (commanded.word, commanded.rest) == ("claim", "12")
    assert isinstance(pressed, Pressed)
    assert (pressed.action, pressed.message) == ("t:hold:12", "")
    assert isinstance(submitted, Submitted)
    assert (submitted.form, submitted.values) == ("resolve:12", {"cause": "cable", "solution": "new cable"})


async def test_the_same_event_twice_is_said_and_done_once(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    first = await browser.posts("/chat/say", text="hello")
    second = await browser.posts("/chat/say", text="hello")
    assert first.json()["replies"] == second.json()["replies"]
    assert len(world.conversation.events) == 1
    assert [line.reply for line in world.transcript.lines["zhao.min"]] == [
        Text("hello"),
        Text("Thanks, I have got that."),
    ]


async def test_a_pressed_button_stands_in_the_chat_in_the_words_it_had(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    await browser.posts("/chat/say", text="vpn drops")
    line = next(line for line in world.transcript.lines["zhao.min"] if "That fixed it" in str(line.reply))
    await browser.posts("/chat/press", action="faq:fixed", line=str(line.id), event="f" * 32)
    await browser.posts("/chat/press", action="made:up", line=str(line.id), event="1" * 32)
    own = [line.reply for line in world.transcript.lines["zhao.min"] if line.author == "person"]
    assert own == [Text("vpn drops"), Text("That fixed it")]


async def test_files_are_kept_and_arrive_with_their_words(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    files = [("files", ("屏幕.png", b"PNG", "image/png")), ("files", ("b.txt", b"text", "text/plain"))]
    data = {"token": browser.token, "event": EVENT, "text": "see here", "reply_to": "T-12"}
    await browser.http.post("/seat/zhao.min/chat/say", data=data, files=files, headers=JSON)
    (event,) = world.conversation.events
    assert isinstance(event, Attached)
    assert (event.caption, event.reply_to) == ("see here", "T-12")
    assert [(file.name, file.size) for file in event.files] == [("屏幕.png", 3), ("b.txt", 4)]
    assert await world.channel.fetch(event.files[0]) == b"PNG"
    assert "屏幕.png" in (await browser.opens("/")).text


async def test_only_pictures_open_in_the_browser_and_nothing_in_a_file_runs(browser: Browser) -> None:
    await browser.sits("wang.fang")
    picture, page = await browser.opens("/file/1"), await browser.opens("/file/2")
    assert picture.headers["content-type"] == "image/png"
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in page.headers["content-security-policy"]


async def test_the_queue_filters_and_names_its_buttons_by_ticket(browser: Browser) -> None:
    await browser.sits("wang.fang")
    page = await browser.opens("/queue?text=vpn&priority=P2")
    assert "VPN drops" in page.text
    assert "Monitor flickers" not in page.text
    assert 'aria-label="Claim, T-12"' in page.text


async def test_an_empty_queue_advises_fewer_filters_only_to_whoever_has_set_one(browser: Browser, world: World) -> None:
    world.views.tickets.clear()
    await browser.sits("wang.fang")
    empty, filtered = await browser.opens("/queue"), await browser.opens("/queue?text=vpn")
    assert "Nothing is waiting" in empty.text
    assert "fewer filters" not in empty.text
    assert "fewer filters" in filtered.text
    assert '<option value="">All open</option>' in empty.text


# -- streams ---------------------------------------------------------------------------------------


async def heard(
    browser: Browser, path: str, wanted: int, headers: dict[str, str] | None = None
) -> list[tuple[str, str]]:
    """The first so many events of a stream with content, as their ids and data."""
    events: list[tuple[str, str]] = []
    async with browser.http.stream("GET", browser.base + path, headers=headers or {}, timeout=30) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        number, data = "", ""
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            number = value if name == "id" else number
            data += value + "\n" if name == "data" else ""
            if not line and data.strip():
                events.append((number, data))
            if not line:
                number, data = "", ""
            if len(events) == wanted:
                return events
    raise AssertionError("the stream ended early")


async def test_the_knowledge_page_shows_what_waits_what_is_missing_and_how_sure_is_sure(
    browser: Browser, world: World
) -> None:
    publish = Button("Publish", "k:publish:7", "primary")
    world.views.shelf = KnowledgeView(
        drafts=(Card("Answer to review: <b>VPN</b>", buttons=(publish,), key="draft:7"),),
        questions=(Question("咖啡机 <i>坏了</i>", "14:30"),),
        articles=(ArticleRow("VPN drops", "English", "VPN", 9, 6, 2, "2024-01-01", True, True, "vpn-drops/en"),),
        bars=(Bar(72, 65, 40),),
        judged=40,
    )
    await browser.sits("wang.fang")
    page = (await browser.opens("/knowledge")).text
    assert "Answer to review: &lt;b&gt;VPN&lt;/b&gt;" in page
    assert 'value="k:publish:7"' in page
    assert "咖啡机 &lt;i&gt;坏了&lt;/i&gt;" in page
    assert "helped 6×" in page
    assert "not read over for a year" in page
    assert "believed 72 %, helped 65 % (40)" in page
    assert f'href="{browser.base}/knowledge/vpn-drops/en"' in page
    assert "vpn-drops" in (await browser.opens("/knowledge?text=DROPS+english")).text
    missed = (await browser.opens("/knowledge?text=drops+%3Ci%3E")).text
    assert ("vpn-drops" in missed, "No answer has all these words." in missed) == (False, True)
    assert 'value="drops &lt;i&gt;"' in missed
    assert "Restart &lt;the&gt; client" in (await browser.opens("/knowledge/vpn-drops/en")).text
    assert (await browser.opens("/knowledge/vpn-drops/fr")).status_code == 404
    browser.base = ""
    await browser.sits("zhao.min")
    for path in ("/knowledge", "/knowledge/vpn-drops/en"):
        assert (await browser.opens(path)).status_code == 404
    assert "/knowledge" not in (await browser.opens("/")).text


async def test_lines_arrive_once_and_a_browser_goes_on_where_it_was(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    await browser.posts("/chat/say", text="one", event="a" * 32)
    first = await heard(browser, "/chat/events?since=0", 2)
    assert ["one" in first[0][1], "I have got that" in first[1][1]] == [True, True]
    await browser.posts("/chat/say", text="two", event="b" * 32)
    later = await heard(browser, "/chat/events?since=0", 2, {"Last-Event-ID": first[1][0]})
    assert [("two" in data, "one" in data) for _, data in later[:1]] == [(True, False)]
    by_asking = (await browser.opens(f"/chat/lines?since={first[1][0]}")).json()
    assert len(by_asking["lines"]) == 2


async def test_a_redrawn_card_arrives_as_the_same_line(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    await world.conversation.deliver("zhao.min", "k1", Card("Checking", key="probe"))
    ((revision, before),) = await heard(browser, "/chat/events?since=0", 1)
    await world.conversation.deliver("zhao.min", "k2", Card("All fine", key="probe"))
    ((_, after),) = await heard(browser, f"/chat/events?since={revision}", 1)
    assert 'id="line-1"' in before
    assert 'id="line-1"' in after
    assert "All fine" in after


async def test_a_stream_ends_with_the_session(browser: Browser, world: World) -> None:
    await browser.sits("zhao.min")
    async with browser.http.stream("GET", "/seat/zhao.min/chat/events", timeout=30) as stream:
        world.seats = False
        async for line in stream.aiter_lines():
            assert "line-" not in line


async def test_an_open_list_is_told_when_it_may_look_different(browser: Browser, world: World) -> None:
    await browser.sits("wang.fang")
    ((_, version),) = await heard(browser, "/changes?version=0", 1)
    assert version.strip() == "1"
    world.views.tickets[12] = replace(world.views.tickets[12], assignee="Wang Fang")
    world.views.version = 2
    ((_, version),) = await heard(browser, "/changes?version=1", 1)
    assert version.strip() == "2"


# -- forms -----------------------------------------------------------------------------------------


async def test_a_form_asked_for_in_the_chat_stands_there_and_is_corrected_in_place(
    browser: Browser, world: World
) -> None:
    await browser.sits("zhao.min")
    await browser.posts("/chat/say", text="vpn drops", event="a" * 32)
    line = str(world.transcript.lines["zhao.min"][-1].id)
    await browser.posts("/chat/press", action="ticket:new", line=line, event="b" * 32)
    await browser.posts("/chat/press", action="ticket:new", line=line, event="b" * 32)
    form = world.transcript.lines["zhao.min"][-1]
    assert isinstance(form.reply, Form)
    await browser.posts("/chat/form/intake:1", line=str(form.id), summary="", event="c" * 32)
    corrected = world.transcript.lines["zhao.min"][-1]
    assert isinstance(corrected.reply, Form)
    assert (corrected.id, bool(corrected.reply.fields[0].error)) == (form.id, True)


async def test_a_form_asked_for_on_a_page_opens_there_and_leaves_the_chat_alone(browser: Browser, world: World) -> None:
    await browser.sits("wang.fang")
    answer = await browser.posts("/chat/press", action="t:resolve:12")
    assert "Resolve T-12" in answer.json()["forms"][0]
    assert "wang.fang" not in world.transcript.lines
