-- The ledger has a row for every batch taken out, too (method 'dequeue'). races: ids of the races whose
-- points were in it, separated by blanks. new_count: rows of a dequeue that the store did not have.
ALTER TABLE queue_operations ADD COLUMN races TEXT NOT NULL DEFAULT '';
ALTER TABLE queue_operations ADD COLUMN new_count INTEGER;

-- A panel asks by minute; without this every question would read a week.
CREATE INDEX queue_operations_by_minute ON queue_operations (created_at / 60000 * 60);

-- Each queue once a minute, and whenever competition mode is switched. sampled_at: UTC, ms since 1970.
CREATE TABLE queue_depths (
    sampled_at     INTEGER NOT NULL,
    queue          TEXT    NOT NULL,
    ready          INTEGER NOT NULL,
    leased         INTEGER NOT NULL,
    delayed        INTEGER NOT NULL,
    dead           INTEGER NOT NULL,
    points_pending INTEGER NOT NULL,
    is_competition INTEGER NOT NULL,
    occasion       TEXT    NOT NULL,
    PRIMARY KEY (sampled_at, queue, occasion)
) WITHOUT ROWID;

-- What one single enqueue call costs, each time it was measured.
CREATE TABLE baselines (
    measured_at INTEGER PRIMARY KEY,
    ms_per_item REAL NOT NULL
);

-- One operation as reports count it: items, points and duration of those that succeeded only. minute_s: the
-- minute it began in, UTC, seconds since 1970. The views below group by it at one level: SQLite does not
-- push a panel's range of time through two, and the index would not be used.
CREATE VIEW counted_operations AS
SELECT
    created_at / 60000 * 60 AS minute_s,
    queue, method, races,
    outcome = 'ok' AS is_ok,
    iif(outcome = 'ok', item_count, 0) AS items,
    iif(outcome = 'ok', point_count, 0) AS points,
    coalesce(new_count, 0) AS new_points,
    iif(outcome = 'ok', duration_ms, 0.0) AS duration_ms
FROM queue_operations;

-- What `racecontrol report` sums up.
CREATE VIEW operations_by_minute AS
SELECT
    minute_s, queue, method, races,
    count(*) AS operations,
    count(*) - sum(is_ok) AS failed,
    sum(items) AS items,
    sum(points) AS points,
    sum(new_points) AS new_points,
    sum(duration_ms) AS duration_ms,
    max(items) AS max_items,
    max(points) AS max_points
FROM counted_operations
GROUP BY minute_s, queue, method, races;

-- Batches: how large, by minute, queue and method.
CREATE VIEW batches_by_minute AS
SELECT
    minute_s, queue, method,
    count(*) AS operations,
    sum(items) * 1.0 / nullif(sum(is_ok), 0) AS average_items,
    max(items) AS max_items,
    sum(points) * 1.0 / nullif(sum(is_ok), 0) AS average_points,
    max(points) AS max_points
FROM counted_operations
GROUP BY minute_s, queue, method;

-- Methods: how often, how long, how much. points_per_s: while at it, not by the wall.
CREATE VIEW methods_by_minute AS
SELECT
    minute_s, method,
    count(*) AS operations,
    count(*) - sum(is_ok) AS failed,
    sum(items) AS items,
    sum(points) AS points,
    sum(duration_ms) / nullif(sum(is_ok), 0) AS average_ms,
    sum(points) * 1000.0 / nullif(sum(duration_ms), 0) AS points_per_s
FROM counted_operations
GROUP BY minute_s, method;

-- Insertion: rows that were new in the store, by the wall.
CREATE VIEW insertion_by_minute AS
SELECT minute_s, sum(new_points) AS points, sum(new_points) / 60.0 AS points_per_s
FROM counted_operations
WHERE method = 'dequeue'
GROUP BY minute_s;

-- The pipeline: its share of the enqueue calls, and what it saved against single calls: as measured last
-- before the minute ended, else as measured first; NULL where nobody measured.
CREATE VIEW pipeline_by_minute AS
SELECT
    minute_s,
    count(*) AS operations,
    avg(method = 'pipeline') AS pipelined_share,
    max(baseline_ms) AS standard_ms_per_item,
    sum(iif(method = 'pipeline', baseline_ms * items - duration_ms, baseline_ms * 0)) / 1000.0 AS saved_s
FROM (
    SELECT *, coalesce(
        (SELECT ms_per_item FROM baselines WHERE measured_at < (minute_s + 60) * 1000
         ORDER BY measured_at DESC LIMIT 1),
        (SELECT ms_per_item FROM baselines ORDER BY measured_at LIMIT 1)) AS baseline_ms
    FROM counted_operations
    WHERE method <> 'dequeue'
)
GROUP BY minute_s;

-- Queue depths for a graph: items that are ready, by minute.
CREATE VIEW depths_by_minute AS
SELECT
    sampled_at / 60000 * 60 AS minute_s, queue,
    max(ready) AS max_ready,
    max(ready + leased + delayed) AS max_pending,
    max(dead) AS max_dead,
    max(points_pending) AS max_points_pending,
    max(is_competition) AS is_competition
FROM queue_depths
GROUP BY sampled_at / 60000 * 60, queue;

-- Competition mode: each queue's ready items when it was switched on, at most while it was, and when it
-- was switched off; off_s and ready_after are NULL while it is on.
CREATE VIEW competition_depths AS
SELECT
    switched.sampled_at / 1000 AS on_s,
    off_at / 1000 AS off_s,
    switched.queue,
    switched.ready AS ready_before,
    (SELECT max(ready) FROM queue_depths AS during
     WHERE during.queue = switched.queue AND during.sampled_at >= switched.sampled_at
       AND during.sampled_at <= coalesce(off_at, during.sampled_at)) AS max_ready,
    (SELECT ready FROM queue_depths AS last
     WHERE last.queue = switched.queue AND last.sampled_at = off_at AND last.occasion = 'competition off')
        AS ready_after
FROM (
    SELECT *, (SELECT min(sampled_at) FROM queue_depths AS off
               WHERE off.queue = depth.queue AND off.occasion = 'competition off'
                 AND off.sampled_at > depth.sampled_at) AS off_at
    FROM queue_depths AS depth
    WHERE occasion = 'competition on'
) AS switched;

DROP VIEW readable_operations;

CREATE VIEW readable_operations AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    queue, method, point_count, item_count, duration_ms, outcome, races, new_count
FROM queue_operations;
