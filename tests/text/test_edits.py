from __future__ import annotations

from scanner.text.edits import Edit, Kind, apply, spare_links


def test_it_makes_edits_and_insertions() -> None:
    edits = [Edit(0, 2, "yang", Kind.SLANG), Edit(3, 3, "<", None), Edit(5, 6, "", None)]
    assert apply("yg satu", edits) == "yang <sau"


def test_addresses_and_handles_are_spared() -> None:
    text = "c0ba http://a.id/c0ba @c0ba a.c0ba@b.id www.c0ba c0ba"
    edits = [Edit(at, at + 4, "coba", Kind.LEET) for at in range(len(text)) if text.startswith("c0ba", at)]
    assert apply(text, spare_links(text, edits)) == text.replace("c0ba", "coba", 1)[:-4] + "coba"


def test_text_without_addresses_keeps_all_edits() -> None:
    edits = [Edit(0, 1, "a", None)]
    assert spare_links("4ku", edits) is edits
