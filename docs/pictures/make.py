"""Pictures of the pages of the desk, in the demo's fictional province: light and dark, wide and narrow.

    python docs/pictures/make.py [WORKSPACE [PAGE ...]]

WORKSPACE is one that `scanner demo` made (demo-workspace); a copy of it is judged by two reviewers and an adjudicator,
and served. With PAGEs, only theirs are made.
"""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from scanner.demo.people import let_in
from scanner.domain.reviews import Verdict
from scanner.review.adjudicate import rule, views
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.queue import reviewer_named, take_next
from scanner.review.settled import list_settled, open_settled
from scanner.review.signin import sign_in
from scanner.store import accounts, runs, users
from scanner.workspace import Workspace, open_workspace

HERE = Path(__file__).parent
SIZES = {"wide": (1280, 860), "narrow": (390, 844)}
SATU, DUA, KETUA, AUDITOR = "penelaah.satu", "penelaah.dua", "ketua", "auditor"
JUDGED = 24
CALLS = re.compile(r"coblo[sh]|posko|deklarasi|jingle|twibbon|kampanye akbar")
"""Words by which these two tell a call, whom nobody should take as an example."""


def judge(workspace: Workspace) -> str:
    """Let both reviewers judge, not always alike; return an item that both have judged."""
    chance, seen, item = random.Random(3), dict[str, set[str]](), ""  # noqa: S311
    for name in (SATU, DUA):
        user = reviewer_named(workspace.store, name)
        now = datetime.now(UTC) - timedelta(minutes=25)
        for number in range(JUDGED):
            seconds = chance.randint(6, 40)
            now += timedelta(seconds=seconds)
            if (found := take_next(workspace.store, user, now=now)) is None:
                break
            suspected = bool(CALLS.search(found.post.text.lower())) or (number % 7 == 0 and name == DUA)
            verdict = Verdict.SUSPECTED if suspected else Verdict.NOT_VIOLATION
            codes = ("MEDSOS-DUKUNG",) if suspected else ()
            said = judgement_of(new_key(), found.id, name, verdict, codes=codes, seconds=seconds, now=now)
            decide(workspace.store, said)
            seen.setdefault(found.id, set()).add(name)
            item = found.id if len(seen[found.id]) == 2 and suspected else item
    return item


def settle(workspace: Workspace) -> tuple[str, str]:
    """Let the adjudicator rule on disputes, but for the last; return that one, and a suspicion that was laid open."""
    store, now, item = workspace.store, datetime.now(UTC) - timedelta(minutes=5), ""
    with store.lease("pictures", reading=True) as lease:
        user = users.require_user(lease, KETUA)
    while (found := take_next(store, user, now=now, after=item or None)) is not None and found.id != item:
        if item:
            why = "Mengutip berita, tanpa ajakan."
            rule(
                store,
                key=new_key(),
                flag_id=item,
                adjudicator=KETUA,
                verdict=Verdict.NOT_VIOLATION,
                reason=why,
                now=now,
            )
        item, now = found.id, now + timedelta(seconds=30)
        said = judgement_of(key=new_key(), flag_id=item, reviewer=KETUA, verdict=Verdict.NOT_VIOLATION, now=now)
        decide(store, said)
        views(store, user, item, now=now)
    settled = list_settled(store, user, size=9, now=now)[0].item.id
    open_settled(store, user, settled, now=now)
    return item, settled


def pages_of(workspace: Workspace, item: str, disputed: str, settled: str) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each page, who looks at it, and its address."""
    with workspace.store.lease("pictures", reading=True) as lease:
        account, run = accounts.load_accounts(lease)[0].id, runs.last_runs(lease, limit=1)[0].id
    yield "sign-in", "", "/sign-in"
    yield "review", SATU, "/review"
    yield "decided", SATU, f"/review/decided?item={item}"
    yield "ruling", KETUA, f"/review/decided?item={disputed}"
    yield "settled", KETUA, "/settled"
    yield "referral", KETUA, f"/review/decided?item={settled}"
    yield "rulings", KETUA, "/me"
    yield "last", SATU, "/review/last"
    yield "guideline", SATU, "/guideline"
    yield "me", SATU, "/me"
    for name, address in (("accounts", "/accounts"), ("account", f"/accounts/{account}")):
        yield name, AUDITOR, address
    for name, address in (("runs", "/runs"), ("run", f"/runs/{run}"), ("search", "/search?words=warga")):
        yield name, AUDITOR, address
    for name in ("audit", "summary", "agreement"):
        yield name, AUDITOR, f"/{name}"


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Run the desk; give its address."""
    command = [str(Path(sys.executable).with_name("scanner")), "serve", "-w", str(root), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as desk:  # noqa: S603
        found = re.search(r"http://\S+", desk.stderr.readline() if desk.stderr else "")
        assert found is not None
        yield found[0]
        desk.terminate()


def shoot(browser: Browser, address: str, token: str, path: str, name: str) -> None:
    """Keep pictures of one page in both themes and both widths."""
    for theme in ("light", "dark"):
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme, locale="id-ID"
            )
            if token:
                context.add_cookies([{"name": "session", "value": token, "url": address}])
            page = context.new_page()
            answer = page.goto(address + path, wait_until="networkidle")
            if answer is None or not answer.ok:
                sys.exit(f"{name}: {path} was not served")
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.save(HERE / f"{name}-{theme}-{size}.webp", quality=80, method=6)
            context.close()


def main() -> None:
    """Make the pictures anew."""
    made = Path(sys.argv[1] if len(sys.argv) > 1 else "demo-workspace")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "nusa-rimba"
        shutil.copytree(made, root)
        workspace, now = open_workspace(root), datetime.now(UTC)
        people = {one.name: one for one in let_in(workspace.store, now=now)}
        tokens = {"": ""} | {
            name: sign_in(
                workspace.store,
                name=name,
                password=one.password,
                code=one.code,
                address="127.0.0.1",
                device=None,
                now=now,
            ).token
            for name, one in people.items()
        }
        pages = list(pages_of(workspace, judge(workspace), *settle(workspace)))
        with served(root) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            for name, who, path in (one for one in pages if one[0] in (sys.argv[2:] or [one[0]])):
                shoot(browser, address, tokens[who], path, name)
            browser.close()


if __name__ == "__main__":
    main()
