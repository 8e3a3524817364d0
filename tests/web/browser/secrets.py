"""Flags full of words that can be found again, wherever they come out."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from scanner.domain.flags import Citation, Element, Finding, Flag, Label, Met, Phase, Score
from scanner.domain.signals import Channel, Exculpatory, Mention, Signal, Weight
from scanner.roster import read_roster
from scanner.store.flags import save_flags
from scanner.workspace import ROSTER
from tests.offices import PLAIN
from tests.web.browser.desks import Office, add_posts

OTHER = "wawan.kenari"
START, END = 1317, 1339
GENERAL = (
    b"7351946", b"0.73", b"0,73", b"73%", b"74%", b"keyakinan tinggi", b"keyakinan sedang", b"keyakinan rendah",
    b"<mark", b"KENARI-", OTHER.encode(), b"Wawan",
)  # fmt: skip
"""What must be nowhere before the first verdict; every planted word begins with KENARI."""
OFFSETS = re.compile(rf"\b(?:{START}|{END})\b".encode())


def secrets_of(number: int) -> list[bytes]:
    """Return what must be nowhere before the verdict on one item."""
    return [f"KENARI-{what}-{number}".encode() for what in ("KODE", "TERSANGKA", "PASAL", "CATATAN", "ENTRI")]


def plant(office: Office, count: int) -> list[str]:
    """Put posts on record whose flags are full of words that can be found again; returns their ids in order."""
    account = read_roster(office.root / ROSTER).accounts[0]
    texts = [f"{PLAIN}. " + f"Kabar ke-{number} dari loket. " * 70 for number in range(count)]
    posts = add_posts(office.workspace, account, texts)
    flags = [
        Flag(
            post_id=post.id,
            version_id=post.version_id,
            account_id=account.id,
            election_id=office.workspace.election.id,
            phase=Phase.KAMPANYE,
            posted_at=post.posted_at,
            known_at=datetime.now(UTC),
            findings=(
                Finding(
                    code=f"KENARI-KODE-{number}",
                    elements={Element.A: Met.YES},
                    citations=(Citation(clause_id=f"KENARI-PASAL-{number}", primary=True, verified=False),),
                    class_hint="KENARI-KELAS",
                    modifiers=("KENARI-MOD",),
                    contested="KENARI-SENGKETA",
                ),
            ),
            signals=(
                Signal(
                    code=f"KENARI-KODE-{number}",
                    entry=f"KENARI-ENTRI-{number}",
                    weight=Weight.H,
                    channel=Channel.TEXT,
                    start=START,
                    end=END,
                    quote=post.text[START:END],
                    object_kind="number",
                ),
            ),
            mentions=(Mention(ref="KENARI-PESERTA", kind="number", start=START, end=END, quote="x"),),
            exculpatory=(Exculpatory(tag="X-BERITA", cue="loket", start=0, end=5, quote="loket", suppresses=False),),
            scores=(Score(label=Label.CAMPAIGN_SUPPORT, probability=0.7351946, model_id="KENARI-MODEL"),),
            ruleset="KENARI-ATURAN",
            model_id="KENARI-MODEL",
            explanation=f"KENARI-TERSANGKA-{number}",
        )
        for number, post in enumerate(posts)
    ]
    with office.store.lease("test") as lease:
        save_flags(lease, flags)
    return [flag.id for flag in flags]
