"""Timestamps (RFC 3161): an authority vouches that the heads of both chains were there at a time. Off by default."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import FetchFailed, SettingsError
from scanner.report.der import with_sorted_certificates
from scanner.store import stamps
from scanner.store.connection import Lease, Store
from scanner.store.stamps import Kept, Stamp

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

    from scanner.collect.client import Client

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked, and whose certificates count."""

    url: str
    ca_file: Path
    """PEM: the authority's root, and intermediates that its answers do not bring."""


@dataclass(frozen=True, slots=True)
class Told:
    """A timestamp that was asked for and kept."""

    name: str
    at: datetime
    """As the authority says, UTC."""


def ask(store: Store, client: Client, authority: Authority, *, by: str) -> Told:
    """Ask for a timestamp of the heads as they are now, check it and keep it beside them.

    Only a hash leaves the house. FetchFailed when the answer is not a valid token for what was asked.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    from scanner.collect.addresses import without_secrets

    roots = read_roots(authority.ca_file)
    with store.lease("timestamp: read the heads") as lease:
        name, statement = stamps.state_heads(lease)
    request = TimestampRequestBuilder().data(statement).hash_algorithm(HashAlgorithm.SHA256).build()
    token = client.post(authority.url, request.as_bytes(), media_type=_QUERY, accept=_REPLY)
    try:
        at = check_token(token, statement, roots, nonce=request.nonce)
    except ValueError as error:
        raise FetchFailed(f"{without_secrets(authority.url)}: not a timestamp we can use: {error}") from error
    stamp = Stamp(name=name, statement=statement, token=token)
    with store.lease("timestamp: keep it") as lease:
        stamps.keep(lease, stamp, by=by, authority=without_secrets(authority.url), told_at=at)
    return Told(name=name, at=at)


def read_roots(ca_file: Path) -> list[Certificate]:
    """Read the certificates that count; SettingsError when there are none."""
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(ca_file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(f"{ca_file}: no certificates can be read (PEM is wanted): {error}") from error


def check_token(token: bytes, statement: bytes, roots: list[Certificate], *, nonce: int | None = None) -> datetime:
    """Return the time a token tells; ValueError when it is not over this statement or not signed under these roots."""
    from rfc3161_client import VerificationError
    from rfc3161_client.verify import VerifierBuilder

    reply = _decoded(token)
    try:
        VerifierBuilder(roots=roots, nonce=nonce).build().verify_message(reply, statement)
    except VerificationError as error:
        raise ValueError(str(error)) from error
    return reply.tst_info.gen_time.astimezone(UTC)


def time_told(token: bytes, statement: bytes) -> datetime:
    """Return the time a token tells, without knowing who signed it; ValueError when it is not over this statement."""
    told = _decoded(token).tst_info
    if told.message_imprint.message != hashlib.sha256(statement).digest():
        raise ValueError("the token is over something else")
    return told.gen_time.astimezone(UTC)


def _decoded(token: bytes) -> TimeStampResponse:
    from rfc3161_client import PKIStatus, decode_timestamp_response

    reply = decode_timestamp_response(with_sorted_certificates(token))
    if reply.status != PKIStatus.GRANTED:
        said = "; ".join(reply.status_string) or "without a reason"
        raise ValueError(f"refused with status {reply.status}: {said}")
    return reply


def check_kept(store: Store, ca_file: Path | None) -> tuple[int, list[str]]:
    """Check all timestamps offline; return how many there are and what does not agree."""
    with store.lease("verify: timestamps") as lease:
        found = list(stamps.kept(lease))
        problems = [problem for one in found for problem in _check(lease, one, ca_file)]
    return len(found), problems


def _check(lease: Lease, one: Kept, ca_file: Path | None) -> Iterator[str]:
    try:
        stamp = stamps.read(stamps.folder_of(lease.folder), one.name)
    except (OSError, ValueError) as error:
        yield f"timestamp {one.name}: cannot be read: {error}"
        return
    if not _unaltered(stamp, one):
        yield f"timestamp {one.name}: its files are not those that were kept"
        return
    for chain, head in stamp.heads.items():
        if not stamps.holds(lease, chain, head):
            yield f"timestamp {one.name}: the {chain} no longer holds {head.seq}, which the authority vouched for"
    if ca_file is None:
        yield f"timestamp {one.name}: cannot be checked while scanner.toml [timestamps] names no ca_file"
        return
    try:
        check_token(stamp.token, stamp.statement, read_roots(ca_file))
    except (ValueError, SettingsError) as error:
        yield f"timestamp {one.name}: {error}"


def _unaltered(stamp: Stamp, one: Kept) -> bool:
    found = (hashlib.sha256(stamp.statement).hexdigest(), hashlib.sha256(stamp.token).hexdigest())
    return found == (one.statement_sha256, one.token_sha256)
