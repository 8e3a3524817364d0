"""The review page suggests a break, calmly, to whoever has judged for long and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.review.rest import BREAK
from tests.review.desks import NO, add_flags, say
from tests.web.conftest import Site
from tests.web.test_review import form_of

WORDS = "Istirahat sepuluh menit"
FRAGMENT = {"x-desk": "fragment"}


@pytest.fixture
def worked(site: Site) -> Site:
    """A desk at which Sari has judged every five minutes for an hour, since before the desk's own now."""
    now = site.desk.now()
    with site.store.lease("test") as lease:
        items = add_flags(lease, range(60, 72))
        lease.execute("UPDATE sessions SET began_at = $at", {"at": now - timedelta(hours=2)})
    for number, item in enumerate(items):
        say(site.store, "sari", NO, item, now=now - timedelta(minutes=56 - 5 * number))
    return site


def test_whoever_has_judged_for_long_finds_it_on_the_page_and_by_script(worked: Site):
    client = worked.client("sari")
    assert WORDS in client.get("/review").text
    piece = client.get("/review/rest", headers=FRAGMENT)
    assert (piece.status_code, WORDS in piece.text, "<html" in piece.text) == (200, True, False)


def test_nobody_else_is_told_of_it(worked: Site):
    assert WORDS not in worked.client("budi").get("/review").text
    assert worked.client("joko").get("/review/rest", headers=FRAGMENT).text.strip() == ""


def test_after_signing_in_anew_or_a_break_it_is_gone(worked: Site):
    now = worked.desk.now()
    worked.rows("UPDATE sessions SET began_at = $at RETURNING id", {"at": now - timedelta(minutes=20)})
    assert WORDS not in worked.client("sari").get("/review").text
    worked.rows("UPDATE sessions SET began_at = $at RETURNING id", {"at": now - timedelta(hours=2)})
    worked.rows("UPDATE judgements SET decided_at = decided_at - $gap RETURNING id", {"gap": BREAK})
    assert WORDS not in worked.client("sari").get("/review").text


def test_nobody_is_told_at_the_beginning(site: Site):
    assert WORDS not in site.client("sari").get("/review").text
    assert site.client("sari").get("/review/rest").headers["location"] == "/review"


def test_no_answer_to_a_decision_reckons_it(site: Site):
    client = site.client("sari")
    answer = client.post("/review/decide", data={**form_of(client), "verdict": "unsure", "note": ""}, headers=FRAGMENT)
    assert (answer.status_code, 'id="rest"' in answer.text) == (200, False)
