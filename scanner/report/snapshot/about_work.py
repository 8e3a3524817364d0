"""The views of a snapshot about what the office did: judgements, agreement, coverage, runs, models and rules."""

from __future__ import annotations

from scanner.report.snapshot.columns import PERIOD, PHASE, PLATFORM, START, WITHHELD, Column, View, estimate

_FEW = "the same answer everywhere"
_SIZES = "<100, 100-999, 1000-9999, 10000 or more"

REVIEWS = View(
    "reviews",
    "one standing judgement of one reviewer on one item",
    (
        Column("item_id", "UUID", "The item judged: it joins its judgements, not posts", "128 bits"),
        Column("position", "BIGINT", "Order of the judgements on the item", "from 1"),
        Column("reviewer", "UUID", "The reviewer, the same in all snapshots of a series", "128 bits"),
        Column("stage", "VARCHAR", "Blind, or the ruling of a third person", "blind, adjudication"),
        Column("verdict", "VARCHAR", "What the reviewer said", "suspected (an allegation), not_violation, unsure"),
        Column("codes", "VARCHAR[]", "Codes the reviewer named, sorted", null=WITHHELD),
        Column(
            "seconds", "VARCHAR", "Time from showing to deciding", "<10, 10-30, 30-60, 60-180, >180, unknown", WITHHELD
        ),
        Column("chosen", "VARCHAR", "Why the item was shown", "flagged, drawn"),
        PLATFORM,
        PHASE,
        START,
        PERIOD,
    ),
)
AGREEMENT = View(
    "agreement",
    "one question, over all reviewers or by pair, of enough posts: how far those agree who read the same post blind",
    (
        Column("question", "VARCHAR", "A label, 'verdict', or one verdict against the others"),
        Column("reviewer_a", "UUID", "As in reviews", "128 bits", "all reviewers together"),
        Column("reviewer_b", "UUID", "As in reviews", "128 bits", "all reviewers together"),
        Column("items", "BIGINT", "Posts on which both gave an answer", "posts"),
        Column("same", "DOUBLE", "Share of items with the same answer", "0 to 1", _FEW),
        *estimate("kappa", "Cohen's kappa", f"{_FEW}; or all reviewers together, of whom it is not defined"),
        *estimate("alpha", "Krippendorff's alpha, nominal", _FEW),
        *estimate("ac1", "Gwet's AC1", _FEW),
        Column(
            "use",
            "VARCHAR",
            "What answers of this agreement may be used for",
            "referral_statistics, reports, none",
            "a pair: only all reviewers together decide",
        ),
    ),
)
COVERAGE = View(
    "coverage",
    "how much was seen in a period: days of accounts with one outcome. What is not here was not observed, not clean",
    (
        START,
        PERIOD,
        PLATFORM,
        Column(
            "outcome",
            "VARCHAR",
            "The best that the scans of a day (UTC), backfills apart, saw of an account",
            "complete, partial, private, gone, blocked, not_tried",
            WITHHELD,
        ),
        Column("accounts", "BIGINT", "Accounts with such a day", "accounts"),
        Column("account_days", "BIGINT", "Such days of all accounts together", "days"),
        Column("posts_new", "BIGINT", "Posts first seen on them", "posts"),
        Column("posts_changed", "BIGINT", "Posts seen with another text on them", "posts"),
        Column("requests", "BIGINT", "Requests made on them", "requests"),
    ),
)
RUNS = View(
    "runs",
    "one scan or import",
    (
        Column("run_id", "UUID", "The run, the same in all snapshots of a series", "128 bits"),
        Column("kind", "VARCHAR", "What it did", "scan, import, refresh, demo"),
        Column("week", "DATE", "Monday of the week it began in, local time of the region"),
        Column("ended", "BOOLEAN", "It came to its end; false: it runs or was killed"),
        Column("exit_code", "INTEGER", "How it ended", "0 ok, 1 error, 3 partial", "it has not ended"),
        Column("versions", "VARCHAR", "Scanner, rules and model"),
        Column("accounts", "VARCHAR", "Accounts it was to see", _SIZES, "of fewer people than a group needs"),
        Column("posts_new", "VARCHAR", "Posts it saw first", _SIZES, "of fewer people than a group needs"),
    ),
)
MODELS = View(
    "models",
    "one label of one model that scored posts in this snapshot, or is in use",
    (
        Column("model", "VARCHAR", "Name and hash; joins scores and flags"),
        Column("label", "VARCHAR", "What it gives the probability of", "campaign_support, pns_attribute_use"),
        Column("current", "BOOLEAN", "In use when the snapshot was made"),
        Column(
            "threshold_named",
            "DOUBLE",
            "From here on it asks for a flag where a participant is named",
            "0 to 1",
            "not in use any more",
        ),
        Column("threshold_unnamed", "DOUBLE", "The same where none is named", "0 to 1", "not in use any more"),
        Column("scores", "BIGINT", "Rows of scores in this snapshot", "scores"),
    ),
)
RULES = View(
    "rules",
    "one code of the rules catalogue in use when the snapshot was made",
    (
        Column("ruleset", "VARCHAR", "Version and hash of the rules; joins scores and flags"),
        Column("code", "VARCHAR", "The code"),
        Column("name", "VARCHAR", "Its name, Indonesian"),
        Column("name_en", "VARCHAR", "Its name, English"),
        Column("label", "VARCHAR", "Head of the classifier that goes with it", null="none goes with it"),
        Column("enabled", "BOOLEAN", "It can flag"),
        Column("clauses", "VARCHAR[]", "Clauses a post with this code may touch, before and after penetapan"),
    ),
)
