"""The tables of the first release (m001). The comment behind a column becomes its comment in the database.

There is no column for a leaning, a rank, a cumulative score or a sanction, and there shall be none (guardrails
G14, G16): participants are named on the flag of one post and are purged with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LEDGER = "CREATE TABLE IF NOT EXISTS migrations (name VARCHAR PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL)"
"""Which steps a database has been through, and when."""

TABLES = """
CREATE TABLE mandates ( -- Recorded lawful grounds of the operating body (UU 27/2022 art. 20, 34; G1, G17)
    decree_number VARCHAR, -- Number of the decree (surat keputusan)
    election_id VARCHAR, -- The election it covers
    controller VARCHAR NOT NULL, -- The body that answers for the processing
    controller_kind VARCHAR NOT NULL, -- bawaslu, bkn, bkpsdm, inspektorat or kasn_successor
    legal_basis VARCHAR NOT NULL, -- The norm that allows it
    purpose VARCHAR NOT NULL, -- What the data may be used for
    dpia_id VARCHAR NOT NULL, -- Reference of the data protection impact assessment
    valid_from DATE NOT NULL, -- First day, inclusive
    valid_until DATE NOT NULL, -- Last day, inclusive
    PRIMARY KEY (decree_number, election_id),
    CHECK (valid_from <= valid_until)
);
CREATE TABLE accounts ( -- Public channels of listed civil servants; nobody else has a row
    id VARCHAR PRIMARY KEY, -- platform:handle, case folded
    platform VARCHAR NOT NULL, -- mastodon, bluesky, x ...
    handle VARCHAR NOT NULL, -- As the platform writes it
    person_id VARCHAR NOT NULL, -- The agency's own number, never a raw NIP or NIK
    agency VARCHAR NOT NULL, -- Instansi
    unit VARCHAR NOT NULL, -- Unit kerja
    employment VARCHAR NOT NULL CHECK (employment IN ('PNS', 'CPNS', 'PPPK')), -- Status under UU 20/2023
    service_from DATE NOT NULL, -- First day of service (TMT)
    service_until DATE, -- Last day of service, inclusive
    confidence VARCHAR NOT NULL CHECK (confidence IN ('A', 'B', 'C')), -- How sure the account is the person's (G4)
    legal_basis VARCHAR NOT NULL, -- Why this account may be looked at
    decree_number VARCHAR NOT NULL, -- The mandate's decree
    requested_by VARCHAR NOT NULL, -- Who asked for the listing
    approved_by VARCHAR NOT NULL, -- Who approved it: another person
    listed_from DATE NOT NULL, -- First day it may be fetched, inclusive
    listed_until DATE NOT NULL, -- Last day it may be fetched, inclusive
    native_id VARCHAR, -- The platform's own immutable id, when the roster tells
    url VARCHAR, -- Address of the profile
    leave JSON NOT NULL, -- Periods of leave (CLTN): [[first day, last day]], inclusive
    extra JSON NOT NULL, -- Further columns of the roster
    removed_at TIMESTAMPTZ, -- When it was taken off the list; its posts are kept until purged
    removed_by VARCHAR, -- Who took it off
    removed_reason VARCHAR, -- Why
    CHECK (lower(trim(requested_by)) <> lower(trim(approved_by)))
);
CREATE TABLE bindings ( -- Which native id a handle pointed at first: a handle that moved on is another person
    account_id VARCHAR PRIMARY KEY, -- accounts.id
    native_id VARCHAR NOT NULL, -- The platform's id when the account was first read
    first_seen TIMESTAMPTZ NOT NULL -- When that was, UTC
);
CREATE TABLE posts ( -- One row for each public post of a listed account
    id VARCHAR PRIMARY KEY, -- platform:native id
    platform VARCHAR NOT NULL, -- Where it was published
    native_id VARCHAR NOT NULL, -- The platform's id, always text
    account_id VARCHAR NOT NULL, -- accounts.id
    role VARCHAR NOT NULL, -- How the account stands to the post: posted, reposted, tagged ...
    url VARCHAR, -- Where it can be checked
    version_id VARCHAR NOT NULL, -- versions.id as last seen
    first_seen TIMESTAMPTZ NOT NULL, -- UTC
    last_seen TIMESTAMPTZ NOT NULL, -- UTC
    first_missing_at TIMESTAMPTZ, -- When it was first not found; empty again when it is seen
    missing_at TIMESTAMPTZ -- When a second, later look confirmed it is gone
);
CREATE TABLE versions ( -- A post's words as captured; an edit makes a further row
    id VARCHAR PRIMARY KEY, -- posts.id@first 16 hex digits of the SHA-256 of text and context
    post_id VARCHAR NOT NULL, -- posts.id
    text VARCHAR NOT NULL, -- The author's words, unchanged
    context VARCHAR NOT NULL, -- Other people's words it answers or quotes, handles masked
    language VARCHAR, -- As the platform says
    posted_at TIMESTAMPTZ, -- As the platform says, UTC; empty: never flagged
    edited_at TIMESTAMPTZ, -- As the platform says, UTC
    media JSON NOT NULL, -- [{kind, url, description}]; described, not fetched
    truncated BOOLEAN NOT NULL, -- The source cuts texts
    verifiable BOOLEAN NOT NULL, -- There is an address to check it at
    repaired BOOLEAN NOT NULL, -- Invalid bytes were replaced
    capture_sha256 VARCHAR NOT NULL, -- captures.sha256 this was first read from
    run_id VARCHAR NOT NULL, -- runs.id that saw it first
    captured_at TIMESTAMPTZ NOT NULL -- When it was first seen, UTC
);
CREATE TABLE captures ( -- Provenance of raw bytes in evidence/ (Berkeley Protocol)
    sha256 VARCHAR, -- Names the file in evidence/
    url VARCHAR, -- Where it was read, secrets removed
    captured_at TIMESTAMPTZ, -- UTC
    size BIGINT NOT NULL, -- Bytes
    method VARCHAR NOT NULL, -- GET or import
    status INTEGER, -- HTTP status
    media_type VARCHAR NOT NULL, -- Content-Type
    collector VARCHAR NOT NULL, -- Name and version
    headers JSON NOT NULL, -- [[name, value]]
    terms_approval VARCHAR, -- Reference of the platform's written approval
    PRIMARY KEY (sha256, url, captured_at)
);
CREATE TABLE cursors ( -- Where gathering of an account stands
    account_id VARCHAR PRIMARY KEY, -- accounts.id
    high_water VARCHAR, -- Newest id of the last complete walk
    next_page VARCHAR, -- Where the walk under way goes on
    top VARCHAR, -- Newest id seen when that walk began
    validators JSON NOT NULL -- [[ETag or Last-Modified, value]]
);
CREATE TABLE runs ( -- Scans and imports
    id VARCHAR PRIMARY KEY, -- Made by the run
    kind VARCHAR NOT NULL, -- scan, import or demo
    started_at TIMESTAMPTZ NOT NULL, -- UTC
    ended_at TIMESTAMPTZ, -- UTC; empty while it runs or when it was killed
    exit_code INTEGER, -- 0 ok, 1 error, 3 partial ...
    versions VARCHAR NOT NULL, -- Scanner, ruleset and model as one line
    note VARCHAR NOT NULL -- Plain words
);
CREATE TABLE coverage ( -- What one run saw of one account; not observed is not clean
    run_id VARCHAR, -- runs.id
    account_id VARCHAR, -- accounts.id
    outcome VARCHAR NOT NULL, -- complete, partial, private, gone, blocked or not_tried
    reason VARCHAR NOT NULL, -- Plain words; empty when complete
    new BIGINT NOT NULL, -- Posts never seen before
    changed BIGINT NOT NULL, -- Posts with another text
    unchanged BIGINT NOT NULL, -- Posts as they were
    requests BIGINT NOT NULL, -- Requests made
    started_at TIMESTAMPTZ NOT NULL, -- UTC
    ended_at TIMESTAMPTZ NOT NULL, -- UTC
    PRIMARY KEY (run_id, account_id)
);
CREATE TABLE quarantine ( -- Items that could not be read, with place and reason
    id VARCHAR PRIMARY KEY, -- SHA-256 of the columns source, line, reason and raw_sha256
    run_id VARCHAR NOT NULL, -- runs.id that met it first
    source VARCHAR NOT NULL, -- File name or URL
    line BIGINT, -- 1-based; empty for network items
    reason VARCHAR NOT NULL, -- Why it could not be read
    raw_sha256 VARCHAR NOT NULL, -- Hash of the raw item; not its content, whose author is unknown
    rejected_at TIMESTAMPTZ NOT NULL -- UTC
);
CREATE TABLE scores ( -- Calibrated probabilities of one version of one post; never summed over a person
    version_id VARCHAR, -- versions.id
    label VARCHAR CHECK (label IN ('campaign_support', 'pns_attribute_use')), -- What the probability is of
    model_id VARCHAR, -- Name and hash of the model
    ruleset VARCHAR, -- Version and hash of the rules
    probability DOUBLE NOT NULL CHECK (probability BETWEEN 0 AND 1), -- Calibrated, 0 to 1
    PRIMARY KEY (version_id, label, model_id, ruleset)
);
CREATE TABLE flags ( -- Versions put before humans: allegations (dugaan), never verdicts
    id VARCHAR PRIMARY KEY, -- versions.id
    post_id VARCHAR NOT NULL, -- posts.id
    account_id VARCHAR NOT NULL, -- accounts.id
    election_id VARCHAR NOT NULL, -- The election it is held against
    phase VARCHAR NOT NULL, -- Phase of the election in the region when it was posted
    posted_at TIMESTAMPTZ NOT NULL, -- UTC
    known_at TIMESTAMPTZ NOT NULL, -- Capture of the post's first flagged version: legal clocks start here
    mentions JSON NOT NULL, -- [{ref, kind, start, end, quote}]: participants named in this post, for the reviewer
    ruleset VARCHAR NOT NULL, -- Version and hash of the rules
    model_id VARCHAR NOT NULL, -- Name and hash of the model
    explanation VARCHAR NOT NULL -- Plain Indonesian, without score and sanction class
);
CREATE TABLE flag_findings ( -- Codes whose elements a flagged post met
    flag_id VARCHAR, -- flags.id
    code VARCHAR, -- Code of the rules catalogue
    position INTEGER NOT NULL, -- Order in the flag, from 0
    elements JSON NOT NULL, -- {A, O, D, P, T, C: yes, inferred or no}
    citations JSON NOT NULL, -- [{clause_id, primary, verified}]: clauses the post may touch
    class_hint VARCHAR NOT NULL, -- Letter of the class; hidden from first reviewers
    modifiers JSON NOT NULL, -- [modifier]
    contested VARCHAR, -- Why the norm is disputed
    PRIMARY KEY (flag_id, code)
);
CREATE TABLE signals ( -- Spans of a flagged text that met the rules
    flag_id VARCHAR, -- flags.id
    position INTEGER, -- Order in the flag, from 0
    code VARCHAR NOT NULL, -- Code of the rules catalogue
    entry VARCHAR NOT NULL, -- The lexicon entry
    weight VARCHAR NOT NULL, -- H, M or L
    channel VARCHAR NOT NULL, -- text, hashtag, emoji, target, ocr or image
    "start" INTEGER NOT NULL, -- Code points into the original text, half open
    "end" INTEGER NOT NULL, -- First code point after the span
    quote VARCHAR NOT NULL, -- The original words
    language VARCHAR NOT NULL, -- Language of the entry
    rewrite VARCHAR NOT NULL, -- What the quote was read as
    object_kind VARCHAR NOT NULL, -- What filled the entry's slot
    negated BOOLEAN NOT NULL, -- The author denies it
    quoted BOOLEAN NOT NULL, -- Inside quotation marks or attributed speech
    PRIMARY KEY (flag_id, position)
);
CREATE TABLE exculpatory ( -- Contexts that speak for the author, shown first
    flag_id VARCHAR, -- flags.id
    position INTEGER, -- Order in the flag, from 0
    tag VARCHAR NOT NULL, -- X-tag
    cue VARCHAR NOT NULL, -- The entry that met
    "start" INTEGER NOT NULL, -- Code points into the original text, half open
    "end" INTEGER NOT NULL, -- First code point after the span
    quote VARCHAR NOT NULL, -- The original words
    suppresses BOOLEAN NOT NULL, -- No flag unless a strong signal with a participant remains
    PRIMARY KEY (flag_id, position)
);
CREATE TABLE judgements ( -- What humans said of a flag; appended, never changed
    id VARCHAR PRIMARY KEY, -- Idempotency key from the form
    seq BIGINT NOT NULL, -- Order of arrival, from 1
    flag_id VARCHAR NOT NULL, -- flags.id
    reviewer VARCHAR NOT NULL CHECK (reviewer <> ''), -- User name
    verdict VARCHAR NOT NULL CHECK (verdict IN ('suspected', 'not_violation', 'unsure', 'withdrawn')), -- One of these
    decided_at TIMESTAMPTZ NOT NULL, -- UTC
    codes JSON NOT NULL, -- [code] the reviewer names
    note VARCHAR NOT NULL, -- The reviewer's own words
    seconds DOUBLE -- From showing to deciding
);
CREATE VIEW standing_judgements AS -- Each reviewer's last word on a flag; after an undo there is none
    SELECT * FROM (
        FROM judgements
        QUALIFY row_number() OVER (PARTITION BY flag_id, lower(trim(reviewer)) ORDER BY seq DESC) = 1
    ) WHERE verdict <> 'withdrawn';
CREATE TABLE referrals ( -- Flags that two different humans, and no machine, hold to be followed up (G14)
    flag_id VARCHAR PRIMARY KEY, -- flags.id
    first_judgement VARCHAR NOT NULL, -- judgements.id
    second_judgement VARCHAR NOT NULL, -- judgements.id
    first_reviewer VARCHAR NOT NULL, -- User name
    second_reviewer VARCHAR NOT NULL, -- User name, another human
    referred_at TIMESTAMPTZ NOT NULL, -- UTC
    CHECK (first_judgement <> second_judgement),
    CHECK (lower(trim(first_reviewer)) <> lower(trim(second_reviewer)))
);
CREATE TABLE audit ( -- Who did what, as a chain: each row holds the hash of the one before
    seq BIGINT PRIMARY KEY, -- From 1, without gap
    happened_at TIMESTAMPTZ NOT NULL, -- UTC
    actor VARCHAR NOT NULL, -- User name
    action VARCHAR NOT NULL, -- judgement.append, account.remove ...
    subject VARCHAR NOT NULL, -- Id of what was touched
    detail JSON NOT NULL, -- Never the text of a post, never a secret
    prev_hash VARCHAR NOT NULL, -- Hash of row seq - 1; 64 zeros for the first
    hash VARCHAR NOT NULL -- SHA-256 over all other columns
);
"""

_ENDS = re.compile(r";(?: --.*)?\n")
_TABLE = re.compile(r"^CREATE (TABLE|VIEW) (\w+) .*-- (.+)$")
_ADDED = re.compile(r"^ALTER TABLE (\w+) ADD COLUMN (\w+) .*; -- (.+)$")
_COLUMN = re.compile(r'^ +("?\w+"?) [A-Z].* -- (.+)$')


def statements(source: str = TABLES) -> Iterator[str]:
    """Yield the statements that make the tables of a step and comment them, in order."""
    yield from (part for part in _ENDS.split(source) if part.strip())
    table = ""
    for line in source.splitlines():
        if found := _TABLE.match(line):
            table = found[2]
            yield f"COMMENT ON {found[1]} {table} IS {_quoted(found[3])}"
        elif found := _ADDED.match(line):
            yield f"COMMENT ON COLUMN {found[1]}.{found[2]} IS {_quoted(found[3])}"
        elif found := _COLUMN.match(line):
            yield f"COMMENT ON COLUMN {table}.{found[1]} IS {_quoted(found[2])}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
