"""The walk over pages: order of ids, and no gap whatever happens between two runs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.collect.interface import Options, Window
from scanner.collect.walk import Step, order, walk
from scanner.domain.accounts import Platform
from scanner.domain.posts import Post, Role
from scanner.domain.runs import Cursor


def post(number: int) -> Post:
    return Post(
        platform=Platform.WEB, native_id=str(number), account_id="a", role=Role.POSTED, posted_at=None, text="x"
    )


def reader(numbers: list[int], size: int):
    def read(below: str | None) -> Step:
        left = sorted((n for n in numbers if below is None or n < int(below)), reverse=True)
        shown = left[:size]
        return Step(
            posts=tuple((str(n), post(n)) for n in shown),
            evidence=(),
            next_page=str(shown[-1]) if len(left) > size else None,
            ids=tuple(map(str, shown)),
        )

    return read


def test_ids_of_every_kind_sort_by_time():
    assert order("99") < order("100") < order("117020580518794573")
    assert order("01F8MH75CBF9JFX4ZAD54N0W0R") < order("01F8MH75CBF9JFX4ZAD54N0W0S")


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), min_size=1, max_size=12),
    st.integers(1, 5),
    st.integers(0, 6),
)
@settings(max_examples=200, deadline=None)
def test_no_post_is_ever_missed_by_runs_that_are_cut_anywhere(runs, size, overlap):
    """Each run first meets some new posts and is then killed after some pages; a last one goes to the end."""
    numbers: list[int] = []
    seen: set[int] = set()
    cursor = Cursor()
    options = Options(overlap=overlap)
    for new, pages in [*runs, (0, 10_000), (0, 10_000)]:
        numbers += range(len(numbers), len(numbers) + new)
        for count, page in enumerate(walk(reader(numbers, size), cursor, Window(), options), start=1):
            seen |= {int(found.native_id) for found in page.posts}
            cursor = page.cursor
            if count == pages:
                break
    assert seen == set(numbers)
    assert cursor == Cursor(high_water=str(len(numbers) - 1) if numbers else None)


def test_the_overlap_is_read_again_and_no_more():
    numbers = list(range(100))
    (first,) = walk(reader(numbers, 10), Cursor(high_water="99"), Window(), Options(overlap=10))
    assert [int(found.native_id) for found in first.posts] == list(range(99, 89, -1))
    pages = list(walk(reader(numbers, 10), Cursor(high_water="99"), Window(), Options(overlap=25)))
    assert len(pages) == 3
    assert pages[-1].cursor == Cursor(high_water="99")


def test_a_deleted_high_water_mark_is_passed_by_its_place():
    numbers = [n for n in range(100) if n != 95]
    pages = list(walk(reader(numbers, 3), Cursor(high_water="95"), Window(), Options(overlap=0)))
    assert len(pages) == 2


def test_opaque_tokens_are_followed_in_any_order_until_one_comes_twice():
    turns = {None: ("z", "3"), "z": ("a", "2"), "a": ("m", "1"), "m": ("z", "0")}

    def read(asked: str | None) -> Step:
        following, number = turns[asked]
        return Step(((number, post(int(number))),), (), following, (number,), token=True)

    pages = list(walk(read, Cursor(), Window(), Options()))
    assert [found.native_id for page in pages for found in page.posts] == ["3", "2", "1", "0"]
    assert [page.cursor.next_page for page in pages] == ["z", "a", "m", None]
    assert ["ignores paging" in page.note for page in pages] == [False, False, False, True]
    assert pages[-1].cursor == Cursor(high_water="3")
