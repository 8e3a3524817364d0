"""Who a Bluesky handle is, where that account's records lie, and whether they may be read (AT Protocol)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlencode

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.exchange import Answer
from scanner.collect.interface import Collector
from scanner.domain.accounts import Account
from scanner.domain.captures import Evidence
from scanner.errors import Blocked, FetchFailed, FormatDrift, Gone, Private

PROFILE = "app.bsky.actor.profile"
HIDDEN = "!no-unauthenticated"
"""Label by which people ask not to be shown to visitors who are not logged in."""
_DIRECTORY = "https://plc.directory"
_HANDLE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.I)
_DID = re.compile(r"did:plc:[a-z2-7]{24}|did:web:[a-z0-9.-]+(?:%3A\d+)?", re.ASCII)
_BY_OWNER, _BY_SERVER, _DELETED = "deactivated by its owner", "taken down by moderators", "deleted"
_NOT_THERE = {
    "HandleNotFound": "no such handle, or its account is deactivated or taken down",
    "RepoNotFound": "not on the server that its document names",
    "AccountNotFound": "no such account",
    "RepoDeactivated": _BY_OWNER,
    "AccountDeactivated": _BY_OWNER,
    "RepoTakendown": _BY_SERVER,
    "AccountTakedown": _BY_SERVER,
    "RepoSuspended": "suspended by moderators",
    "NotFound": "not there",
}
_STATUS = {
    "deactivated": _BY_OWNER,
    "takendown": _BY_SERVER,
    "suspended": "suspended by moderators",
    "deleted": _DELETED,
}
_UNNAMED = re.compile(r"Could not find repo|Profile not found|Unable to resolve handle|Actor not found")
"""How older servers say it under the general name InvalidRequest."""


class NoRecord(Gone):
    """The server has no record of this name (any more)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An account as the network knows it now."""

    did: str
    """Its immutable id."""
    server: str
    """Scheme and host where its records lie (PDS)."""
    rev: str | None
    """Changes with every record that is written or deleted."""
    evidence: tuple[Evidence, ...]
    note: str = ""


class _Error(msgspec.Struct):
    error: str = ""
    message: str = ""


class _Resolved(msgspec.Struct):
    did: str


class _Service(msgspec.Struct, rename="camel"):
    id: str = ""
    service_endpoint: str | dict[str, str] | list[str | dict[str, str]] = ""


class Document(msgspec.Struct, rename="camel"):
    """What the network says of an immutable id: its handles, and where its records lie."""

    id: str
    also_known_as: list[str] = []
    service: list[_Service] = []


class _Status(msgspec.Struct):
    active: bool
    status: str | None = None
    rev: str | None = None


class Label(msgspec.Struct):
    """What is said of an account or post in one word."""

    val: str = ""


class _Labels(msgspec.Struct):
    values: list[Label] = []


class _ProfileValue(msgspec.Struct):
    labels: _Labels | None = None


class _Profile(msgspec.Struct):
    value: _ProfileValue


def xrpc(server: str, method: str, **query: str | int | list[str]) -> str:
    """Return the address of a query."""
    return f"{server}/xrpc/{method}?{urlencode(query, doseq=True)}"


def check(answer: Answer) -> None:
    """Read the protocol's error envelope: raises NoRecord and Gone; what else it says is told by the status."""
    if answer.status < 400:
        return
    try:
        said = msgspec.json.decode(answer.body, type=_Error)
    except ValueError:
        return
    if said.error == "RecordNotFound":
        raise NoRecord("the server has no such record (any more)")
    if said.error in _NOT_THERE:
        raise Gone(f"bluesky: {_NOT_THERE[said.error]}")
    if said.error == "InvalidRequest" and _UNNAMED.match(said.message):
        raise Gone("bluesky: no such account, or it is deactivated or taken down")


def identify(collector: Collector, account: Account) -> Identity:
    """Follow a handle to its account and server. Raises Gone, saying why, and Blocked for somebody else's account."""
    did, note, asked = _did_of(collector, account)
    document, read = read_document(collector, did)
    note = _require_mutual(account, did, document, note)
    server = server_of(collector, document)
    answer = collector.fetch(xrpc(server, "com.atproto.sync.getRepoStatus", did=did), check=check)
    status, _ = read_json(answer, _Status)
    _require_active(account, status)
    return Identity(did=did, server=server, rev=status.rev, evidence=(*asked, read, answer.evidence), note=note)


def locate(collector: Collector, did: str) -> Identity:
    """Return where the records of a known id lie."""
    document, read = read_document(collector, did)
    return Identity(did=did, server=server_of(collector, document), rev=None, evidence=(read,))


def require_shown(collector: Collector, account: Account, who: Identity) -> Iterator[Evidence]:
    """Raise Private when the account asks to be hidden from visitors without login; yield the profile's evidence."""
    url = xrpc(who.server, "com.atproto.repo.getRecord", repo=who.did, collection=PROFILE, rkey="self")
    try:
        answer = collector.fetch(url, check=check)
    except NoRecord:  # an account that never wrote a profile
        return
    profile, _ = read_json(answer, _Profile)
    if profile.value.labels is not None and any(label.val == HIDDEN for label in profile.value.labels.values):
        raise Private(f"{account.handle}: asks to be hidden from logged-out viewers ({HIDDEN})")
    yield answer.evidence


def resolve_handle(collector: Collector, base: str, handle: str) -> tuple[str, Evidence]:
    """Return the immutable id a handle points to now."""
    if _HANDLE.fullmatch(handle) is None:
        raise Blocked(f"bluesky: {handle!r} is not a handle; valid: name.bsky.social, an own domain, did:plc:...")
    answer = collector.fetch(xrpc(base, "com.atproto.identity.resolveHandle", handle=handle), check=check)
    return read_json(answer, _Resolved)[0].did, answer.evidence


def read_document(collector: Collector, did: str) -> tuple[Document, Evidence]:
    """Read the document of an id from the directory, or from the host that the id itself names (did:web)."""
    if _DID.fullmatch(did) is None:
        raise Blocked(f"bluesky: {did!a} is no id we know; valid: did:plc:..., did:web:host")
    answer = collector.fetch(address_of_document(collector, did), check=check)
    document, _ = read_json(answer, Document)
    if document.id != did:
        raise FormatDrift(f"{answer.evidence.capture.url}: answered with the document of another id")
    return document, answer.evidence


def server_of(collector: Collector, document: Document) -> str:
    """Return scheme and host of the server that holds the records. Raises Gone when the document names none."""
    found = (service.service_endpoint for service in document.service if service.id.endswith("#atproto_pds"))
    server = next((place.rstrip("/") for place in found if isinstance(place, str)), "")
    if not server:
        raise Gone(f"{document.id}: its document names no server: the account was given up")
    if not (server.startswith("https://") or _directory(collector).startswith("http://")):
        raise Blocked(f"{document.id}: its document names a server that is not asked by https")
    return server


def _directory(collector: Collector) -> str:
    options = collector.options
    return (options.directory or options.base_url or _DIRECTORY).rstrip("/")


def address_of_document(collector: Collector, did: str) -> str:
    """Return where the document of an id is read."""
    if did.startswith("did:plc:"):
        return f"{_directory(collector)}/{did}"
    host = unquote(did.removeprefix("did:web:"))
    # As the protocol's own library does; the client's address guard refuses localhost unless a test allows it.
    scheme = "http" if host.partition(":")[0] == "localhost" else "https"
    return f"{scheme}://{host}/.well-known/did.json"


def _did_of(collector: Collector, account: Account) -> tuple[str, str, tuple[Evidence, ...]]:
    """Return the id a handle leads to; when it leads nowhere any more, the one on the roster, and a note."""
    if _DID.fullmatch(account.handle):
        return account.handle, "", ()
    try:
        did, evidence = resolve_handle(collector, collector.base(account), account.handle)
    except Gone as error:
        if account.native_id is None:
            raise Gone(f"{account.handle}: {error}") from error
        return account.native_id, _RENAMED, ()
    return did, "", (evidence,)


_RENAMED = "the handle no longer leads to the account, which was read by its immutable id"


def _require_mutual(account: Account, did: str, document: Document, note: str) -> str:
    """A handle counts only when the account claims it too: a domain's owner may point it at anybody."""
    known = {name.casefold() for name in document.also_known_as}
    if note or account.handle == did or f"at://{account.handle.casefold()}" in known:
        return note
    if account.native_id == did:
        return _RENAMED
    raise Blocked(f"{account.handle}: points to {did}, which does not call itself so: renamed, or not this person's")


def _require_active(account: Account, status: _Status) -> None:
    if status.active:
        return
    if status.status in _STATUS or status.status is None:
        raise Gone(f"{account.handle}: {_STATUS.get(status.status or '', 'not active')}")
    raise FetchFailed(f"{account.handle}: its server does not serve it now ({status.status!a})")
