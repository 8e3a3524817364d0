"""The charts of the summary are sound, stay in their frame, and pass a policy that allows no style."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.slices import wilson
from scanner.report.summary import Row, Share
from scanner.report.summary_charts import VOLUMES, share_chart, volume_chart
from scanner.store.figures import Week

MONDAY = date(2026, 11, 16)
TOLD = Row("AJAKAN-BERPIHAK", 60, Share(45, wilson(30, 45)))
HIDDEN = Row("SIMBOL-JARI", None, Share(None, None))


def weeks(*gathered: int) -> list[Week]:
    return [
        Week(monday=MONDAY + timedelta(days=7 * place), gathered=value, scored=value, flagged=value // 10, judged=0)
        for place, value in enumerate(gathered)
    ]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def bars(svg: str) -> list[dict[str, float]]:
    return [{key: float(one.get(key, "")) for key in ("x", "y", "width", "height")} for one in parsed(svg).iter("rect")]


@pytest.mark.parametrize("svg", [volume_chart(weeks(3, 50, 0)), share_chart([TOLD, HIDDEN], "Ketepatan")])
def test_a_chart_has_a_name_a_description_and_no_style(svg: str):
    root = parsed(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert root.findtext("desc")
    assert [one.tag for one in root.iter() if one.tag == "style" or one.get("style")] == []
    assert {value for one in root.iter() for key, value in one.items() if key in ("fill", "stroke")} == {"currentColor"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=120))
def test_every_bar_stays_in_the_frame_and_touches_no_other(gathered: list[int]):
    svg = volume_chart(weeks(*gathered))
    _, _, width, height = map(float, parsed(svg).get("viewBox", "").split())
    found = bars(svg)
    assert len(found) == sum(map(bool, gathered)) * 2 + sum(value >= 10 for value in gathered)
    assert all(bar["x"] >= 0 and bar["x"] + bar["width"] <= width for bar in found)
    assert all(bar["y"] >= 0 and bar["y"] + bar["height"] <= height for bar in found)
    strips = [[bar["x"] for bar in found if bar["y"] < 88], [bar["width"] for bar in found if bar["y"] < 88]]
    assert all(right - left >= wide for (left, right), wide in zip(pairwise(strips[0]), strips[1], strict=False))


def test_the_tallest_bar_is_the_largest_week_and_names_its_number():
    svg = volume_chart(weeks(10, 40, 20))
    heights = [bar["height"] for bar in bars(svg)][:3]
    assert heights == [13.0, 52.0, 26.0]
    assert "2026-11-23: 40 terkumpul" in [one.text for one in parsed(svg).iter("title")]


def test_each_volume_has_a_strip_with_its_name_and_the_description_its_total():
    svg = volume_chart(weeks(10, 40))
    assert [one.text for one in parsed(svg).iter("text") if one.get("class") == "name"] == list(VOLUMES.values())
    assert parsed(svg).findtext("desc") == "terkumpul 50; diberi skor 50; ditandai 5; dinilai 0"


def test_names_can_be_of_another_language():
    assert "gathered" in volume_chart(weeks(1), "Volumes", {"gathered": "gathered"})


def test_many_weeks_are_not_all_dated():
    dated = [one for one in parsed(volume_chart(weeks(*[1] * 104))).iter("text") if "-" in (one.text or "")]
    assert 4 <= len(dated) <= 9


def test_a_share_lies_on_its_interval_and_says_of_how_many():
    root = parsed(share_chart([TOLD], "Ketepatan"))
    [dot], [line] = root.findall("circle"), [one for one in root.iter("path") if one.get("class") == "line main"]
    low, high = (float(part) for part in line.get("d", "")[1:].replace("H", " ").split()[::2])
    assert low < float(dot.get("cx", "")) < high
    assert "0,67 (n = 45)" in [one.text for one in root.iter("text")]


def test_a_group_that_is_not_told_has_no_dot():
    root = parsed(share_chart([HIDDEN], "Ketepatan"))
    assert root.findall("circle") == []
    assert "< 10" in [one.text for one in root.iter("text")]


def test_long_names_are_cut_and_told_when_pointed_at_and_none_breaks_out():
    name = "Dinas </svg><script>" + "x" * 60
    root = parsed(share_chart([Row(name, 60, TOLD.suspected)], '"><script>'))
    [shown] = [one for one in root.iter("text") if one.get("class") == "name"]
    assert len(shown.text or "") == 36
    assert shown.findtext("title") == name
    assert not list(root.iter("script"))
