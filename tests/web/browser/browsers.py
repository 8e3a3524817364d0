"""Real browsers before the desk: cut off from everything else, with all that passes between them kept for the test."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, Response

from tests.web.browser.desks import Served

TELL_VIOLATIONS = """
    document.addEventListener("securitypolicyviolation", (event) =>
        console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
SAVED = "() => document.querySelector('#status').textContent !== document.querySelector('[data-desk]').dataset.saving"
PATIENCE = 60_000
"""Milliseconds to wait for what must come, on a machine with much else to do."""


@dataclass
class Tab:
    """One page of one person's browser, and what it has asked for and was told."""

    page: Page
    served: Served
    requests: list[Request] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """Errors of scripts, reports of the content security policy, and dialogs."""

    def open(self, path: str = "/review") -> None:
        """Go to a page of the desk."""
        self.page.goto(self.served.address + path)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def decide(self, *keys: str) -> Response:
        """Press keys that make a decision; returns the desk's answer to it."""
        with self.page.expect_response("**/review/decide", timeout=PATIENCE) as answer:
            self.press(*keys)
        self.settle()
        return answer.value

    def settle(self) -> None:
        """Wait until the live region tells that nothing is on its way any more."""
        self.page.wait_for_function(SAVED, timeout=PATIENCE)

    @property
    def item(self) -> str:
        """The post that is shown now; empty when none is."""
        shown = self.page.locator("article[data-item]:not([hidden])")
        return shown.get_attribute("data-item") or "" if shown.count() else ""

    @property
    def status(self) -> str:
        """What the desk's live region says."""
        return self.page.locator("#status").inner_text()

    def wait_for_status(self, words: str) -> None:
        """Wait until the live region says this."""
        self.page.locator("#status", has_text=words).wait_for(timeout=PATIENCE)

    def wait_for_complaint(self) -> None:
        """Wait until the browser says something besides the page: a dialog, a report, an error."""
        while not self.complaints:
            self.page.wait_for_timeout(50)

    def posts(self) -> list[Request]:
        """Return what was sent to be changed."""
        return [one for one in self.requests if one.method == "POST"]


def launch(playwright: Playwright, executable: str) -> Browser:
    """Start a browser that finds no host but this machine's desk, however it is asked to."""
    cut_off = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    return playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", cut_off])


@contextlib.contextmanager
def opened(browser: Browser, served: Served, name: str = "", **options: Any) -> Iterator[Tab]:
    """Open a browser of somebody who has signed in, or of a stranger; what went wrong unseen fails the test."""
    if name and name not in served.signed_in:
        served.signed_in[name] = sign_in(browser, served, name)
    context = browser.new_context(storage_state=served.signed_in.get(name), locale="id-ID", **options)
    try:
        tab = watch(context, served)
        yield tab
        assert tab.complaints == []
        assert [one.url for one in tab.requests if not one.url.startswith(served.address)] == []
    finally:
        context.close()


def watch(context: BrowserContext, served: Served) -> Tab:
    """Open a page and keep what passes."""
    context.add_init_script(TELL_VIOLATIONS)
    tab = Tab(page=context.new_page(), served=served)
    tab.page.on("request", lambda request: tab.requests.append(request))
    tab.page.on("response", lambda response: tab.responses.append(response))
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.page.on("console", lambda message: _keep_reports(message, tab.complaints))
    tab.page.on("dialog", lambda dialog: (tab.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    return tab


def sign_in(browser: Browser, served: Served, name: str) -> Any:
    """Sign in as a person does, by the form; returns what the browser keeps of it."""
    context = browser.new_context(locale="id-ID")
    page = context.new_page()
    page.goto(served.address + "/sign-in")
    fill_in(page.fill, served, name)
    page.click("button.main")
    page.wait_for_selector("header.top")
    state = context.storage_state()
    context.close()
    return state


def fill_in(fill: Callable[[str, str], None], served: Served, name: str, *, later: timedelta = timedelta(0)) -> None:
    """Write a person's name, password and the code that their authenticator shows now; `later`: the one after it."""
    person = served.office.people[name]
    fill("[name=name]", name)
    fill("[name=password]", person.password)
    fill("[name=code]", person.code(datetime.now(UTC) + later))


def _keep_reports(message: ConsoleMessage, complaints: list[str]) -> None:
    if "Content Security Policy" in message.text or "Trusted" in message.text:
        complaints.append(message.text)
