"""A record in which a person stands in every table that can name one, beside somebody who must not be touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post
from scanner.domain.reviews import Stage, Verdict
from scanner.domain.runs import Coverage, Cursor, Outcome, Rejected, Run, Tally
from scanner.store import (
    accounts,
    adjudications,
    assignments,
    bindings,
    drafts,
    flags,
    gold,
    judgements,
    media,
    pages,
    referrals,
    runs,
    tables,
)
from scanner.store.adjudications import Adjudication
from scanner.store.assignments import Hold
from scanner.store.connection import Lease, Store
from scanner.store.drafts import Draft
from scanner.store.gold import Gold
from scanner.store.media import Medium, State
from tests.store.samples import (
    HOUR,
    NOON,
    make_account,
    make_evidence,
    make_flag,
    make_judgement,
    make_mandate,
    make_post,
)

PERSON = "KANARI-7"
THEIRS = make_account(
    "kanari.akun@desa.example",
    person_id=PERSON,
    native_id="kanari-asli-77",
    url="https://desa.example/@kanari.akun",
    agency="Dinas Kanari",
    unit="Bidang Kanari",
    extra={"jabatan": "Kanari utama"},
)
OTHER = make_account("sita@desa.example", person_id="PEG-0002")
TEXT = "Coblos kanari-teks, warga {}!"


def make_store(folder: Path) -> Store:
    """Make a record of two people."""
    store = Store(folder / "data" / "scanner.duckdb")
    with store.lease("test") as lease:
        accounts.save_mandate(lease, make_mandate())
        accounts.save_accounts(lease, [THEIRS, OTHER])
        _gathered(lease)
        _judged(lease)
    return store


def post_of(number: int, *, owner: bool = True, edited: str = "") -> Post:
    """Return a post: theirs, or of the other one."""
    account, name = (THEIRS, "kanari") if owner else (OTHER, "sita")
    body = f"page of {name}".encode()
    return make_post(
        number,
        text=(TEXT if owner else "Coblos nomor 9 ya, warga {}!").format(number) + edited,
        native_id=f"desa.example/{name}-{number:05}",
        account_id=account.id,
        url=f"https://desa.example/@{name}/{number}",
        context="kanari-konteks" if owner else "",
        media=(Media(kind="image", url=f"https://desa.example/{name}.png", description=f"foto {name}"),),
        capture_sha256=make_evidence(body).capture.sha256,
    )


def _gathered(lease: Lease) -> None:
    run = Run(id="scan-1", kind="scan", started_at=NOON, ended_at=NOON, exit_code=0, versions="1", note="")
    runs.start_run(lease, run)
    for owner, account in ((True, THEIRS), (False, OTHER)):
        name = "kanari" if owner else "sita"
        body = make_evidence(f"page of {name}".encode(), url=f"https://desa.example/api/{name}")
        bindings.bind(lease, account.id, f"{name}-asli-77", seen_at=NOON)
        pages.save_page(
            lease,
            run_id="scan-1",
            account=account,
            posts=[post_of(number, owner=owner) for number in (1, 2, 3)],
            captures=[body],
            cursor=Cursor(high_water=f"{name}-00003"),
            rejected=[
                Rejected(f"https://desa.example/@{account.handle}", None, f"{account.handle}: tanpa waktu", "0" * 64)
            ],
            seen_at=NOON,
        )
        at = NOON + HOUR
        pages.save_page(
            lease,
            run_id="scan-1",
            account=account,
            posts=[post_of(3, owner=owner, edited=" (disunting)")],
            captures=[body],
            cursor=Cursor(high_water=f"{name}-00003"),
            rejected=(),
            seen_at=at,
        )
        told = Coverage(
            "scan-1", account.id, Outcome.PARTIAL, f"{account.handle}: tenggat", Tally(3, 1, 0), 2, NOON, at
        )
        runs.save_coverage(lease, [told])


def _judged(lease: Lease) -> None:
    """Let everything happen that can happen to somebody's posts."""
    for owner in (True, False):
        first, second = post_of(1, owner=owner), post_of(2, owner=owner)
        drawn = post_of(3, owner=owner)
        for post in (first, second):
            name = "kanari" if owner else "sita"
            flag = make_flag(post_id=post.id, version_id=post.version_id, account_id=post.account_id)
            flag = replace(flag, signals=tuple(replace(one, quote=f"{name}-kutipan") for one in flag.signals))
            flags.save_flags(lease, [replace(flag, explanation=f"Dugaan {name}-alasan.")])
            _picture(lease, post.version_id, name)
        draw = {"id": drawn.version_id, "post_id": drawn.id, "account_id": drawn.account_id, "election_id": "e"}
        draw |= {"phase": "kampanye", "posted_at": NOON, "known_at": NOON, "day": NOON.date(), "settled_at": None}
        tables.insert_new(lease, "draws", [draw], keys=["id"])
        _said(lease, first.version_id, second.version_id, "kanari" if owner else "sita")


def _picture(lease: Lease, version_id: str, name: str) -> None:
    shown = make_evidence(f"picture of {name}".encode(), media_type="image/png", url=f"https://desa.example/{name}.png")
    one = Medium(version_id, 0, f"https://desa.example/{name}.png", State.FETCHED, sha256=shown.capture.sha256)
    one = replace(one, display_sha256=shown.capture.sha256, display_type="image/png", width=1, height=1)
    media.save_medium(lease, one, shown, shown.body)


def key_of(reviewer: str, item: str) -> str:
    """Return a key as a form has one: it names nobody."""
    return sha256(f"{reviewer} {item}".encode())[:16]


def _said(lease: Lease, first: str, second: str, name: str) -> None:
    """Have Sari and Budi suspect the first, which is referred, and differ on the second, on which Tina rules."""
    for item, reviewer, verdict in (
        (first, "sari.penelaah", Verdict.SUSPECTED),
        (first, "budi.penelaah", Verdict.SUSPECTED),
        (second, "sari.penelaah", Verdict.SUSPECTED),
        (second, "budi.penelaah", Verdict.NOT_VIOLATION),
    ):
        assignments.hold(lease, reviewer, [Hold(item, Stage.BLIND, NOON, shown=True)])
        note = f"catatan {name}"
        key = key_of(reviewer, item)
        judgements.append_judgement(
            lease, make_judgement(key, flag_id=item, reviewer=reviewer, verdict=verdict, note=note)
        )
    ruling = make_judgement(
        key_of("tina.ketua", second), flag_id=second, reviewer="tina.ketua", stage=Stage.ADJUDICATION
    )
    judgements.append_judgement(lease, ruling)
    adjudications.save_adjudication(
        lease,
        Adjudication(
            judgement_id=ruling.id,
            item_id=second,
            adjudicator="tina.ketua",
            first_reviewer="sari.penelaah",
            second_reviewer="budi.penelaah",
            reason=f"putusan {name}",
            ruled_at=NOON + HOUR,
        ),
    )
    hasty = {"judgement_id": key_of("sari.penelaah", second), "set_aside": False, "noted_at": NOON}
    tables.insert_new(lease, "hasty", [hasty], keys=["judgement_id"])
    drafts.save_draft(lease, Draft(second, "ratna.penelaah", NOON, note=f"konsep {name}"))
    gold.set_gold(lease, Gold(second, Verdict.SUSPECTED, (), set_by="tina.ketua", set_at=NOON), reason="jelas")
    referrals.record_referral(lease, first, by="tina.ketua", at=NOON + HOUR)
