"""The statements that write made-up posts: the database itself puts the words together."""

from __future__ import annotations

# One number per post decides everything about it: lot(place) is what falls for one choice, lot(k, place) for the
# k-th of several, and pick(list, lot) takes an entry of a list by it (`many_writing` puts that into SQL).
MADE = """
    SELECT number, p.account_id, p.platform, concat('ramai/', number) AS native_id,
           concat(p.platform, ':ramai/', number) AS id, concat('https://ramai.nusarimba.example/', number) AS url,
           pick($roles, lot(1)) AS role,
           nullif(pick($languages, lot(2)), 'und') AS language,
           moment AS posted_at, c.phase, lot(3) % 20 = 0 AS flagged, lot(3) % 400 = 1 AS drawn, t.text,
           concat(id, '@', left(sha256(encode(t.text) || '\\x00'::BLOB), 16)) AS version_id
    FROM range($first, $last) AS r(number),
    LATERAL (SELECT CAST($now AS TIMESTAMPTZ) - to_seconds(CAST(lot(4) % ($days * 86400) AS BIGINT)) AS moment),
    LATERAL (SELECT replace(replace(CASE WHEN lot(3) % 20 = 0 THEN concat_ws(' ',
                 pick($leads, lot(5)), pick($calls, lot(6)),
                 pick($closes, lot(7)))
             ELSE concat_ws(' ', pick($leads, lot(5)), pick($subjects, lot(6)),
                 pick($deeds, lot(7)) || '.', pick($closes, lot(8))) END,
             '{n}', CAST(1 + lot(9) % 900 AS VARCHAR)), '{c}', CAST(1 + lot(9) % 3 AS VARCHAR)) AS text) AS t
    JOIN people AS p ON p.place = CAST(floor(pow(lot(10) % 1000003 / 1000003, 1.5)
                                              * (SELECT count(*) FROM people)) AS BIGINT)
    JOIN calendar AS c ON c.day = CAST(moment AT TIME ZONE 'Asia/Jakarta' AS DATE)"""

WRITE = (
    """INSERT INTO posts BY NAME SELECT id, platform, native_id, account_id, role, url, version_id,
           posted_at + INTERVAL 3 HOUR AS first_seen, posted_at + INTERVAL 8 DAY AS last_seen FROM made""",
    """INSERT INTO versions BY NAME SELECT version_id AS id, id AS post_id, text, '' AS context, language, posted_at,
           '[]' AS media, false AS truncated, true AS verifiable, false AS repaired, '' AS capture_sha256,
           'ramai' AS run_id, posted_at + INTERVAL 3 HOUR AS captured_at FROM made""",
    """INSERT INTO scores BY NAME SELECT version_id, label, $model AS model_id, $ruleset AS ruleset,
           CASE WHEN flagged AND label = 'campaign_support' THEN 0.55 + 0.44 * pow(lot(k, 28) % 997 / 997, 0.7)
                ELSE 0.01 + 0.4 * pow(lot(k, 28) % 997 / 997, 12) END AS probability
       FROM made, (VALUES (0, 'campaign_support'), (1, 'pns_attribute_use')) AS heads(k, label)""",
    """INSERT INTO flags BY NAME SELECT version_id AS id, id AS post_id, account_id, $election AS election_id, phase,
           posted_at, posted_at + INTERVAL 3 HOUR AS known_at, '[]' AS mentions, $ruleset AS ruleset,
           $model AS model_id, 'Dugaan (fiktif).' AS explanation,
           CASE WHEN lot(11) % 10 < 6 THEN posted_at + to_days(CAST(2 + lot(12) % 9 AS INTEGER)) END
               AS settled_at
       FROM made WHERE flagged""",
    """INSERT INTO flag_findings BY NAME SELECT version_id AS flag_id, code, position,
           '{"A":"yes","O":"yes"}' AS elements, '[]' AS citations, 'B' AS class_hint, '[]' AS modifiers
       FROM (SELECT version_id, 0 AS position, pick($codes, lot(13)) AS code
             FROM made WHERE flagged
             UNION ALL SELECT version_id, 1, pick($codes, lot(13) + 1)
             FROM made WHERE flagged AND lot(14) % 4 = 0)""",
    """INSERT INTO signals BY NAME SELECT version_id AS flag_id, k AS position,
           pick($codes, lot(13)) AS code, 'coblos {N}' AS entry,
           pick($weights, lot(k, 15)) AS weight,
           pick($channels, lot(k, 16)) AS channel,
           0 AS "start", 4 AS "end", left(text, 4) AS quote, 'id' AS language, '' AS rewrite,
           CASE WHEN lot(k, 17) % 2 = 0 THEN 'number' ELSE '' END AS object_kind,
           lot(k, 18) % 30 = 0 AS negated, lot(k, 19) % 20 = 0 AS quoted
       FROM made, range(2) AS r(k) WHERE flagged AND (k = 0 OR lot(20) % 2 = 0)""",
    """INSERT INTO draws BY NAME SELECT version_id AS id, id AS post_id, account_id, $election AS election_id, phase,
           posted_at, posted_at + INTERVAL 3 HOUR AS known_at, CAST(posted_at AS DATE) AS "day",
           posted_at + INTERVAL 5 DAY AS settled_at
       FROM made WHERE drawn AND NOT flagged""",
)

SAID = """
    SELECT number, version_id, posted_at, flagged, CAST(1 + lot(21) % len($reviewers) AS INTEGER) AS first,
           CAST(1 + (first + lot(22) % (len($reviewers) - 1)) % len($reviewers) AS INTEGER) AS second,
           CASE WHEN flagged THEN lot(23) % 10 < 6 ELSE lot(23) % 20 = 0 END AS truly,
           lot(24) % 10 = 0 AS apart
    FROM made WHERE (flagged AND lot(11) % 10 < 6) OR drawn"""

JUDGE = (
    """INSERT INTO judgements BY NAME
       SELECT concat('ramai-', number, '-', k) AS id,
              (SELECT coalesce(max(seq), 0) FROM judgements) + row_number() OVER (ORDER BY k, number) AS seq,
              version_id AS flag_id, who AS reviewer,
              CASE WHEN truly <> (k = 2 AND apart) THEN 'suspected' ELSE 'not_violation' END AS verdict,
              posted_at + to_days(CAST(1 + k AS INTEGER)) AS decided_at,
              CASE WHEN verdict = 'suspected' THEN to_json([pick($codes, lot(13))])
                   ELSE '[]' END AS codes,
              '' AS note, 4.0 + 90 * pow(lot(k, 25) % 997 / 997, 3) AS seconds,
              CASE WHEN k = 3 THEN 'adjudication' ELSE 'blind' END AS stage
       FROM (SELECT *, 1 AS k, $reviewers[first] AS who FROM said
             UNION ALL SELECT *, 2, $reviewers[second] FROM said
             UNION ALL SELECT *, 3, 'ketua.uji' FROM said WHERE apart)""",
    """INSERT INTO adjudications BY NAME SELECT concat('ramai-', number, '-3') AS judgement_id, version_id AS item_id,
           'ketua.uji' AS adjudicator, $reviewers[first] AS first_reviewer, $reviewers[second] AS second_reviewer,
           'dikarang' AS reason, posted_at + INTERVAL 4 DAY AS ruled_at FROM said WHERE apart""",
    """INSERT INTO assignments BY NAME SELECT flag_id AS item_id, reviewer AS person, stage, decided_at AS taken_at,
           decided_at AS held_until, decided_at AS shown_at, id AS judgement_id, verdict, true AS closed
       FROM judgements WHERE flag_id IN (SELECT version_id FROM said)""",
)

RUNS = """INSERT OR IGNORE INTO runs BY NAME
    SELECT concat('ramai-', k) AS id, 'scan' AS kind, $now - to_days(CAST(7 * k AS INTEGER)) AS started_at,
           started_at + INTERVAL 20 MINUTE AS ended_at, 0 AS exit_code, $versions AS versions, '' AS note
    FROM range($weeks) AS r(k)"""
COVERAGE = """INSERT OR IGNORE INTO coverage BY NAME
    SELECT concat('ramai-', k) AS run_id, account_id,
           CASE WHEN lot(k, 26) % 20 = 0 THEN 'partial' WHEN lot(k, 26) % 33 = 1 THEN 'private'
                WHEN platform = 'tiktok' THEN 'blocked' ELSE 'complete' END AS outcome,
           CASE WHEN outcome = 'complete' THEN '' ELSE 'dikarang' END AS reason,
           lot(k, 27) % 9 AS new, 0 AS changed, 5 AS unchanged, 2 AS requests,
           $now - to_days(CAST(7 * k AS INTEGER)) AS started_at, started_at + INTERVAL 1 MINUTE AS ended_at
    FROM (SELECT *, place AS number FROM people), range($weeks) AS r(k)"""
