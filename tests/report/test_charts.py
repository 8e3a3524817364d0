from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import pytest

from scanner.classify.curves import Bin, Capacity, Cut
from scanner.classify.evaluate import Interval
from scanner.report.charts import Axes, capacity_chart, precision_recall_chart, reliability_chart, whisker

BINS = [Bin(posts=10, probability=0.1, share=0.0), Bin(posts=5, probability=0.9, share=1.0)]
CUTS = [Cut(recall=0.5, precision=1.0), Cut(recall=1.0, precision=0.4)]
LOADS = [Capacity(read=10, precision=1.0, recall=0.2), Capacity(read=200, precision=0.3, recall=1.0)]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def points(svg: str, kind: str) -> list[tuple[float, float]]:
    [line] = [one for one in parsed(svg).iter("polyline") if one.get("class") == f"line {kind}"]
    return [tuple(map(float, pair.split(","))) for pair in line.get("points", "").split()]


def words(svg: str) -> list[str]:
    return [one.text or "" for one in parsed(svg).iter("text")]


def test_the_frame_maps_its_corners_into_the_picture():
    axes = Axes("x", "y", right=200)
    (left, bottom), (right, top) = axes.place((0, 0)), axes.place((200, 1))
    assert 0 < left < right < 360
    assert 0 < top < bottom < 270


@pytest.mark.parametrize(
    "svg",
    [
        reliability_chart(BINS),
        precision_recall_chart(CUTS, (0.5, 1.0), (0.9, 0.5), 0.4),
        capacity_chart(LOADS, 200),
        whisker(Interval(0.5, 0.2, 0.8)),
    ],
)
def test_every_chart_is_sound_and_stays_inside_its_frame(svg):
    root = parsed(svg)
    _, _, width, height = map(float, root.get("viewBox", "").split())
    places = [pair.split(",") for one in root.iter("polyline") for pair in one.get("points", "").split()]
    places += [(one.get("cx"), one.get("cy")) for one in root.iter("circle")]
    places += [(one.get("x"), one.get("y")) for one in root.iter("text") if one.get("x")]
    assert places
    assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in places)


def test_higher_shares_are_drawn_higher():
    (_, low), (_, high) = points(reliability_chart(BINS), "main")
    assert high < low


def test_a_bin_says_its_figures_when_pointed_at():
    titles = [one.text for one in parsed(reliability_chart(BINS)).iter("title")]
    assert titles == [
        "10 unggahan: peluang 0,100, nyatanya 0,000",
        "5 unggahan: peluang 0,900, nyatanya 1,000",
    ]


def test_threshold_and_queue_are_marked_on_the_curve():
    assert {"ambang", "antrean"} <= set(words(precision_recall_chart(CUTS, (0.5, 1.0), (0.9, 0.5), 0.4)))


def test_a_decision_that_flags_nothing_has_no_mark():
    assert "ambang" not in words(precision_recall_chart(CUTS, (0.0, math.nan), (0.9, 0.5), 0.4))


def test_the_capacity_axis_counts_posts():
    assert {"0", "50", "100", "150", "200"} <= set(words(capacity_chart(LOADS, 200)))


@pytest.mark.parametrize("one", [None, Interval(math.nan, math.nan, math.nan), Interval(0.5, math.nan, math.nan)])
def test_no_interval_draws_nothing(one):
    assert whisker(one) == ""


def test_titles_cannot_break_out_of_the_picture():
    svg = Axes('<x>"', "</svg>").picture('"><script>', "")
    assert parsed(svg).get("aria-label") == '"><script>'
    assert not list(parsed(svg).iter("script"))
