"""Wherever a post stands in the tables it is gone when its words are forgotten, and what was decided stays."""

from __future__ import annotations

from scanner.domain.reviews import Stage, Verdict
from scanner.store import accounts, adjudications, assignments, drafts, erase, flags, gold, judgements, pages, referrals
from scanner.store.adjudications import Adjudication
from scanner.store.assignments import Hold
from scanner.store.connection import Lease
from scanner.store.gold import Gold
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_judgement, make_post

OTHER = "mastodon:desa.example/2@0123456789abcdef"


def fill(lease: Lease) -> str:
    """Put one post on record in two versions, with everything that can be said of it."""
    accounts.save_accounts(lease, [make_account()])
    flag = make_flag()
    shown = make_post(1, text="Coblos nomor 9 ya, warga 1!"), make_post(1, text="Diubah")
    for number, post in enumerate(shown):
        pages.save_page(
            lease,
            run_id="run-1",
            account=make_account(),
            posts=[post],
            captures=[make_evidence()],
            cursor=None,
            rejected=(),
            seen_at=NOON + number * HOUR,
        )
    flags.save_flags(lease, [flag])
    for reviewer, stage in (("sari", Stage.BLIND), ("tono", Stage.BLIND), ("dewi", Stage.ADJUDICATION)):
        judgements.append_judgement(lease, make_judgement(reviewer, reviewer=reviewer, stage=stage))
    ruling = Adjudication("dewi", flag.id, "dewi", "sari", "tono", "karena warga 1", NOON)
    adjudications.save_adjudication(lease, ruling)
    referrals.record_referral(lease, flag.id, by="sari", at=NOON)
    gold.set_gold(lease, Gold(flag.id, Verdict.SUSPECTED, ("AJAKAN-PILIH",), "dewi", NOON), reason="jelas")
    drafts.save_draft(lease, drafts.Draft(flag.id, "rani", NOON, note="warga 1"))
    assignments.hold(lease, "rani", [Hold(OTHER, Stage.GOLD, NOON, shown=True, before_id=flag.id)])
    return flag.id


def tables_with(lease: Lease, words: str) -> set[str]:
    names = [name for (name,) in lease.rows("SELECT table_name FROM duckdb_tables()")]
    return {name for name in names if any(words in repr(row) for row in lease.rows(f'FROM "{name}"'))}


def test_no_table_but_the_audit_knows_the_post_any_more(lease: Lease):
    item = fill(lease)
    post = item.partition("@")[0]
    known = tables_with(lease, post)
    assert {"posts", "versions", "edits", "flags", "judgements", "adjudications", "referrals", "gold"} <= known
    erase.erase_posts(lease, [post], reason="uji", by="sari", at=NOON)
    assert tables_with(lease, post) == {"audit"}
    assert tables_with(lease, "warga 1") == set()


def test_verdicts_codes_and_the_referral_stay_under_one_mark(lease: Lease):
    post = fill(lease).partition("@")[0]
    erase.erase_posts(lease, [post], reason="uji", by="sari", at=NOON)
    said = lease.rows("SELECT reviewer, verdict, codes::VARCHAR, note FROM judgements ORDER BY seq")
    assert said == [(name, "suspected", '["AJAKAN-PILIH"]', "") for name in ("sari", "tono", "dewi")]
    [(item,)] = lease.rows(
        "SELECT DISTINCT j.flag_id FROM judgements AS j JOIN adjudications AS a ON a.item_id = j.flag_id "
        "JOIN referrals AS r ON r.flag_id = j.flag_id"
    )
    assert len(item) == 64
