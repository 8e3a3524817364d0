"""What is asked and what comes back: one request, its answer as content with evidence, or as an error of the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scanner.collect.addresses import Target, without_secrets
from scanner.collect.body import Limits
from scanner.collect.exchange import Answer
from scanner.domain.captures import Capture, Evidence, sha256
from scanner.errors import Blocked, FetchFailed, Gone, Private

_SECRET_HEADERS = ("authorization", "x-goog-api-key", "cookie")
_KEPT_HEADERS = ("content-type", "content-language", "date", "etag", "last-modified", "link", "x-robots-tag")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as a collector wants it, whatever address it is led to."""

    collector: str
    headers: tuple[tuple[str, str], ...]
    terms_approval: str | None = None
    check: Callable[[Answer], None] | None = None
    body: bytes | None = field(default=None, repr=False)
    with_key: bool = False
    interval: float | None = None
    in_flight: int = 1
    limits: Limits | None = None
    body_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer of status 2xx or 304, with its evidence."""

    status: int
    headers: dict[str, str]
    """Lower case names."""
    body: bytes
    """Decoded."""
    url: str
    """Where it came from in the end; may hold secrets of the request, `evidence.capture.url` does not."""
    evidence: Evidence

    @property
    def media_type(self) -> str:
        """Content type without parameters, lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """Character set the header declares, if any."""
        parameters = self.headers.get("content-type", "").partition(";")[2]
        named = (part.partition("=") for part in parameters.split(";"))
        return next((value.strip(" \"'") for key, _, value in named if key.strip().lower() == "charset"), None)

    def text(self) -> tuple[str, bool]:
        """Return the body as text, and whether bytes had to be replaced for that."""
        try:
            return self.body.decode(self.charset or "utf-8-sig"), False
        except (LookupError, ValueError):
            text = self.body.decode("utf-8-sig", "replace")
            return text, "\ufffd" in text


def response_of(
    target: Target, answer: Answer, ask: Ask, sent: Sequence[tuple[str, str]], captured_at: datetime
) -> Response:
    """Return an answer as content with its evidence. `sent` are the headers of the request.

    Raises Gone, Private, Blocked and FetchFailed for what is not content.
    """
    require_content(target, answer)
    capture = Capture(
        sha256=sha256(answer.body),
        size=len(answer.body),
        url=without_secrets(target.url),
        method="GET" if ask.body is None else "POST",
        status=answer.status,
        media_type=answer.headers.get("content-type", "").partition(";")[0].strip().lower(),
        captured_at=captured_at,
        collector=ask.collector,
        headers=tuple((name, answer.headers[name]) for name in _KEPT_HEADERS if name in answer.headers),
        terms_approval=ask.terms_approval,
        access="app key" if ask.with_key else "without login",
        request=tuple(_told(sent, ask.body)),
    )
    return Response(answer.status, dict(answer.headers), answer.body, target.url, Evidence(capture, answer.body))


def _told(headers: Sequence[tuple[str, str]], body: bytes | None) -> Iterator[tuple[str, str]]:
    """Yield what a request said, without its secrets."""
    yield from ((name, value) for name, value in headers if name.lower() not in _SECRET_HEADERS)
    if body is not None:
        yield "body", body.decode()


def require_content(target: Target, answer: Answer) -> None:
    """Translate what is not content into the tree of errors."""
    shown = f"{without_secrets(target.url)}: HTTP {answer.status}"
    match answer.status:
        case 304:
            return
        case 404 | 410:
            raise Gone(f"{shown}: not there (any more)")
        case 401 | 402:
            raise Private(f"{shown}: not public")
        case 403 | 451:
            raise Blocked(f"{shown}: the platform refuses")
        case status if not 200 <= status < 300:
            raise FetchFailed(f"{shown}: not an answer we can use")
    if not answer.body:
        raise FetchFailed(f"{shown}: empty answer")
