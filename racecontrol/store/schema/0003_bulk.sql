-- Files whose points were accepted, so that an upload that is begun again goes on where it ended.
-- digest: of race, bib and content. accepted_at: UTC, ms since 1970.
CREATE TABLE uploads (
    digest      TEXT    PRIMARY KEY,
    race_id     TEXT    NOT NULL,
    flight_id   TEXT    NOT NULL,
    file_name   TEXT    NOT NULL,
    points      INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX uploads_by_race ON uploads (race_id);

-- One row each time a flight was scored: all items of one run are one version. asked_at: when its first
-- item came into the queue, UTC, ms since 1970. conflicts: of the flight, at that time.
CREATE TABLE scored_versions (
    version_no INTEGER PRIMARY KEY,
    flight_id  TEXT    NOT NULL,
    run        TEXT    NOT NULL,
    race_id    TEXT    NOT NULL,
    bib        TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    asked_at   INTEGER NOT NULL,
    conflicts  INTEGER NOT NULL,
    points     INTEGER NOT NULL DEFAULT 0,
    UNIQUE (flight_id, run)
);

CREATE INDEX scored_versions_by_race ON scored_versions (race_id, flight_id, version_no);

-- The points of one version, as `track_points` has those that came in. A version is never changed.
CREATE TABLE scored_points (
    version_no     INTEGER NOT NULL REFERENCES scored_versions,
    time_ms        INTEGER NOT NULL,
    lat_e7         INTEGER NOT NULL,
    lon_e7         INTEGER NOT NULL,
    gnss_alt_m     INTEGER,
    pressure_alt_m INTEGER,
    speed_cm_s     INTEGER,
    heading_deg    INTEGER,
    PRIMARY KEY (version_no, time_ms)
) WITHOUT ROWID;
