from __future__ import annotations

import re

import pytest

from scanner.errors import StoreError
from scanner.store.connection import Lease

FORBIDDEN = re.compile(
    r"leaning|rank|sanction|sanksi|preference|affinity|ideolog|party|partai|total|cumulative|risk|rating", re.IGNORECASE
)


def test_every_table_and_column_says_what_it_means(lease: Lease) -> None:
    tables = lease.rows("SELECT table_name FROM duckdb_tables() WHERE comment IS NULL AND table_name <> 'migrations'")
    columns = lease.rows("""
        SELECT c.table_name, c.column_name FROM duckdb_columns() AS c JOIN duckdb_tables() AS t USING (table_oid)
        WHERE c.comment IS NULL AND c.table_name <> 'migrations'""")
    assert (tables, columns) == ([], [])


def test_no_name_speaks_of_leaning_rank_sum_or_sanction(lease: Lease) -> None:
    names = lease.rows("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal")
    assert names
    assert [name for name in names if FORBIDDEN.search(" ".join(name))] == []


def test_scores_and_participants_hang_on_posts_and_never_on_persons(lease: Lease) -> None:
    persons = "column_name IN ('account_id', 'person_id', 'handle')"
    for item in ("probability", "mentions", "object_kind"):
        found = lease.rows(f"SELECT table_name FROM duckdb_columns() WHERE column_name = '{item}' AND NOT internal")
        assert len(found) == 1
        beside = lease.rows(
            f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{found[0][0]}' AND {persons}"
        )
        assert beside in ([], [("account_id",)])
    assert (
        lease.rows("SELECT column_name FROM duckdb_columns() WHERE table_name = 'accounts'  AND data_type = 'DOUBLE'")
        == []
    )


def test_there_are_primary_keys_only(lease: Lease) -> None:
    kinds = {kind for (kind,) in lease.rows("SELECT DISTINCT constraint_type FROM duckdb_constraints()")}
    assert kinds == {"PRIMARY KEY", "NOT NULL", "CHECK"}
    assert lease.rows("FROM duckdb_indexes()") == []


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("INSERT INTO judgements VALUES ('k', 1, 'f', 'sari', 'guilty', now(), '[]', '', NULL, 'blind')", "verdict"),
        ("INSERT INTO judgements VALUES ('k', 1, 'f', '', 'unsure', now(), '[]', '', NULL, 'blind')", "reviewer"),
        ("INSERT INTO referrals VALUES ('f', 'k1', 'k2', 'sari', ' SARI', now())", "first_reviewer"),
        ("INSERT INTO referrals VALUES ('f', 'k1', 'k1', 'sari', 'rina', now())", "first_judgement"),
        ("INSERT INTO adjudications VALUES ('k', 'f', 'Sari ', 'rina', 'sari', 'jelas', now())", "adjudicator"),
        ("INSERT INTO adjudications VALUES ('k', 'f', 'ketua', 'rina', ' RINA', 'jelas', now())", "first_reviewer"),
        ("INSERT INTO adjudications VALUES ('k', 'f', 'ketua', 'rina', 'sari', ' ', now())", "reason"),
        ("INSERT INTO gold VALUES ('f', 'unsure', '[]', 'ketua', now())", "verdict"),
        ("INSERT INTO scores VALUES ('v', 'campaign_support', 'm', 'r', 1.5)", "probability"),
        ("INSERT INTO scores VALUES ('v', 'leaning', 'm', 'r', 0.5)", "label"),
    ],
)
def test_the_database_itself_refuses(lease: Lease, sql: str, reason: str) -> None:
    with pytest.raises(StoreError, match=f"CHECK constraint.*{reason}"):
        lease.execute(sql)
