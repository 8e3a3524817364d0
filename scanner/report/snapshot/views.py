"""The views of a snapshot and their columns: the one list from which files, comments and dictionary are made.

Whatever has an id can be joined only where this says so. Reviews and signals stand apart from posts on purpose:
beside a post's other columns they would point at single posts.
"""

from __future__ import annotations

from scanner.report.snapshot.about_posts import ACCOUNTS, FLAGS, POSTS, SCORES, SIGNALS, TEXT
from scanner.report.snapshot.about_work import AGREEMENT, COVERAGE, MODELS, REVIEWS, RULES, RUNS
from scanner.report.snapshot.columns import View

VIEWS = (ACCOUNTS, POSTS, FLAGS, SIGNALS, SCORES, REVIEWS, AGREEMENT, COVERAGE, RUNS, MODELS, RULES)


def views(*, with_text: bool) -> tuple[View, ...]:
    """Return the views of a snapshot; with text the posts have one column more."""
    worded = View(POSTS.name, POSTS.row, (*POSTS.columns, TEXT))
    return tuple(worded if view is POSTS and with_text else view for view in VIEWS)
