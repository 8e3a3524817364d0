"""What later steps added to the tables of the first release, one text for each step, written as in `schema`."""

from __future__ import annotations

GATHERING = """
ALTER TABLE captures ADD COLUMN access VARCHAR DEFAULT ''; -- How it could be seen: without login, or app key
ALTER TABLE captures ADD COLUMN request JSON DEFAULT '[]'; -- [[header, value]] sent, secrets removed; body of a POST
ALTER TABLE cursors ADD COLUMN sweep_began TIMESTAMPTZ; -- When the full walk under way began, UTC
ALTER TABLE cursors ADD COLUMN swept_at TIMESTAMPTZ; -- When the last full walk ended, UTC
CREATE TABLE usage ( -- What each platform was asked for on each day
    platform VARCHAR, -- Name of the platform
    "day" DATE, -- UTC
    unit VARCHAR NOT NULL, -- What is counted: requests, units, posts
    used BIGINT NOT NULL, -- How many on this day
    PRIMARY KEY (platform, "day")
);
"""

MEDIA = """
CREATE TABLE media ( -- Pictures of flagged posts that are the account's own: fetched, or why not
    version_id VARCHAR, -- versions.id
    position INTEGER, -- Place in versions.media, from 0
    url VARCHAR, -- As the platform gave it; empty where it gave none
    state VARCHAR NOT NULL, -- What became of it; not observed is not clean
    reason VARCHAR NOT NULL, -- Why it was not fetched; empty when it was
    tries INTEGER NOT NULL, -- How often it was asked for
    fetched_at TIMESTAMPTZ, -- When it was last asked for, UTC
    sha256 VARCHAR, -- captures.sha256 of the bytes as they came
    phash VARCHAR, -- Perceptual hash, 64 bits as 16 hex digits
    display_sha256 VARCHAR, -- Names the file in media/, drawn anew from the pixels alone
    display_type VARCHAR, -- image/jpeg or image/png
    width INTEGER, -- Pixels of the original, upright
    height INTEGER, -- Pixels of the original, upright
    PRIMARY KEY (version_id, position),
    CHECK (state IN ('fetched', 'gone', 'blocked', 'too_large', 'no_picture', 'undecodable', 'failed', 'not_tried')),
    CHECK ((state = 'fetched') = (display_sha256 IS NOT NULL AND sha256 IS NOT NULL))
);
"""

MANIFEST = """
ALTER TABLE captures ADD COLUMN link BIGINT; -- manifest.seq of the page it came with
ALTER TABLE captures ADD COLUMN salt VARCHAR; -- Random; goes with the row, so that an erased capture cannot be guessed
ALTER TABLE captures ADD COLUMN leaf VARCHAR; -- SHA-256 of the capture and its salt
CREATE TABLE manifest ( -- Chain of what was captured: one link for each saved page, hashes only
    seq BIGINT PRIMARY KEY, -- From 1, without gap
    saved_at TIMESTAMPTZ NOT NULL, -- UTC
    captures BIGINT NOT NULL, -- How many captures came with the page
    digest VARCHAR NOT NULL, -- SHA-256 of their leaves in order
    prev_hash VARCHAR NOT NULL, -- Hash of link seq - 1; 64 zeros for the first
    hash VARCHAR NOT NULL -- SHA-256 over all other columns
);
CREATE TABLE erasures ( -- What is left of captures erased by law: the chain holds, the content is gone
    leaf VARCHAR PRIMARY KEY, -- captures.leaf, as it was
    link BIGINT NOT NULL, -- manifest.seq
    event BIGINT NOT NULL -- audit.seq of the event that says who erased it and why
);
"""

LEDGER_OF_DAYS = """
CREATE VIEW coverage_days AS -- The best that the runs of a day (UTC) saw of each account; not observed is not clean
    SELECT account_id, CAST(started_at AT TIME ZONE 'UTC' AS DATE) AS "day",
           arg_min(outcome, list_position(['complete', 'partial', 'private', 'gone', 'blocked', 'not_tried'], outcome))
               AS outcome,
           count(*) AS runs, sum(new) AS new, sum(changed) AS changed, sum(requests) AS requests
    FROM coverage GROUP BY ALL;
"""

WAITS = """
CREATE TABLE waits ( -- Hosts that asked to be left alone (Retry-After); rows leave when their time is over
    host VARCHAR PRIMARY KEY, -- host:port
    until TIMESTAMPTZ NOT NULL -- UTC
);
"""

ERASING = """
CREATE TABLE erasing ( -- What has left the rows and must still leave the disk; empty once that is done
    kind VARCHAR CHECK (kind IN ('capture', 'picture', 'database')), -- What has to be removed or written anew
    name VARCHAR, -- SHA-256 that names the file; of the database audit.seq of the event that says why
    PRIMARY KEY (kind, name)
);
"""

USERS = """
CREATE TABLE users ( -- People who may use the review desk; what they sign in with is in credentials
    name VARCHAR PRIMARY KEY, -- Lower case; reviewer of judgements, actor of events
    display VARCHAR NOT NULL, -- Name as shown
    role VARCHAR NOT NULL, -- What they may do; one each
    language VARCHAR NOT NULL CHECK (language IN ('id', 'en')), -- Of the desk
    agency VARCHAR NOT NULL CHECK (trim(agency) <> ''), -- Own agency: its people's posts are never shown to them
    recused JSON NOT NULL, -- [person_id or agency] whose posts are never shown to them either
    keys JSON NOT NULL, -- {act: key} where they differ from the desk's
    created_at TIMESTAMPTZ NOT NULL, -- UTC
    disabled_at TIMESTAMPTZ, -- When they were shut out, UTC
    CHECK (name = lower(trim(name)) AND name <> ''),
    CHECK (role IN ('analyst', 'reviewer', 'adjudicator', 'researcher', 'auditor', 'dpo'))
);
CREATE TABLE credentials ( -- What people sign in with; leaves the house with no snapshot and no bundle
    user_name VARCHAR PRIMARY KEY, -- users.name
    password VARCHAR NOT NULL CHECK (password LIKE '$argon2id$%'), -- Hash with its salt and parameters
    totp_secret VARCHAR NOT NULL, -- Base32, shared with the authenticator (RFC 6238)
    totp_step BIGINT NOT NULL, -- Last time step whose code was used; no code counts twice
    set_at TIMESTAMPTZ NOT NULL, -- When the password was set, UTC
    chosen BOOLEAN NOT NULL -- By the person, not drawn by the program
);
CREATE TABLE sessions ( -- Who is signed in; a row leaves when its session ends
    id VARCHAR PRIMARY KEY, -- SHA-256 of the token in the cookie
    user_name VARCHAR NOT NULL, -- users.name
    began_at TIMESTAMPTZ NOT NULL, -- UTC
    seen_at TIMESTAMPTZ NOT NULL, -- Last request, UTC, to the minute
    address VARCHAR NOT NULL -- Where it began
);
CREATE TABLE devices ( -- Browsers from which a person has signed in: others' tries do not shut them out there
    id VARCHAR PRIMARY KEY, -- SHA-256 of the token in the cookie
    user_name VARCHAR NOT NULL, -- users.name
    seen_at TIMESTAMPTZ NOT NULL -- Last sign-in, UTC
);
CREATE TABLE sign_in_attempts ( -- Tries of the last minutes that did not succeed; older rows leave
    id VARCHAR, -- Random, names the try
    subject VARCHAR, -- SHA-256 of the account, address or device it counts against
    tried_at TIMESTAMPTZ NOT NULL, -- UTC
    PRIMARY KEY (id, subject)
);
"""

REVIEWING = """
ALTER TABLE judgements ADD COLUMN stage VARCHAR DEFAULT 'blind'; -- blind, preview, adjudication or gold
ALTER TABLE flags ADD COLUMN settled_at TIMESTAMPTZ; -- When reviewers settled it, UTC; empty while it waits
CREATE TABLE hasty ( -- Judgements made faster than one reads
    judgement_id VARCHAR PRIMARY KEY, -- judgements.id
    set_aside BOOLEAN NOT NULL, -- It counts no more: another reviewer reads the item
    noted_at TIMESTAMPTZ NOT NULL -- UTC
);
DROP VIEW standing_judgements;
CREATE VIEW standing_judgements AS -- Each reviewer's last word that counts for an item; after an undo there is none
    SELECT * FROM (
        FROM judgements WHERE stage IN ('blind', 'adjudication')
        QUALIFY row_number() OVER (PARTITION BY flag_id, lower(trim(reviewer)) ORDER BY seq DESC) = 1
    ) WHERE verdict <> 'withdrawn' AND id NOT IN (SELECT judgement_id FROM hasty WHERE set_aside);
CREATE TABLE draws ( -- Unflagged posts drawn at random, judged like flags: what the machine misses
    id VARCHAR PRIMARY KEY, -- versions.id
    post_id VARCHAR NOT NULL, -- posts.id
    account_id VARCHAR NOT NULL, -- accounts.id
    election_id VARCHAR NOT NULL, -- The election it is held against
    phase VARCHAR NOT NULL, -- Phase of the election in the region when it was posted
    posted_at TIMESTAMPTZ NOT NULL, -- UTC
    known_at TIMESTAMPTZ NOT NULL, -- Capture of the version, UTC
    "day" DATE NOT NULL, -- Day of capture (WIB) whose posts it was drawn from
    settled_at TIMESTAMPTZ, -- When reviewers settled it, UTC; empty while it waits
    flagged_at TIMESTAMPTZ -- When later rules flagged it after all, UTC
);
CREATE VIEW items AS -- What waits or waited for reviewers: flags, and unflagged posts drawn at random
    SELECT id, post_id, account_id, election_id, phase, posted_at, known_at, settled_at, false AS drawn FROM flags
    UNION ALL
    SELECT id, post_id, account_id, election_id, phase, posted_at, known_at, settled_at, true FROM draws
    WHERE flagged_at IS NULL;
CREATE TABLE assignments ( -- Who has which item in hand and who has judged it: nobody judges one twice
    item_id VARCHAR, -- items.id
    person VARCHAR CHECK (person <> '' AND person = lower(trim(person))), -- User name
    stage VARCHAR NOT NULL CHECK (stage IN ('blind', 'adjudication', 'gold')), -- What for
    taken_at TIMESTAMPTZ NOT NULL, -- When it was given, UTC
    held_until TIMESTAMPTZ NOT NULL, -- Until when nobody else gets it in this one's place, UTC
    shown_at TIMESTAMPTZ, -- When it was first shown, UTC; empty while it is only fetched ahead
    skipped_at TIMESTAMPTZ, -- When it was last put off, UTC
    revealed_at TIMESTAMPTZ, -- When others' views were shown, UTC: the person cannot judge it blind after that
    judgement_id VARCHAR, -- judgements.id of what the person said and has not taken back
    verdict VARCHAR, -- What of it counts; empty where nothing does
    closed BOOLEAN NOT NULL, -- The item is settled
    before_id VARCHAR, -- Of gold: the waiting item it is put before, whose deadline it borrows
    PRIMARY KEY (item_id, person)
);
CREATE TABLE adjudications ( -- What a third person ruled where two disagreed, and why
    judgement_id VARCHAR PRIMARY KEY, -- judgements.id of the ruling
    item_id VARCHAR NOT NULL, -- items.id
    adjudicator VARCHAR NOT NULL, -- User name
    first_reviewer VARCHAR NOT NULL, -- User name
    second_reviewer VARCHAR NOT NULL, -- User name
    reason VARCHAR NOT NULL CHECK (trim(reason) <> ''), -- The adjudicator's own words
    ruled_at TIMESTAMPTZ NOT NULL, -- UTC
    CHECK (lower(trim(first_reviewer)) <> lower(trim(second_reviewer))),
    CHECK (lower(trim(adjudicator)) NOT IN (lower(trim(first_reviewer)), lower(trim(second_reviewer))))
);
CREATE TABLE gold ( -- Settled items against which reviewers are measured without knowing which they are
    item_id VARCHAR PRIMARY KEY, -- items.id
    verdict VARCHAR NOT NULL CHECK (verdict IN ('suspected', 'not_violation')), -- What it is
    codes JSON NOT NULL, -- [code]
    set_by VARCHAR NOT NULL, -- User name of the adjudicator
    set_at TIMESTAMPTZ NOT NULL -- UTC
);
CREATE TABLE drafts ( -- What a reviewer has begun to write and not yet sent
    item_id VARCHAR, -- items.id
    person VARCHAR, -- User name
    verdict VARCHAR, -- Chosen so far
    codes JSON NOT NULL, -- [code] chosen so far
    note VARCHAR NOT NULL, -- The reviewer's own words
    saved_at TIMESTAMPTZ NOT NULL, -- UTC
    PRIMARY KEY (item_id, person)
);
"""

JUDGED_BEFORE = """
    INSERT INTO assignments BY NAME
    SELECT flag_id AS item_id, lower(trim(reviewer)) AS person, 'blind' AS stage, decided_at AS taken_at,
           decided_at AS held_until, decided_at AS shown_at, id AS judgement_id, verdict, false AS closed
    FROM standing_judgements"""
"""Who has judged what, for a database that has judgements already."""

EDITS = """
CREATE TABLE edits ( -- Versions of posts that have several, so that they are found without reading all texts
    version_id VARCHAR PRIMARY KEY, -- versions.id
    post_id VARCHAR NOT NULL -- posts.id
);
"""

EDITED_BEFORE = """
    INSERT INTO edits SELECT id, post_id FROM versions QUALIFY count(*) OVER (PARTITION BY post_id) > 1"""
"""What was edited, for a database that has posts already."""

LEAVING = """
ALTER TABLE accounts ADD COLUMN suspended_at TIMESTAMPTZ; -- Since when its person is hidden (UU 27/2022 art. 41)
ALTER TABLE accounts ADD COLUMN suspended_by VARCHAR; -- Who suspended it
ALTER TABLE accounts ADD COLUMN suspended_reason VARCHAR; -- Why
CREATE VIEW listed AS -- Accounts that may be looked at and shown: on the list, and their person not suspended
    FROM accounts WHERE removed_at IS NULL AND suspended_at IS NULL;
CREATE TABLE tombstones ( -- What is left of a post that had to leave: a mark to know it again by, and what is counted
    mark VARCHAR PRIMARY KEY, -- HMAC-SHA-256 of its id under a key of the workspace
    outcome VARCHAR NOT NULL, -- unflagged, dismissed, unsettled, suspected, referred or erased
    platform VARCHAR NOT NULL, -- Where it was published
    election_id VARCHAR, -- The election it was held against
    phase VARCHAR, -- Phase of the election when it was posted
    week DATE, -- Monday of the week it was posted in (WIB)
    purged_at TIMESTAMPTZ NOT NULL, -- UTC
    event BIGINT NOT NULL -- audit.seq of the event that says why
);
CREATE TABLE exports ( -- Files and snapshots that left the record, so that they leave with what is in them
    path VARCHAR PRIMARY KEY, -- Where it was written
    kind VARCHAR NOT NULL, -- flags, reviews, posts, agreement, snapshot, person or backup
    made_at TIMESTAMPTZ NOT NULL, -- UTC
    made_by VARCHAR NOT NULL, -- User name
    sha256 VARCHAR NOT NULL, -- Of the file, or of the list of hashes of a folder
    identifiable BOOLEAN NOT NULL, -- It holds words or names, so somebody can be found by it
    series VARCHAR, -- Of a snapshot: the series whose key its ids are made with
    reason VARCHAR NOT NULL, -- Why; empty where nobody has to say
    agreement VARCHAR -- Reference of the written agreement with who gets it
);
"""

RUNNING = """
ALTER TABLE runs ADD COLUMN trigger VARCHAR DEFAULT 'hand'; -- What began it: hand, schedule, catch_up or backfill
ALTER TABLE runs ADD COLUMN started_by VARCHAR DEFAULT ''; -- User of the operating system who began it
ALTER TABLE runs ADD COLUMN since TIMESTAMPTZ; -- Posting times from here on were asked for, UTC
ALTER TABLE runs ADD COLUMN until TIMESTAMPTZ; -- Posting times before this were asked for, UTC; empty: no end
ALTER TABLE runs ADD COLUMN complete BIGINT; -- Accounts covered completely
ALTER TABLE runs ADD COLUMN partial BIGINT; -- Accounts covered in part
ALTER TABLE runs ADD COLUMN failed BIGINT; -- Accounts private, gone or blocked
ALTER TABLE runs ADD COLUMN not_tried BIGINT; -- Accounts not tried
ALTER TABLE runs ADD COLUMN new BIGINT; -- Posts never seen before
ALTER TABLE runs ADD COLUMN changed BIGINT; -- Posts with another text
ALTER TABLE runs ADD COLUMN missing BIGINT; -- Posts that were there and are not shown any more
ALTER TABLE runs ADD COLUMN requests BIGINT; -- Requests made
ALTER TABLE runs ADD COLUMN throttled BIGINT; -- Answers that asked to come later (429, 503)
ALTER TABLE runs ADD COLUMN bytes BIGINT; -- Bytes received
CREATE TABLE pauses ( -- Times in which nothing is gathered by schedule
    id VARCHAR PRIMARY KEY, -- Made by the pause
    since TIMESTAMPTZ NOT NULL, -- UTC
    until TIMESTAMPTZ, -- UTC; empty: until it is lifted
    paused_by VARCHAR NOT NULL, -- Who stopped it
    reason VARCHAR NOT NULL, -- Why
    lifted_at TIMESTAMPTZ, -- When it was lifted, UTC
    lifted_by VARCHAR -- Who lifted it
);
CREATE TABLE keepers ( -- Which machine keeps the schedule; another one refuses while this one is heard of
    name VARCHAR PRIMARY KEY, -- What is kept: schedule
    machine VARCHAR NOT NULL, -- Id of the machine
    process BIGINT NOT NULL, -- Number of the process there
    since TIMESTAMPTZ NOT NULL, -- UTC
    seen_at TIMESTAMPTZ NOT NULL -- When it was last heard of, UTC
);
"""
