"""Reliability P4: somebody who has the whole record cannot find one person of it in a snapshot, nor link two series.

The attack knows everything: for each row it counts the people of the live record that fit, on all columns together,
those of other views that share its id included. It uses nothing of how groups are made, only what the dictionary says.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from scanner.report.snapshot.publish import Published, publish
from scanner.report.snapshot.sources import gather
from scanner.workspace import Workspace
from tests.report.snapshot.conftest import make_office, make_order

SMALLEST = 10
_PERIOD = """(r.period IS NULL OR r.period_start = CASE r.period WHEN 'week' THEN date_trunc('week', l."day")
    WHEN 'month' THEN date_trunc('month', date_trunc('week', l."day"))
    ELSE date_trunc('quarter', date_trunc('week', l."day")) END)"""
_AGENCY = "(r.agency = 'lainnya' OR r.agency = l.agency)"


def _fits(*columns: str) -> str:
    return " AND ".join(f"(r.{name} IS NULL OR r.{name} = l.{name})" for name in columns)


@pytest.fixture(scope="module")
def desk(live: Workspace, published: Published) -> duckdb.DuckDBPyConnection:
    return side_by_side(live, published)


def side_by_side(live: Workspace, published: Published) -> duckdb.DuckDBPyConnection:
    """Return a snapshot's views and the live record's rows in one database: what an attacker could have."""
    connection = duckdb.connect()
    for path in (published.path / "parquet").iterdir():
        connection.execute(f"CREATE TABLE {path.stem} AS FROM '{path}'")
    with live.store.lease("attack") as lease:
        gathered = gather(lease, smallest=1, zone="Asia/Jakarta", with_text=False)
    days = {day for one in gathered.tables.values() if "day" in one.column_names for day in one["day"].to_pylist()}
    connection.execute('CREATE TABLE calendar ("day" DATE, phase VARCHAR)')
    connection.executemany("INSERT INTO calendar VALUES (?, ?)", [(day, live.election.phase_on(day)) for day in days])
    for name, table in gathered.tables.items():
        connection.register("one", table)
        joined = 'LEFT JOIN calendar USING ("day")' if name in ("posts", "signals", "reviews") else ""
        connection.execute(f"CREATE TABLE live_{name} AS SELECT row_number() OVER () AS row, * FROM one {joined}")
    return connection


def fewest(desk: duckdb.DuckDBPyConnection, released: str, record: str, condition: str) -> list[tuple[object, ...]]:
    """Return the released combinations that fit fewer people of the record than a group needs."""
    return desk.execute(
        f"""SELECT r, count(DISTINCT l.person) AS people
            FROM (SELECT DISTINCT * FROM ({released})) AS r LEFT JOIN {record} AS l ON {condition}
            GROUP BY r HAVING people < {SMALLEST} LIMIT 3"""
    ).fetchall()


def lonely_posts(desk: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """Return posts, each with its flag and its scores, that fit too few people."""
    released = """
        SELECT * EXCLUDE (post_id) FROM posts
        LEFT JOIN (SELECT post_id, codes, election, model, ruleset FROM flags) USING (post_id)
        LEFT JOIN (SELECT post_id, any_value(step) AS step,
                          max(probability) FILTER (label = 'campaign_support') AS support,
                          max(probability) FILTER (label = 'pns_attribute_use') AS attribute
                   FROM scores GROUP BY post_id) USING (post_id)"""
    exact = _fits("platform", "role", "language", "phase", "chosen", "outcome", "codes", "election", "model", "ruleset")
    near = " AND ".join(
        f"(r.{name} IS NULL OR round(r.{name} / r.step) = round((l.scores[{place}] % 100) / 20 / r.step))"
        for place, name in ((1, "support"), (2, "attribute"))
    )
    return fewest(desk, released, "live_posts", f"{exact} AND {_AGENCY} AND {_PERIOD} AND {near}")


def test_no_post_fits_fewer_than_ten_people_with_its_flag_and_scores_joined_to_it(desk: duckdb.DuckDBPyConnection):
    assert lonely_posts(desk) == []


def test_the_attack_would_find_people_in_smaller_groups(own: Workspace):
    careless = publish(own.store, make_office(own), make_order(smallest=3))
    assert lonely_posts(side_by_side(own, careless)) != []


def test_no_item_fits_fewer_than_ten_people_with_all_that_was_said_of_it(desk: duckdb.DuckDBPyConnection):
    released = """
        SELECT platform, phase, period, period_start, chosen,
               list(struct_pack(stage, verdict) ORDER BY position) AS said,
               list(codes ORDER BY position) AS codes, list(seconds ORDER BY position) AS seconds
        FROM reviews GROUP BY item_id, platform, phase, period, period_start, chosen"""
    exact = _fits("platform", "phase", "chosen", "said")
    parts = " AND ".join(f"(r.{name}[1] IS NULL OR r.{name} = l.{name})" for name in ("codes", "seconds"))
    assert fewest(desk, released, "live_reviews", f"{exact} AND {parts} AND {_PERIOD}") == []


def test_no_signal_fits_fewer_than_ten_people(desk: duckdb.DuckDBPyConnection):
    columns = ("code", "weight", "channel", "language", "object_kind", "negated", "quoted", "platform", "phase")
    assert fewest(desk, f"SELECT {', '.join(columns)} FROM signals", "live_signals", _fits(*columns)) == []


def test_no_account_fits_fewer_than_ten_people(desk: duckdb.DuckDBPyConnection):
    released = "SELECT platform, agency, employment FROM accounts"
    assert fewest(desk, released, "live_accounts", f"{_fits('platform', 'employment')} AND {_AGENCY}") == []


def test_no_coverage_is_of_fewer_than_ten_people(desk: duckdb.DuckDBPyConnection):
    released = "SELECT period, period_start, platform, outcome FROM coverage"
    assert fewest(desk, released, "live_coverage", f"{_fits('platform', 'outcome')} AND {_PERIOD}") == []


def test_no_group_of_posts_has_one_outcome_alone(desk: duckdb.DuckDBPyConnection):
    alone = desk.execute(
        """SELECT COLUMNS(* EXCLUDE (outcome, codes)), list(DISTINCT outcome) FILTER (
               outcome IN ('suspected', 'not_violation')) AS outcomes FROM (
               SELECT posts.* EXCLUDE (post_id), CAST(codes AS VARCHAR) AS said, codes, scored FROM posts
               LEFT JOIN flags USING (post_id)
               LEFT JOIN (SELECT post_id, CAST(list((label, probability, step) ORDER BY label) AS VARCHAR) AS scored
                          FROM scores GROUP BY post_id) USING (post_id))
           GROUP BY ALL HAVING len(outcomes) = 1"""
    ).fetchall()
    assert alone == []


def test_no_group_of_items_came_to_one_end_alone(desk: duckdb.DuckDBPyConnection):
    alone = desk.execute(
        """SELECT COLUMNS(* EXCLUDE (item_id, ended)), list(DISTINCT ended) FILTER (ended IS NOT NULL) AS ends FROM (
               SELECT item_id, platform, phase, period, period_start, chosen,
                      list(codes ORDER BY position) FILTER (codes IS NOT NULL) AS codes,
                      list(seconds ORDER BY position) FILTER (seconds IS NOT NULL) AS seconds,
                      coalesce(max(verdict) FILTER (stage = 'adjudication'),
                               CASE sign(count(*) FILTER (verdict = 'suspected')
                                         - count(*) FILTER (verdict = 'not_violation'))
                                    WHEN 1 THEN 'suspected' WHEN -1 THEN 'not_violation' END) AS ended
               FROM reviews GROUP BY ALL)
           GROUP BY ALL HAVING len(ends) = 1"""
    ).fetchall()
    assert alone == []


def test_who_spoke_first_of_those_who_agree_cannot_be_told(live: Workspace, desk: duckdb.DuckDBPyConnection):
    with live.store.lease("attack") as lease:
        spoke = dict(
            lease.rows(
                """SELECT flag_id, arg_min(lower(trim(reviewer)), seq) FROM standing_judgements
                   WHERE stage = 'blind' GROUP BY flag_id HAVING count(*) = 2 AND count(DISTINCT verdict) = 1"""
            )
        )
    told = dict(desk.execute("SELECT id, reviewers[1] FROM live_reviews").fetchall())
    right = sum(told[item] == name for item, name in spoke.items())
    assert 0.3 < right / len(spoke) < 0.7


def test_no_agency_told_has_fewer_than_ten_people(desk: duckdb.DuckDBPyConnection):
    known = "SELECT agency FROM live_accounts GROUP BY agency HAVING count(DISTINCT person) >= 10"
    for view in ("posts", "accounts"):
        told = f"SELECT DISTINCT agency FROM {view} WHERE agency <> 'lainnya' AND agency NOT IN ({known})"
        assert desk.execute(told).fetchall() == []


def test_two_series_cannot_be_joined_by_any_id(published: Published, other: Published):
    for name in ("accounts", "posts", "flags", "scores", "reviews", "agreement", "runs"):
        ids = [set(_ids(one.path / "parquet" / f"{name}.parquet")) for one in (published, other)]
        assert ids[0], name
        assert not ids[0] & ids[1], name


def _ids(path: Path) -> list[str]:
    columns = [name for name in duckdb.sql(f"FROM '{path}'").columns if name.endswith("_id") or "reviewer" in name]
    found = [duckdb.sql(f"SELECT {name} FROM '{path}' WHERE {name} IS NOT NULL").fetchall() for name in columns]
    return [value for rows in found for (value,) in rows]


def test_ids_of_different_views_do_not_join_but_where_it_is_said(desk: duckdb.DuckDBPyConnection):
    ids = {"accounts": "account_id", "posts": "post_id", "reviews": "item_id", "runs": "run_id"}
    for one, left in ids.items():
        for two, right in ids.items():
            if one != two:
                shared = f"SELECT count(*) FROM {one} JOIN {two} ON {one}.{left} = {two}.{right}"
                assert desk.execute(shared).fetchall() == [(0,)]


def test_the_order_of_rows_tells_nothing(desk: duckdb.DuckDBPyConnection):
    for view, column in (("posts", "post_id"), ("accounts", "account_id"), ("scores", "post_id"), ("flags", "post_id")):
        found = [value for (value,) in desk.execute(f"SELECT {column} FROM {view}").fetchall()]
        assert found == sorted(found)


@pytest.mark.parametrize("where", ["files", "values"])
def test_nothing_of_the_record_by_which_somebody_is_known_is_in_the_files(
    live: Workspace, published: Published, where: str
):
    with live.store.lease("attack") as lease:
        accounts = lease.rows("SELECT id, handle, person_id, unit FROM accounts")
        posts = lease.rows(
            "SELECT p.id, p.native_id, p.url, v.id, v.text FROM posts p JOIN versions v ON v.post_id = p.id"
        )
        people = lease.rows("SELECT DISTINCT reviewer FROM judgements")
        runs = lease.rows("SELECT id FROM runs")
        quotes = lease.rows("SELECT DISTINCT quote, entry FROM signals")
    secrets = {str(value) for row in (*accounts, *posts[:500], *people, *runs) for value in row}
    secrets |= {value for row in quotes for value in row if len(value) > 4} | {"ramai", "RAMAI", "warga0"}
    said = _bytes(published.path) if where == "files" else _values(published.path).encode()
    assert [secret for secret in secrets if secret.encode() in said] == []


def _bytes(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _values(folder: Path) -> str:
    """Return every value of every table: in the bytes of a file it may be packed."""
    with duckdb.connect(str(folder / "snapshot.duckdb"), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return "\n".join(str(connection.execute(f"FROM {name}").fetchall()) for name in names)


def test_runs_cannot_be_taken_from_coverage(published: Published):
    """What several runs of a week saw and what all of them saw differ by a few people: so runs are told by size."""
    sizes = {None, "<100", "100-999", "1000-9999", "10000 or more"}
    told = duckdb.sql(f"SELECT accounts, posts_new FROM '{published.path}/parquet/runs.parquet'").fetchall()
    assert told
    assert {one for row in told for one in row} <= sizes
