"""One GET to a pinned address: no redirects, cookies, proxies or decompression, and every byte counted."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import httpx

from bot.probes.connect import Round, connection_error, unreachable
from bot.probes.guard import Address
from bot.probes.probe import Finding, Probe, ProbeError, ProbeState, error
from bot.probes.target import Target
from bot.probes.tls import distrust

BODY_BYTES = 64 * 1024
SLOW_MILLISECONDS = 2000


async def check_http(target: Target, addresses: Sequence[Address], probe: Probe, around: Round) -> Finding:
    """Find out whether the answer has the expected status and text, and whether it took too long."""
    started = asyncio.get_running_loop().time()
    first_error: ProbeError | None = None
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        try:
            seconds = around.share(left) if left > 1 else None
            finding = await _get(target, address, probe, around.trust, seconds)
        except ssl.SSLCertVerificationError as refusal:
            return await distrust(refusal, target, [address], around)
        except _NotConnected as caught:
            first_error = first_error or caught.reason
            continue
        milliseconds = round((asyncio.get_running_loop().time() - started) * 1000)
        if finding.state is ProbeState.OK and milliseconds >= SLOW_MILLISECONDS:
            return Finding(ProbeState.WARN, "http.slow")
        return finding
    raise first_error or unreachable(target)


class _NotConnected(Exception):
    """This address did not take the connection; another may."""

    def __init__(self, reason: ProbeError) -> None:
        self.reason = reason


async def _get(target: Target, address: Address, probe: Probe, trust: ssl.SSLContext, seconds: float | None) -> Finding:
    opened: list[_Stream] = []
    request = _request(target, address, seconds, opened)
    try:
        # The transport without httpx's client: it follows nothing, decodes nothing and logs no address.
        async with httpx.AsyncHTTPTransport(verify=trust, trust_env=False, retries=0) as transport:
            response = await transport.handle_async_request(request)
            try:
                return await _judge(response, probe)
            finally:
                await response.aclose()
    except (httpx.ConnectError, httpx.ConnectTimeout) as caught:
        raise _connect_failure(target, caught) from caught
    except httpx.HTTPError as caught:
        raise error(ProbeState.FAIL, "http.broken_answer") from caught
    finally:
        # httpcore 1.0.9 leaves the socket open when it is cancelled in the middle of a TLS handshake.
        for stream in opened:
            await stream.aclose()


class _Stream(Protocol):
    async def aclose(self) -> None: ...


def _request(target: Target, address: Address, seconds: float | None, opened: list[_Stream]) -> httpx.Request:
    """A request to the pinned address that keeps the catalogue's name in the Host header and in SNI."""

    async def trace(event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            opened.append(info["return_value"])

    url = httpx.URL(scheme=target.scheme, host=str(address), port=target.port, raw_path=target.path.encode())
    headers = {
        "Host": target.authority,
        "User-Agent": "Firstline-probe",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    extensions = {"sni_hostname": target.host, "timeout": {"connect": seconds}, "trace": trace}
    return httpx.Request("GET", url, headers=headers, extensions=extensions)


async def _judge(response: httpx.Response, probe: Probe) -> Finding:
    if response.status_code != probe.expect_status:
        facts = {"status": response.status_code, "expected": probe.expect_status}
        return Finding(ProbeState.FAIL, "http.status", facts)
    if not probe.expect_text:
        return Finding(ProbeState.OK, "ok")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        return Finding(ProbeState.UNKNOWN, "http.encoded")
    if await _contains(response, probe.expect_text):
        return Finding(ProbeState.OK, "ok")
    return Finding(ProbeState.FAIL, "http.text_missing", {"text": probe.expect_text})


async def _contains(response: httpx.Response, text: str) -> bool:
    """Look for `text` in the first 64 KiB, in the page's own character set."""
    try:
        wanted = text.encode(response.charset_encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        wanted = text.encode()
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk[: BODY_BYTES - len(body)]
        if wanted in body:
            return True
        if len(body) >= BODY_BYTES:
            break
    return False


def _connect_failure(target: Target, caught: httpx.TransportError) -> Exception:
    """Find what lies under httpx's error: a refused certificate, a failed handshake, or no connection."""
    causes = tuple(_causes(caught))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return error(ProbeState.FAIL, "tls.no_handshake", host=target.host, port=target.port)
    for cause in causes:
        if isinstance(cause, ConnectionRefusedError):
            return _NotConnected(connection_error(target, cause))
    return _NotConnected(unreachable(target))


def _causes(caught: BaseException | None) -> Iterator[BaseException]:
    while caught is not None:
        yield caught
        caught = caught.__cause__ or caught.__context__
