"""Each way a service can behave, met over real sockets on loopback, gives its own finding."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.probes.probe import REASONS, Kind, Probe, ProbeResult, ProbeState
from bot.probes.resolver import SystemResolver
from bot.probes.run import run_probes
from tests.fakes import probe_servers as servers
from tests.fakes.probe_servers import Answer, Authority, NameServer, Server, naming, serving

LABEL = {"en": "Intranet", "zh": "内网"}
# For what must run out of time; all else has AMPLE, so that a busy machine changes no finding.
DEADLINE = 0.5
AMPLE = 10.0


@pytest.fixture(scope="module")
def authority() -> Authority:
    return servers.authority()


@pytest.fixture(autouse=True)
def every_reason_brings_its_facts() -> Iterator[None]:
    """Whatever a test here finds must carry the facts its sentence needs."""
    seen.clear()
    yield
    for result in seen:
        assert REASONS[result.reason] <= set(result.facts), result


seen: list[ProbeResult] = []


async def check(probe: Probe, *, deadline: float = AMPLE, trust: ssl.SSLContext | None = None) -> ProbeResult:
    (result,) = await run_probes([probe], deadline=deadline, trust=trust)
    seen.append(result)
    return result


def web(server: Server, *, text: str = "", status: int = 200, scheme: str = "http") -> Probe:
    url = f"{scheme}://127.0.0.1:{server.port}/health?full=1"
    return Probe("web", "http", LABEL, url=url, expect_text=text, expect_status=status, reach="loopback")


def gateway(kind: Kind, port: int, host: str = "127.0.0.1") -> Probe:
    return Probe("gateway", kind, LABEL, host=host, port=port, reach="loopback")


async def elapsed(seconds: float) -> float:
    """How long it took to sleep so long."""
    started = time.monotonic()
    await asyncio.sleep(seconds)
    return time.monotonic() - started


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


# -- HTTP ------------------------------------------------------------------------------------------


async def test_a_good_page_is_ok_and_says_how_long_it_took() -> None:
    async with serving(servers.page(b"<p>All systems go</p>")) as server:
        result = await check(web(server, text="systems go"))
    assert (result.state, result.reason) == (ProbeState.OK, "ok")
    assert 0 <= result.milliseconds < AMPLE * 1000
    assert result.facts["ms"] == result.milliseconds


async def test_the_request_keeps_the_name_and_asks_for_nothing_compressed() -> None:
    async with serving(servers.page(b"ok")) as server:
        probe = Probe("web", "http", LABEL, url=f"http://localhost:{server.port}/a?b", reach="loopback")
        assert (await check(probe)).state is ProbeState.OK
    (request,) = server.requests
    assert request.startswith(b"GET /a?b HTTP/1.1\r\n")
    assert f"\r\nHost: localhost:{server.port}\r\n".encode() in request
    assert b"\r\nAccept-Encoding: identity\r\n" in request


async def test_text_is_looked_for_in_the_page_s_own_character_set() -> None:
    answer = servers.page("系统正常".encode("gbk"), headers={"Content-Type": "text/html; charset=gbk"})
    async with serving(answer) as server:
        assert (await check(web(server, text="系统正常"))).state is ProbeState.OK


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (servers.page(b"oops", status="503 Service Unavailable"), "http.status"),
        (servers.page(b"<p>Maintenance</p>"), "http.text_missing"),
        (servers.page(b"." * 70_000 + b"welcome"), "http.text_missing"),
        (servers.pour, "http.text_missing"),
        (servers.pour_headers, "http.broken_answer"),
        (servers.break_off, "http.broken_answer"),
        (servers.hang_up, "http.broken_answer"),
        (servers.page(b"", status="\x00\x01"), "http.broken_answer"),
    ],
)
async def test_each_way_a_page_fails_has_its_own_reason(answer: Answer, reason: str) -> None:
    async with serving(answer) as server:
        result = await check(web(server, text="welcome"))
    assert (result.state, result.reason) == (ProbeState.FAIL, reason)


async def test_a_wrong_status_tells_both_numbers() -> None:
    async with serving(servers.page(b"", status="404 Not Found")) as server:
        result = await check(web(server))
        assert (result.facts["status"], result.facts["expected"]) == (404, 200)
        assert (await check(web(server, status=404))).state is ProbeState.OK


async def test_a_page_that_never_ends_is_unknown_at_the_deadline() -> None:
    async with (
        serving(servers.say_nothing) as silent,
        serving(servers.drip) as dripping,
        serving(servers.drip_headers) as dripping_headers,
    ):
        pages = [web(server, text="welcome") for server in (silent, dripping, dripping_headers)]
        for result in await run_probes(pages, deadline=DEADLINE):
            assert (result.state, result.reason) == (ProbeState.UNKNOWN, "timeout")
            assert DEADLINE * 1000 <= result.milliseconds < AMPLE * 1000


async def test_a_gzip_bomb_stays_packed() -> None:
    async with serving(servers.gzip_bomb()) as server:
        result = await check(web(server, text="welcome"))
    assert (result.state, result.reason) == (ProbeState.UNKNOWN, "http.encoded")


async def test_a_redirect_counts_as_its_status_and_is_never_followed() -> None:
    async with serving(servers.page(b"secret")) as elsewhere:
        to = servers.page(b"", status="302 Found", headers={"Location": f"http://127.0.0.1:{elsewhere.port}/"})
        async with serving(to) as server:
            result = await check(web(server))
            expected = await check(web(server, status=302))
    assert (result.reason, result.facts["status"], expected.state) == ("http.status", 302, ProbeState.OK)
    assert elsewhere.connections == 0


async def test_a_web_server_that_is_not_there_refuses() -> None:
    result = await check(web(Server(port=free_port())))
    assert (result.state, result.reason) == (ProbeState.FAIL, "tcp.refused")


async def test_no_proxy_from_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    async with serving(servers.page(b"direct")) as server:
        assert (await check(web(server, text="direct"))).state is ProbeState.OK


async def test_nothing_about_an_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with serving(servers.page(b"fine")) as server:
        await check(web(server))
    assert caplog.messages == []


async def test_a_second_address_is_tried_when_the_first_refuses() -> None:
    """The server listens on ::1 alone; localhost names 127.0.0.1 first."""
    async with serving(servers.page(b"six"), host="::1") as server:
        url = f"http://localhost:{server.port}/"
        page = Probe("web", "http", LABEL, url=url, expect_text="six", reach="loopback")
        assert (await check(page)).state is ProbeState.OK
        assert (await check(gateway("tcp", server.port, "localhost"))).state is ProbeState.OK


# -- TCP and DNS -----------------------------------------------------------------------------------


async def test_an_open_port_answers_and_a_closed_one_refuses() -> None:
    async with serving(servers.hang_up) as server:
        assert (await check(gateway("tcp", server.port))).state is ProbeState.OK
    result = await check(gateway("tcp", free_port()))
    assert (result.state, result.reason, result.facts["host"]) == (
        ProbeState.FAIL,
        "tcp.refused",
        "127.0.0.1",
    )


async def test_a_name_that_resolves_is_ok() -> None:
    assert (await check(gateway("dns", 0, "localhost"))).state is ProbeState.OK


async def test_an_entry_we_cannot_read_is_unknown_and_harms_no_other() -> None:
    bad = Probe("bad", "http", LABEL, url="javascript:alert(1)")
    results = await run_probes([bad, gateway("dns", 0, "localhost")], deadline=AMPLE)
    assert [result.reason for result in results] == ["target.invalid", "ok"]


# -- TLS -------------------------------------------------------------------------------------------


def secure(
    authority: Authority, folder: Path, name: str = "127.0.0.1", *, days: float = 90, since: float = -400
) -> AbstractAsyncContextManager[Server]:
    return serving(servers.page(b"secure"), tls=authority.server(folder, name, days=days, since=since))


async def test_a_trusted_certificate_tells_its_days(authority: Authority, tmp_path: Path) -> None:
    async with secure(authority, tmp_path, days=90.5) as server:
        result = await check(gateway("tls", server.port), trust=authority.trust())
    assert (result.state, result.reason, result.facts["days"]) == (ProbeState.OK, "tls.valid", 90)


async def test_a_certificate_that_ends_soon_warns(authority: Authority, tmp_path: Path) -> None:
    async with secure(authority, tmp_path, days=20.5) as server:
        result = await check(gateway("tls", server.port), trust=authority.trust())
    assert (result.state, result.reason, result.facts["days"]) == (ProbeState.WARN, "tls.expires_soon", 20)


@pytest.mark.parametrize(
    ("name", "since", "days", "reason", "told"),
    [
        ("127.0.0.1", -400, -3.5, "tls.expired", 3),
        ("127.0.0.1", 1.5, 90, "tls.not_yet_valid", 2),
        ("other.example", -400, 90, "tls.wrong_name", None),
    ],
)
@pytest.mark.parametrize("kind", ["tls", "http"])
async def test_a_bad_certificate_is_named_as_what_it_is(
    authority: Authority,
    tmp_path: Path,
    kind: Kind,
    name: str,
    since: float,
    days: float,
    reason: str,
    told: int | None,
) -> None:
    async with secure(authority, tmp_path, name, days=days, since=since) as server:
        probe = gateway("tls", server.port) if kind == "tls" else web(server, scheme="https")
        result = await check(probe, trust=authority.trust())
    assert (result.state, result.reason, result.facts.get("days")) == (ProbeState.FAIL, reason, told)


@pytest.mark.parametrize("kind", ["tls", "http"])
async def test_a_self_signed_certificate_is_called_so(kind: Kind, tmp_path: Path) -> None:
    async with serving(servers.page(b"hm"), tls=servers.self_signed(tmp_path, "127.0.0.1")) as server:
        probe = gateway("tls", server.port) if kind == "tls" else web(server, scheme="https")
        assert (await check(probe)).reason == "tls.self_signed"
    assert server.requests == []


async def test_an_authority_nobody_knows_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    async with secure(authority, tmp_path) as server:
        assert (await check(gateway("tls", server.port))).reason == "tls.untrusted"


@pytest.mark.parametrize("answer", [servers.hang_up, servers.greet])
@pytest.mark.parametrize("kind", ["tls", "http"])
async def test_a_server_without_tls_completes_no_handshake(kind: Kind, answer: Answer) -> None:
    async with serving(answer) as server:
        probe = gateway("tls", server.port) if kind == "tls" else web(server, scheme="https")
        result = await check(probe)
    assert (result.state, result.reason) == (ProbeState.FAIL, "tls.no_handshake")


async def test_the_certificate_is_held_against_the_name_and_not_the_address(
    authority: Authority, tmp_path: Path
) -> None:
    async with secure(authority, tmp_path, "localhost") as server:
        url = f"https://localhost:{server.port}/"
        page = Probe("web", "http", LABEL, url=url, expect_text="secure", reach="loopback")
        assert (await check(page, trust=authority.trust())).state is ProbeState.OK
        probe = gateway("tls", server.port, "localhost")
        assert (await check(probe, trust=authority.trust())).reason == "tls.valid"


async def test_a_handshake_that_never_comes_is_unknown_at_the_deadline() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        port = int(mute.getsockname()[1])
        probes = [gateway("tls", port), web(Server(port), scheme="https")]
        results = await run_probes(probes, deadline=DEADLINE)
    assert [result.reason for result in results] == ["timeout", "timeout"]


# -- the round -------------------------------------------------------------------------------------


@pytest.fixture
async def mute() -> AsyncIterator[Server]:
    async with serving(servers.say_nothing) as server:
        yield server


async def test_a_round_runs_all_at_once_and_reports_each_as_it_finishes(mute: Server) -> None:
    """The slowest comes first in the catalogue, and last in the reports."""
    async with (
        serving(servers.slow(1.0, servers.page(b"third"))) as third,
        serving(servers.slow(0.4, servers.page(b"second"))) as second,
        serving(servers.page(b"first")) as first,
    ):
        reported: list[str] = []

        async def draw(result: ProbeResult) -> None:
            reported.append(result.key)

        urls = [("mute", mute), ("third", third), ("second", second), ("first", first)]
        probes = [
            Probe(key, "http", LABEL, url=f"http://127.0.0.1:{server.port}/", reach="loopback") for key, server in urls
        ]
        started = time.monotonic()
        results = await run_probes(probes, deadline=4.0, on_result=draw)
        took = time.monotonic() - started
    assert reported == ["first", "second", "third", "mute"]
    assert [result.key for result in results] == ["mute", "third", "second", "first"]
    assert [result.reason for result in results] == ["timeout", "ok", "ok", "ok"]
    assert 4.0 <= took < AMPLE


async def test_the_worst_catalogue_still_ends_within_five_and_a_half_seconds() -> None:
    async with (
        serving(servers.drip) as dripping,
        serving(servers.drip_headers) as dripping_headers,
        serving(servers.say_nothing) as silent,
        serving(servers.pour) as endless,
        serving(servers.slow(2.05, servers.page(b"welcome at last"))) as slow,
    ):
        worst = [dripping, dripping_headers, silent, endless]
        probes = [web(server, text="welcome") for server in [slow, *worst * 5]]
        probes += [gateway("tls", silent.port), gateway("tls", dripping.port)]
        started = time.monotonic()
        # What a mere sleep needs here and now, so that a machine busy elsewhere is not called our slowness.
        asleep = asyncio.create_task(elapsed(5.0))
        results = await run_probes(probes)
        took = time.monotonic() - started
    assert 5.0 <= took < await asleep + 0.5
    assert {result.reason for result in results[1:]} == {"timeout", "http.text_missing"}
    assert (results[0].state, results[0].reason) == (ProbeState.WARN, "http.slow")
    assert int(results[0].facts["ms"]) >= 2000


def waiting_for_ever(mute: Server) -> list[Probe]:
    """One probe stuck in each place where one can be: a page, two handshakes, a name server."""
    name = Probe("name", "dns", LABEL, host="silent.example", reach="loopback")
    return [web(mute), gateway("tls", mute.port), web(mute, scheme="https"), name]


async def test_a_cancelled_round_leaves_no_task_and_no_socket_behind(mute: Server) -> None:
    """A socket left open becomes a ResourceWarning when it is collected, and warnings are errors."""
    before = asyncio.all_tasks()
    async with naming(NameServer({}, silent=frozenset({"silent.example"}))) as names:
        resolver = SystemResolver(["127.0.0.1"], port=names.port)
        round_ = asyncio.create_task(run_probes(waiting_for_ever(mute), resolver=resolver))
        async with asyncio.timeout(60):
            while mute.connections < 3 or len(names.questions) < 2:  # noqa: ASYNC110 - they count, not signal
                await asyncio.sleep(0.01)
        started = asyncio.all_tasks() - before
        round_.cancel()
        with pytest.raises(asyncio.CancelledError):
            await round_
    probing = [task for task in started if task.get_name().startswith("probe ")]
    assert len(probing) == 4
    assert all(task.done() for task in probing)
    del round_, started, probing
    gc.collect()


async def test_a_round_that_runs_out_of_time_leaves_no_socket_behind(mute: Server) -> None:
    async with naming(NameServer({}, silent=frozenset({"silent.example"}))) as names:
        resolver = SystemResolver(["127.0.0.1"], port=names.port)
        results = await run_probes(waiting_for_ever(mute), deadline=0.3, resolver=resolver)
    assert {result.reason for result in results} == {"timeout"}
    gc.collect()


async def test_a_report_that_fails_ends_the_round_and_reaches_the_caller(mute: Server) -> None:
    async def draw(_: ProbeResult) -> None:
        raise LookupError("the card is gone")

    started = time.monotonic()
    with pytest.raises(LookupError, match="the card is gone"):
        await run_probes([web(mute), gateway("tcp", mute.port)], deadline=60, on_result=draw)
    assert time.monotonic() - started < 30


async def test_a_fault_of_ours_is_logged_without_addresses_and_is_unknown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Faulty:
        async def addresses(self, name: str) -> tuple[()]:
            raise ZeroDivisionError(f"while looking up {name}")

    (result,) = await run_probes([gateway("tcp", 1, "secret.example")], resolver=Faulty())
    assert (result.state, result.reason) == (ProbeState.UNKNOWN, "broken")
    assert caplog.messages == ["probe gateway broke: ZeroDivisionError"]


async def test_an_empty_catalogue_gives_an_empty_checklist() -> None:
    assert await run_probes([]) == ()
