-- The race log, copied from the queue server's stream, whose ids are created_at-sequence: a decision an entry,
-- kept for good. created_at: UTC, ms since 1970. Blank race_id: of the whole site.
CREATE TABLE race_log (
    created_at INTEGER NOT NULL,
    sequence   INTEGER NOT NULL,
    race_id    TEXT    NOT NULL,
    operator   TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    why        TEXT    NOT NULL,
    severity   TEXT    NOT NULL,
    PRIMARY KEY (created_at, sequence)
) WITHOUT ROWID;

CREATE VIEW readable_race_log AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    race_id, operator, what, why, severity
FROM race_log
ORDER BY race_log.created_at, sequence;
