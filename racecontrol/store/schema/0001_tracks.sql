-- One row a flight. points, conflicts and the last fix are kept up by every write, so that a
-- screen of all pilots is one small query. Blank race_id, bib or source: not told yet.
CREATE TABLE flights (
    flight_no       INTEGER PRIMARY KEY,
    flight_id       TEXT    NOT NULL UNIQUE,
    race_id         TEXT    NOT NULL DEFAULT '',
    bib             TEXT    NOT NULL DEFAULT '',
    source          TEXT    NOT NULL DEFAULT '',
    points          INTEGER NOT NULL DEFAULT 0,
    conflicts       INTEGER NOT NULL DEFAULT 0,
    first_ms        INTEGER,
    last_ms         INTEGER,
    last_lat_e7     INTEGER,
    last_lon_e7     INTEGER,
    last_alt_m      INTEGER,
    last_speed_cm_s INTEGER
);

CREATE INDEX flights_by_race ON flights (race_id, flight_id);

-- One row a fix, in the order of a flight's time, so a track is one read of neighbouring pages.
-- time_ms: UTC, since 1970. lat_e7, lon_e7: WGS84, 1e-7 degree. NULL: the fix has no such value.
CREATE TABLE track_points (
    flight_no      INTEGER NOT NULL REFERENCES flights,
    time_ms        INTEGER NOT NULL,
    lat_e7         INTEGER NOT NULL,
    lon_e7         INTEGER NOT NULL,
    gnss_alt_m     INTEGER,
    pressure_alt_m INTEGER,
    speed_cm_s     INTEGER,
    heading_deg    INTEGER,
    PRIMARY KEY (flight_no, time_ms)
) WITHOUT ROWID;

-- Fixes that came with the time of a stored fix and another position. Kept, since they are evidence;
-- by their whole value, so that a batch that is delivered twice is counted once.
CREATE TABLE track_conflicts (
    flight_no INTEGER NOT NULL REFERENCES flights,
    time_ms   INTEGER NOT NULL,
    lat_e7    INTEGER NOT NULL,
    lon_e7    INTEGER NOT NULL,
    PRIMARY KEY (flight_no, time_ms, lat_e7, lon_e7)
) WITHOUT ROWID;

-- The ledger: one row an enqueue call. created_at: UTC, ms since 1970.
CREATE TABLE queue_operations (
    operation_no INTEGER PRIMARY KEY,
    created_at   INTEGER NOT NULL,
    queue        TEXT    NOT NULL,
    method       TEXT    NOT NULL,
    point_count  INTEGER NOT NULL,
    item_count   INTEGER NOT NULL,
    duration_ms  REAL    NOT NULL,
    outcome      TEXT    NOT NULL
);

CREATE INDEX queue_operations_by_time ON queue_operations (created_at);

-- The same for people: times as ISO 8601, positions in degrees.
CREATE VIEW readable_points AS
SELECT
    flight_id, race_id, bib, source,
    strftime('%Y-%m-%dT%H:%M:%fZ', time_ms / 1000.0, 'unixepoch') AS time,
    lat_e7 / 1e7 AS lat_deg,
    lon_e7 / 1e7 AS lon_deg,
    gnss_alt_m, pressure_alt_m,
    speed_cm_s / 100.0 AS speed_m_s,
    heading_deg
FROM track_points JOIN flights USING (flight_no);

CREATE VIEW readable_flights AS
SELECT
    flight_id, race_id, bib, source, points, conflicts,
    strftime('%Y-%m-%dT%H:%M:%fZ', first_ms / 1000.0, 'unixepoch') AS first_fix,
    strftime('%Y-%m-%dT%H:%M:%fZ', last_ms / 1000.0, 'unixepoch') AS last_fix,
    last_lat_e7 / 1e7 AS last_lat_deg,
    last_lon_e7 / 1e7 AS last_lon_deg,
    last_alt_m
FROM flights;

CREATE VIEW readable_operations AS
SELECT
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    queue, method, point_count, item_count, duration_ms, outcome
FROM queue_operations;
