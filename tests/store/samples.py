"""Fictional records for the tests of the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from scanner.domain.accounts import Account, Confidence, Employment, Mandate, Platform
from scanner.domain.captures import Capture, Evidence, sha256
from scanner.domain.flags import Citation, Element, Finding, Flag, Label, Met, Phase, Score
from scanner.domain.posts import Media, Post, Role
from scanner.domain.reviews import Judgement, Verdict
from scanner.domain.signals import Channel, Exculpatory, Mention, Signal, Weight
from scanner.store.connection import Lease

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make_account(handle: str = "budi@desa.example", **changes: Any) -> Account:
    values: dict[str, Any] = {
        "platform": Platform.MASTODON,
        "handle": handle,
        "person_id": "PEG-0001",
        "agency": "Kabupaten Contoh",
        "unit": "Dinas Contoh",
        "employment": Employment.PNS,
        "service_from": date(2015, 1, 1),
        "service_until": None,
        "confidence": Confidence.A,
        "legal_basis": "UU 20/2023",
        "decree_number": "SK-1/2026",
        "requested_by": "rina",
        "approved_by": "joko",
        "listed_from": date(2026, 1, 1),
        "listed_until": date(2026, 12, 31),
    }
    return Account(**{**values, **changes})


def make_mandate(**changes: Any) -> Mandate:
    values: dict[str, Any] = {
        "controller": "Bawaslu Kabupaten Contoh",
        "controller_kind": "bawaslu",
        "legal_basis": "UU 7/2017",
        "decree_number": "SK-1/2026",
        "purpose": "pengawasan netralitas",
        "dpia_id": "DPIA-1",
        "election_id": "pilbup-contoh",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
    }
    return Mandate(**{**values, **changes})


def make_post(number: int = 1, text: str = "Selamat pagi dari balai desa", **changes: Any) -> Post:
    values: dict[str, Any] = {
        "platform": Platform.MASTODON,
        "native_id": f"desa.example/{number}",
        "account_id": make_account().id,
        "role": Role.POSTED,
        "posted_at": NOON - HOUR,
        "text": text,
        "url": f"https://desa.example/@budi/{number}",
        "media": (Media(kind="image", description="balai desa"),),
        "capture_sha256": sha256(b"page"),
    }
    return Post(**{**values, **changes})


def make_evidence(body: bytes = b"page", **changes: Any) -> Evidence:
    values: dict[str, Any] = {
        "sha256": sha256(body),
        "size": len(body),
        "url": "https://desa.example/api",
        "method": "GET",
        "status": 200,
        "media_type": "application/json",
        "captured_at": NOON,
        "collector": "mastodon/1",
        "headers": (("etag", '"abc"'),),
    }
    return Evidence(capture=Capture(**{**values, **changes}), body=body)


def make_flag(number: int = 1, **changes: Any) -> Flag:
    post = make_post(number, text=f"Coblos nomor 9 ya, warga {number}!")
    values: dict[str, Any] = {
        "post_id": post.id,
        "version_id": post.version_id,
        "account_id": post.account_id,
        "election_id": "pilbup-contoh",
        "phase": Phase.KAMPANYE,
        "posted_at": NOON - HOUR,
        "known_at": NOON,
        "findings": (
            Finding(
                code="AJAKAN-PILIH",
                elements={Element.A: Met.YES, Element.O: Met.INFERRED},
                citations=(Citation(clause_id="SKB22:D2", primary=True, verified=False),),
                class_hint="B",
                modifiers=("TENANG+",),
                contested="lihat putusan",
            ),
            Finding(code="LAYANAN-PILIH", elements={Element.A: Met.YES}, citations=(), class_hint="S"),
        ),
        "signals": (
            Signal(
                code="AJAKAN-PILIH",
                entry="coblos {N}",
                weight=Weight.H,
                channel=Channel.TEXT,
                start=0,
                end=14,
                quote="Coblos nomor 9",
                object_kind="number",
            ),
        ),
        "mentions": (Mention(ref="pilbup-contoh#9", kind="number", start=7, end=14, quote="nomor 9"),),
        "exculpatory": (Exculpatory(tag="X-BERITA", cue="warga", start=18, end=23, quote="warga", suppresses=False),),
        "scores": (
            Score(label=Label.CAMPAIGN_SUPPORT, probability=0.75, model_id="m1"),
            Score(label=Label.PNS_ATTRIBUTE_USE, probability=0.125, model_id="m1"),
        ),
        "ruleset": "2026.11+1a2b3c4d",
        "model_id": "m1",
        "explanation": "Dugaan ajakan memilih.",
    }
    return Flag(**{**values, **changes})


def make_judgement(key: str = "k1", **changes: Any) -> Judgement:
    values: dict[str, Any] = {
        "id": key,
        "flag_id": make_flag().id,
        "reviewer": "sari",
        "verdict": Verdict.SUSPECTED,
        "decided_at": NOON + HOUR,
        "codes": ("AJAKAN-PILIH",),
        "note": "jelas",
        "seconds": 12.5,
    }
    return Judgement(**{**values, **changes})


def dump(lease: Lease) -> dict[str, list[Any]]:
    """Return everything the database holds, to compare before and after."""
    tables = [name for (name,) in lease.rows("SELECT table_name FROM duckdb_tables() ORDER BY table_name")]
    return {table: sorted(lease.rows(f'FROM "{table}"'), key=repr) for table in tables}
