"""A TLS handshake, and what the certificate says, also when it cannot be trusted."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509

from bot.probes.connect import Round, connect
from bot.probes.guard import Address
from bot.probes.probe import Finding, ProbeState, error
from bot.probes.target import Target

# From OpenSSL's x509_vfy.h; Python's ssl module does not name them.
_SELF_SIGNED = 18
_NAME_MISMATCHES = (62, 64)


async def check_tls(target: Target, addresses: Sequence[Address], warn_days: int, around: Round) -> Finding:
    """Find out whether the certificate is trusted and fits the name, and how many whole days it has left."""
    try:
        certificate = await _handshake(target, addresses, around, around.trust)
    except ssl.SSLCertVerificationError as refusal:
        return await distrust(refusal, target, addresses, around)
    days = (certificate.not_valid_after_utc - datetime.now(UTC)).days
    if days < warn_days:
        return Finding(ProbeState.WARN, "tls.expires_soon", {"days": days})
    return Finding(ProbeState.OK, "tls.valid", {"days": days})


async def distrust(
    refusal: ssl.SSLCertVerificationError, target: Target, addresses: Sequence[Address], around: Round
) -> Finding:
    """Say why a certificate was refused, by looking at it over a second connection that sends nothing."""
    certificate = await _handshake(target, addresses, around, _trusting_anyone())
    now = datetime.now(UTC)
    if certificate.not_valid_after_utc < now:
        days = (now - certificate.not_valid_after_utc).days
        return Finding(ProbeState.FAIL, "tls.expired", {"days": days})
    if certificate.not_valid_before_utc > now:
        days = (certificate.not_valid_before_utc - now).days + 1
        return Finding(ProbeState.FAIL, "tls.not_yet_valid", {"days": days})
    return Finding(ProbeState.FAIL, _reason(refusal.verify_code), {"host": target.host})


def _reason(verify_code: int) -> str:
    if verify_code == _SELF_SIGNED:
        return "tls.self_signed"
    return "tls.wrong_name" if verify_code in _NAME_MISMATCHES else "tls.untrusted"


def _trusting_anyone() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _handshake(
    target: Target, addresses: Sequence[Address], around: Round, trust: ssl.SSLContext
) -> x509.Certificate:
    """Shake hands, take the server's certificate and hang up. The name stays the catalogue's (SNI)."""
    connection = await connect(target, addresses, around)
    try:
        _, writer = await asyncio.open_connection(sock=connection, ssl=trust, server_hostname=target.host)
    except ssl.SSLCertVerificationError:
        raise
    except OSError as cause:
        raise error(ProbeState.FAIL, "tls.no_handshake", host=target.host, port=target.port) from cause
    try:
        encoded = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(encoded)
    except ValueError as cause:
        raise error(ProbeState.FAIL, "tls.untrusted", host=target.host) from cause
    finally:
        writer.transport.abort()
