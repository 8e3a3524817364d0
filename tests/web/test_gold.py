"""The adjudicator who has seen all views marks a settled item as gold, with a reason; nobody else finds it offered."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.responses import Response

from scanner.domain.reviews import Stage, Verdict
from scanner.review.adjudicate import rule
from scanner.store import assignments
from scanner.store.assignments import Hold
from tests.review.desks import NO, YES, say
from tests.web.conftest import Site


def some_flag(site: Site) -> str:
    return str(site.rows("SELECT id FROM flags ORDER BY id LIMIT 1")[0][0])


def disputed(site: Site, item: str) -> None:
    """Have two disagree on an item and Joko, to whom it was given then, say what he thinks."""
    now = site.desk.now()
    for name, said in (("sari", NO), ("budi", YES)):
        say(site.store, name, said, item, now=now)
    with site.store.lease("test") as lease:
        assignments.hold(lease, "joko", [Hold(item, Stage.ADJUDICATION, now, shown=True)])
    say(site.store, "joko", NO, item, now=now)


def ruled(site: Site, verdict: Verdict = NO) -> str:
    """Return an item on which two disagreed and Joko has ruled."""
    item, now = some_flag(site), site.desk.now()
    disputed(site, item)
    codes = ("AJAKAN-PILIH",) if verdict is YES else ()
    rule(site.store, key="r", flag_id=item, adjudicator="joko", verdict=verdict, codes=codes, reason="jelas", now=now)
    return item


def section(site: Site, item: str, name: str = "joko") -> Tag | None:
    answer = site.client(name).get(f"/review/decided?item={quote(item, safe='')}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser").select_one("#gold")


def mark(site: Site, item: str, **changes: str) -> Response:
    form = {"item": item, "reason": "dua orang dan ketua sepakat", **changes}
    return site.client("joko").post("/review/gold", data=form)  # type: ignore[return-value]


def golden(site: Site) -> list[tuple[str, str, str]]:
    return site.rows("SELECT item_id, verdict, set_by FROM gold")  # type: ignore[return-value]


def test_what_was_ruled_is_offered_marked_with_its_reason_and_shown_as_marked(site: Site):
    item = ruled(site)
    box = section(site, item)
    assert box is not None
    assert "Selesai sebagai: Bukan pelanggaran." in box.get_text()
    assert mark(site, item).status_code == 303
    assert golden(site) == [(item, "not_violation", "joko")]
    [(actor, subject, detail)] = site.rows("SELECT actor, subject, detail FROM audit WHERE action = 'gold.set'")
    assert (actor, subject) == ("joko", item)
    assert json.loads(detail)["reason"] == "dua orang dan ketua sepakat"
    assert "Butir uji sejak" in section(site, item).get_text()


def test_marked_twice_it_is_marked_once_and_it_can_be_retired(site: Site):
    item = ruled(site)
    for _ in range(2):
        assert mark(site, item).status_code == 303
    assert len(golden(site)) == 1
    for _ in range(2):
        assert site.client("joko").post("/review/gold/retire", data={"item": item}).status_code == 303
    assert golden(site) == []
    assert section(site, item).select_one("textarea") is not None


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_without_a_reason_nothing_is_marked(site: Site, reason: str):
    assert mark(site, ruled(site), reason=reason).status_code == 400
    assert golden(site) == []


def test_reviewers_are_not_offered_it_and_learn_nothing_of_it(site: Site):
    item = ruled(site)
    mark(site, item)
    for name in ("sari", "budi"):
        site.client(name).post("/review/views", data={"item": item})
        assert section(site, item, name) is None
        page = site.client(name).get(f"/review/decided?item={quote(item, safe='')}").text
        assert "Butir uji" not in page
        assert site.client(name).post("/review/gold", data={"item": item, "reason": "x"}).status_code == 403


def test_an_item_that_is_open_is_not_offered_and_not_marked(site: Site):
    item = some_flag(site)
    say(site.store, "sari", NO, item, now=site.desk.now())
    assert site.client("joko").post("/settled/open", data={"item": item}).status_code == 404
    assert site.client("joko").get(f"/review/decided?item={quote(item, safe='')}").status_code == 404
    assert mark(site, item).status_code == 422
    assert golden(site) == []


def test_that_it_is_settled_is_told_only_after_the_others_views(site: Site):
    item = some_flag(site)
    for name in ("sari", "budi"):
        say(site.store, name, YES, item, now=site.desk.now())
    assert site.client("joko").get(f"/review/decided?item={quote(item, safe='')}").status_code == 404
    assert site.client("joko").post("/settled/open", data={"item": item}).status_code == 303
    assert "Selesai sebagai: Dugaan." in section(site, item).get_text()


def test_what_is_not_there_is_not_marked(site: Site):
    assert mark(site, "tidak-ada").status_code == 404


def test_after_a_ruling_its_item_is_shown(site: Site):
    item = some_flag(site)
    disputed(site, item)
    form = {"item": item, "key": "r", "verdict": "not_violation", "reason": "mengutip"}
    answer = site.client("joko").post("/review/rule", data=form)
    assert answer.headers["location"] == f"/review/decided?item={quote(item, safe='')}"
    assert section(site, item) is not None
