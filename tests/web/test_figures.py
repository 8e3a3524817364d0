"""Summary and agreement at the desk: the figures of the reports, small groups hidden, names only where they may be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from scanner.classify.evaluate import Interval
from scanner.domain.flags import Phase
from scanner.domain.reviews import Judgement, Verdict
from scanner.domain.users import Language, Role
from scanner.store import flags, judgements
from scanner.store.figures import Week
from scanner.web import wording
from scanner.web.pages.summary import _strip
from tests.store.samples import make_flag
from tests.web.conftest import Site

FLAGS = 12


@pytest.fixture
def judged(site: Site) -> Site:
    """Twelve flags that two people read; on the last two they disagree."""
    at = site.desk.now() - timedelta(days=2)
    with site.store.lease("test") as lease:
        [(account,)] = lease.rows("SELECT DISTINCT account_id FROM posts")
        for number in range(FLAGS):
            flag = make_flag(300 + number, account_id=account, known_at=at, phase=Phase.KAMPANYE)
            flags.save_flags(lease, [flag])
            for one in judgement(number, flag.id, site):
                judgements.append_judgement(lease, one)
    return site


def judgement(number: int, flag_id: str, site: Site) -> Iterator[Judgement]:
    at = site.desk.now() - timedelta(hours=1)
    first = Verdict.SUSPECTED if number % 2 else Verdict.NOT_VIOLATION
    second = Verdict.UNSURE if number >= FLAGS - 2 else first
    for reviewer, verdict in (("sari", first), ("budi", second)):
        codes = ("AJAKAN-PILIH",) if verdict is Verdict.SUSPECTED else ()
        yield Judgement(f"{flag_id}/{reviewer}", flag_id, reviewer, verdict, at, codes)


def read(site: Site, address: str, role: Role) -> BeautifulSoup:
    answer = site.client(role).get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def test_the_summary_tells_counts_and_hides_what_is_below_ten(judged: Site):
    words = read(judged, "/summary", Role.RESEARCHER)
    figures = {one.dt.get_text(): one.dd.get_text() for one in words.select(".figures > div")}
    assert figures["Ditandai mesin"] == "15"
    assert figures["Putusan ketua mengubah telaah pertama"] == "< 10"
    units = [row.get_text(" ", strip=True) for row in words.select("section")[-1].select("tbody tr")]
    assert units == ["tidak ditampilkan < 10 < 10 < 10"]


def test_the_summary_names_no_account_no_person_and_no_reviewer(judged: Site):
    words = read(judged, "/summary", Role.RESEARCHER).get_text(" ").lower()
    for name in ("sari_guru", "peg-0001", "budi", "wirya", "hasan"):
        assert name not in words


def test_the_charts_say_in_words_what_they_draw(judged: Site):
    charts = read(judged, "/summary", Role.ANALYST).select(".bars svg")
    assert [chart["aria-label"].partition(":")[0] for chart in charts] == [
        "Terkumpul", "Diberi skor", "Ditandai", "Dinilai",
    ]  # fmt: skip
    assert charts[2].select("title")[-1].get_text().startswith("minggu ")


def test_bars_stay_inside_their_strip_and_grow_with_the_value():
    weeks = [
        Week(date(2026, 1, 5) + timedelta(days=7 * n), gathered=n, scored=0, flagged=0, judged=0) for n in range(60)
    ]
    strip = _strip(weeks, "gathered")
    assert (strip.total, strip.most) == (1770, 59)
    assert [bar.height for bar in strip.bars] == sorted(bar.height for bar in strip.bars)
    assert all(0 <= bar.y <= 64 and bar.y + bar.height == pytest.approx(64) for bar in strip.bars)
    assert all(bar.x + bar.width <= 320 for bar in strip.bars)
    assert _strip([], "gathered").bars == ()


def test_a_period_in_which_nothing_happened_is_said_to_be_empty(judged: Site):
    words = read(judged, "/summary?since=2001-01-01&until=2001-01-02", Role.DPO)
    assert "Belum ada yang tercatat" in words.get_text()
    assert judged.client(Role.DPO).get("/summary?since=kemarin").status_code == 400


def test_agreement_is_measured_over_all_and_by_pair(judged: Site):
    words = read(judged, "/agreement", Role.AUDITOR)
    assert f"Unggahan dibaca dua kali: {FLAGS}" in words.get_text()
    assert "budi · sari" in words.get_text()
    assert "83\u00a0%" in words.get_text()


def test_a_researcher_is_given_no_pairs(judged: Site):
    assert "budi" not in read(judged, "/agreement", Role.RESEARCHER).get_text()
    rows = table(judged, Role.RESEARCHER)
    assert rows
    assert {row["reviewer_a"] for row in rows} == {""}
    assert {row["reviewer_a"] for row in table(judged, Role.ADJUDICATOR)} == {"", "budi"}


def table(site: Site, role: Role, query: str = "") -> list[dict[str, str]]:
    answer = site.client(role).get(f"/agreement.csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="agreement.csv"'
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_download_has_a_name_of_its_own_whatever_is_asked(judged: Site):
    for asked in ("filename=x.html", "name=..%2F..%2Fx", "since=2001-01-01&filename=%22%0d%0aset-cookie:%20x"):
        answer = judged.client(Role.ADJUDICATOR).get(f"/agreement.csv?{asked}")
        assert answer.headers.get("content-disposition") == 'attachment; filename="agreement.csv"'
        assert "set-cookie" not in answer.headers


def test_the_download_is_of_the_same_period_as_the_page(judged: Site):
    query = "?since=2001-01-01&until=2001-01-02"
    link = read(judged, f"/agreement{query}", Role.AUDITOR).select_one('a[href^="/agreement.csv"]')
    assert link["href"] == f"/agreement.csv{query}"
    assert {row["items"] for row in table(judged, Role.AUDITOR, query)} == {"0"}
    assert str(FLAGS) in {row["items"] for row in table(judged, Role.AUDITOR)}


def test_reading_agreement_is_one_event(judged: Site):
    before = len(judged.rows("FROM audit"))
    read(judged, "/agreement", Role.RESEARCHER)
    assert judged.rows("SELECT actor, action FROM audit ORDER BY seq DESC LIMIT 1") == [("putri", "agreement.show")]
    assert len(judged.rows("FROM audit")) == before + 1


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (Language.ID, ("3 Mei 2026", "12.345", "0,81", "81\u00a0%", "0,81 (0,70 – 0,90)")),
        (Language.EN, ("3 May 2026", "12,345", "0.81", "81%", "0.81 (0.70 – 0.90)")),
    ],
)
def test_days_and_figures_are_written_as_people_of_the_language_do(language: Language, told: tuple[str, ...]):
    say = wording.words_for(language)
    share = Interval(0.81, 0.7, 0.9)
    written = (say["day"](date(2026, 5, 3)), say["count"](12345), say["number"](0.81), say["percent"](0.81))
    assert (*written, say["interval"](share)) == told


@pytest.mark.parametrize(("value", "told"), [(-0.04, "0,0"), (0.0, "0,0"), (-0.06, "-0,1"), (2.25, "2,2")])
def test_what_rounds_to_nothing_has_no_sign(value: float, told: str):
    assert wording.number(Language.ID, value, 1) == told
