-- A single call costs something itself and something for each point: the cost of other work is the sum. What
-- was measured before, of items of 100 points, counts for items of any size.
DROP VIEW pipeline_by_minute;

ALTER TABLE baselines RENAME COLUMN ms_per_item TO ms_per_call;
ALTER TABLE baselines ADD COLUMN ms_per_point REAL NOT NULL DEFAULT 0;

-- The pipeline: its share of the enqueue calls, and what it saved against single calls of the same items and
-- points: as measured last before the minute ended, else as measured first; NULL where nobody measured.
-- standard_ms_per_item: the mean of those single calls, in a minute without any that of an item of 100 points.
CREATE VIEW pipeline_by_minute AS
SELECT
    minute_s,
    operations,
    pipelined_share,
    ms_per_call + ms_per_point * coalesce(points * 1.0 / nullif(items, 0), 100) AS standard_ms_per_item,
    (ms_per_call * items + ms_per_point * points - duration_ms) / 1000.0 AS saved_s
FROM (
    SELECT
        minute_s,
        count(*) AS operations,
        avg(method = 'pipeline') AS pipelined_share,
        sum(iif(method = 'pipeline', items, 0)) AS items,
        sum(iif(method = 'pipeline', points, 0)) AS points,
        sum(iif(method = 'pipeline', duration_ms, 0.0)) AS duration_ms
    FROM counted_operations
    WHERE method <> 'dequeue'
    GROUP BY minute_s
)
LEFT JOIN baselines ON measured_at = coalesce(
    (SELECT max(measured_at) FROM baselines WHERE measured_at < (minute_s + 60) * 1000),
    (SELECT min(measured_at) FROM baselines));
