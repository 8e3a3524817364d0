"""The fictional mandate, roster and election of Nusa Rimba as the files an oversight body would write."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta

import yaml

from scanner.demo.cast import DOMAIN, DemoAccount

ELECTION = "pilgub-nusa-rimba"
_PAIRS = (
    ("1", "Wirya Kencana", "Laila Sari", "WILA"),
    ("2", "Bima Prasaja", "Ratna Dewantari", "BIRAMA"),
    ("3", "Hasan Lembayung", "Yohana Tirta", "HATI"),
)
_PARTIES = (
    ("1", "Partai Fajar Rimba", "PFR"),
    ("2", "Partai Kerakyatan Bahari", "PKBh"),
    ("3", "Partai Mandiri Jaya", "PMJ"),
)


def config(today: date) -> str:
    """Return scanner.toml: a complete fictional mandate; Telegram needs its approval reference like anywhere."""
    return f"""# Fiktif: semua nama, nomor dan dasar hukum di sini dikarang untuk demo.
election = "{ELECTION}"

[mandate]
controller = "Bawaslu Provinsi Nusa Rimba (fiktif)"
controller_kind = "bawaslu"
legal_basis = "SK Ketua Bawaslu Nusa Rimba tentang pengawasan netralitas ASN (fiktif)"
decree_number = "SK-017/BAWASLU-NR/2026 (fiktif)"
purpose = "Pengawasan netralitas ASN pada Pilgub Nusa Rimba"
dpia_id = "DPIA-NR-2026-03 (fiktif)"
valid_from = {today - timedelta(days=90)}
valid_until = {today + timedelta(days=180)}

[network]
contact = "demo@{DOMAIN}"
min_interval = 0.0

[platforms.telegram]
terms_approval = "CONTOH-TG-001 (fiktif)"
"""


def roster(accounts: Iterable[DemoAccount], today: date) -> str:
    """Return roster.csv for the civil servants of the cast; private citizens are not in it."""
    out = io.StringIO()
    columns = (
        "person_id", "platform", "handle", "agency", "unit", "employment", "service_from", "confidence",
        "legal_basis", "decree_number", "requested_by", "approved_by", "listed_from", "listed_until", "position",
    )  # fmt: skip
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for account in accounts:
        person = account.person
        if person is None:
            continue
        writer.writerow(
            (
                person["person_id"],
                account.platform,
                _handle(account),
                person["agency"],
                person["unit"],
                person["employment"],
                today - timedelta(days=2000),
                "A",
                "akun dinyatakan sendiri (fiktif)",
                "SK-017/BAWASLU-NR/2026",
                "analis.rimba",
                "ketua.rimba",
                today - timedelta(days=60),
                today + timedelta(days=120),
                person["position"],
            )
        )
    return out.getvalue()


def elections(today: date) -> dict[str, str]:
    """Return the election files by name: three pairs, three parties, and a calendar around today's campaign."""
    governor = _election(ELECTION, "Pemilihan Gubernur Nusa Rimba (fiktif)", "PILKADA", today)
    governor["parties"] = "pemilu-nusa-rimba"
    governor["participants"] = [_pair(*pair) for pair in _PAIRS]
    parties = _election("pemilu-nusa-rimba", "Partai peserta di Nusa Rimba (fiktif)", "PILEG", today)
    parties["participants"] = [_party(*party) for party in _PARTIES]
    files = {ELECTION: governor, "pemilu-nusa-rimba": parties}
    return {
        f"{name}.yaml": yaml.safe_dump(content, allow_unicode=True, sort_keys=False) for name, content in files.items()
    }


def _handle(account: DemoAccount) -> str:
    addresses = {"mastodon": f"{account.handle}@{DOMAIN}", "rss": f"https://{DOMAIN}/{account.handle}/feed.xml"}
    return addresses.get(account.platform, account.handle)


def _election(name: str, title: str, kind: str, today: date) -> dict[str, object]:
    def day(offset: int) -> date:
        return today + timedelta(days=offset)

    calendar = {
        "start": day(-90),
        "penetapan": day(-32),
        "nomor_urut": day(-31),
        "kampanye": [day(-29), day(30)],
        "tenang": [day(31), day(33)],
        "hari_h": day(34),
        "rekap_until": day(53),
        "pelantikan": day(120),
        "psu": [],
    }
    region = {
        "code": "99",
        "name": "Nusa Rimba",
        "tz": "Asia/Jakarta",
        "aliases": ["Nusa Rimba", "Tanjung Rimba", "Rimba Hulu", "Rimba Hilir", "Pulau Kelapa"],
    }
    return {
        "id": name,
        "name": title,
        "type": kind,
        "complete": True,
        "region": region,
        "verified": False,
        "source": "fiktif",
        "parties": None,
        "calendar": calendar,
    }


def _pair(number: str, head: str, deputy: str, acronym: str) -> dict[str, object]:
    first, second = head.split()[0], deputy.split()[0]
    return _participant(number, "pair", [head, deputy], [first, second], [f"{first}-{second}"], acronym)


def _party(number: str, name: str, acronym: str) -> dict[str, object]:
    return _participant(number, "party", [name], [name.removeprefix("Partai ")], [], acronym)


def _participant(
    number: str, kind: str, names: list[str], short: list[str], pair: list[str], acronym: str
) -> dict[str, object]:
    return {
        "id": number,
        "kind": kind,
        "number": int(number),
        "names": names,
        "short": short,
        "pair": pair,
        "acronym": [acronym],
        "slogans": [],
        "symbols": [],
        "handles": [],
        "ambiguous": ["HATI"] if acronym == "HATI" else [],
        "nominated_by": [],
        "incumbent": False,
        "verified": False,
    }
