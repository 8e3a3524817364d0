"""The views of a snapshot about accounts and what they posted."""

from __future__ import annotations

from scanner.report.snapshot.columns import (
    AGENCY,
    MODEL,
    PERIOD,
    PHASE,
    PLATFORM,
    POST_ID,
    RULESET,
    START,
    WITHHELD,
    Column,
    View,
)

ACCOUNTS = View(
    "accounts",
    "one account on the list; it joins nothing, so that nobody's posts can be counted",
    (
        Column("account_id", "UUID", "The account, the same in all snapshots of a series", "128 bits"),
        PLATFORM,
        AGENCY,
        Column("employment", "VARCHAR", "Status under UU 20/2023", "PNS, CPNS, PPPK", WITHHELD),
    ),
)
POSTS = View(
    "posts",
    "one public post of a listed account, as last seen or, where it was flagged, as it was flagged last",
    (
        POST_ID,
        PLATFORM,
        AGENCY,
        Column("role", "VARCHAR", "How the account stands to the post", "posted, reposted, replied ...", WITHHELD),
        Column("language", "VARCHAR", "As the platform says; 'und': it does not say", "BCP 47", WITHHELD),
        PHASE,
        START,
        PERIOD,
        Column(
            "chosen",
            "VARCHAR",
            "Why reviewers were to see it: by a flag, or drawn at random",
            "flagged, drawn, neither",
        ),
        Column(
            "outcome",
            "VARCHAR",
            "What two reviewers, or a third one, settled it as",
            "suspected (an allegation), not_violation, waiting, not_asked",
            "withheld: too few people share it, or all of a group have the same",
        ),
    ),
)
TEXT = Column(
    "text",
    "VARCHAR",
    "The author's words; handles, addresses, long numbers, names of listed people and names behind a form of address "
    "are replaced by '…', others' names stay. Identifiable",
)
"""The further column of posts where somebody answers for having it."""
FLAGS = View(
    "flags",
    "one flagged post, by its last flag: an allegation by a machine, never a verdict; its outcome stands in posts",
    (
        POST_ID,
        Column("election", "VARCHAR", "The election it is held against", null=WITHHELD),
        Column("codes", "VARCHAR[]", "Codes of the rules catalogue whose elements it met, sorted", null=WITHHELD),
        RULESET,
        MODEL,
    ),
)
SIGNALS = View(
    "signals",
    "how often the rules saw one kind of signal in flagged posts; it joins nothing but rules (by code)",
    (
        Column("code", "VARCHAR", "Code of the rules catalogue", null=WITHHELD),
        Column("weight", "VARCHAR", "Strength of the entry of the lexicon", "H, M, L", WITHHELD),
        Column("channel", "VARCHAR", "Where in the post it stands", "text, hashtag, emoji, target ...", WITHHELD),
        Column("language", "VARCHAR", "Language of the entry", "BCP 47", WITHHELD),
        Column(
            "object_kind", "VARCHAR", "What filled its slot; '': nothing", "participant, party, number, ''", WITHHELD
        ),
        Column("negated", "BOOLEAN", "The author denies it", null=WITHHELD),
        Column("quoted", "BOOLEAN", "In quotation marks or attributed speech", null=WITHHELD),
        PLATFORM,
        PHASE,
        Column("signals", "BIGINT", "How many signals of this kind", "signals"),
        Column("posts", "BIGINT", "In how many posts they stand", "posts"),
    ),
)
SCORES = View(
    "scores",
    "one probability of one post; a post whose scores too few share has none here",
    (
        POST_ID,
        Column("label", "VARCHAR", "What it is the probability of", "campaign_support, pns_attribute_use"),
        Column("model", "VARCHAR", "Name and hash of the model"),
        Column("ruleset", "VARCHAR", "Version and hash of the rules"),
        Column("probability", "DOUBLE", "Calibrated probability, rounded to steps", "0 to 1"),
        Column("step", "DOUBLE", "How wide those steps are", "0.05, or 0.25 where too few share it"),
    ),
)
