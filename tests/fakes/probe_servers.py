"""Real servers on loopback for the probes: one for each way a service can behave, and a name server."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """A listening server and what has reached it."""

    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def serving(
    answer: Answer, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    """Serve `answer` on a free port; on the way out, cut every connection that is still open."""
    seen = Server()
    running: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                if answer not in (hang_up, greet):
                    seen.requests.append(await reader.readuntil(b"\r\n\r\n"))
                await answer(reader, writer)
        finally:
            running.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(accept, host, 0, ssl=tls)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        server.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()


def page(body: bytes, *, status: str = "200 OK", headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with this page, at once."""
    lines = {"Content-Length": str(len(body)), **(headers or {})}
    head = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + b"\r\n" + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return answer


def slow(seconds: float, then: Answer) -> Answer:
    """Think for a while first."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await then(reader, writer)

    return answer


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close as soon as somebody connects."""
    writer.close()


async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak first, as a service without TLS does."""
    writer.write(b"SSH-2.0-example\r\n")
    await writer.drain()
    await asyncio.sleep(60)


async def break_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Promise a thousand bytes, send ten, and go."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789")
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send one byte of the body every few milliseconds, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)


async def drip_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send one byte of an endless header every few milliseconds."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)


async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send an endless body as fast as it is taken."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"." * 65536)
        await writer.drain()


async def pour_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send endless headers as fast as they are taken."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Filler: " + b"." * 4096 + b"\r\n")
        await writer.drain()


async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the request and never answer."""
    await asyncio.sleep(60)


def gzip_bomb() -> Answer:
    """Answer 60 kB that would unpack to 60 MB, whatever the client said it accepts."""
    return page(gzip.compress(bytes(60_000_000), 1), headers={"Content-Encoding": "gzip"})


# -- certificates ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own, for one test run."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def trust(self) -> ssl.SSLContext:
        """A client context that trusts this authority and nobody else."""
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=_pem(self.certificate).decode())
        return context

    def server(self, folder: Path, name: str, *, days: float, since: float = -400) -> ssl.SSLContext:
        """A server context for `name`, valid from `since` to `days` days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(key, name, self.certificate.subject, self.key, days=days, since=since)
        return _server(folder, key, certificate)


def authority() -> Authority:
    """Make a new authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named("Firstline test authority")
    certificate = _certificate(key, "", subject, key, days=3000, since=-3000, subject=subject)
    return Authority(key, certificate)


def self_signed(folder: Path, name: str) -> ssl.SSLContext:
    """A server context whose certificate vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _server(folder, key, _certificate(key, name, _named(name), key, days=90, since=-1))


def _certificate(
    key: ec.EllipticCurvePrivateKey,
    name: str,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    days: float,
    since: float,
    subject: x509.Name | None = None,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject or _named(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=since))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=subject is not None, path_length=None), critical=True)
    )
    if name:
        builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name)]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _server(folder: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> ssl.SSLContext:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{certificate.serial_number}.pem"
    file.write_bytes(private + _pem(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


# -- names -----------------------------------------------------------------------------------------


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """A name server over real UDP. `zone` gives a name one list of addresses per question, the last for good.

    A name not in the zone does not exist; one in `silent` gets no answer, one in `failing` a server failure.
    """

    zone: Mapping[str, Sequence[Sequence[str]]]
    silent: frozenset[str] = frozenset()
    failing: frozenset[str] = frozenset()
    port: int = 0
    questions: list[tuple[str, str]] = field(default_factory=list)
    _transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        asked = self.questions.count((name, kind))
        self.questions.append((name, kind))
        if name in self.silent:
            return
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if name in self.failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.zone:
            response.set_rcode(dns.rcode.NXDOMAIN)
        else:
            lists = self.zone[name]
            version = 4 if kind == "A" else 6
            chosen = lists[min(asked, len(lists) - 1)]
            addresses = [text for text in chosen if ip_address(text).version == version]
            if addresses:
                response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *addresses))
        assert self._transport is not None
        self._transport.sendto(response.to_wire(), addr)


@asynccontextmanager
async def naming(server: NameServer) -> AsyncIterator[NameServer]:
    """Run `server` on a free UDP port of 127.0.0.1."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: server, local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()
        await asyncio.sleep(0)
