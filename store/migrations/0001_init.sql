-- Written for SQLite and PostgreSQL alike. Ids are given out by the store, which
-- has one writer; times are ISO 8601 in UTC.

-- +goose Up
CREATE TABLE source (
    sha256     TEXT PRIMARY KEY,
    size       BIGINT NOT NULL,
    first_path TEXT NOT NULL,
    first_seen TEXT NOT NULL
);

-- One row whenever a path shows other bytes than before. The newest row of a
-- path is what stands there now.
CREATE TABLE sighting (
    id     INTEGER PRIMARY KEY,
    path   TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES source (sha256),
    seen   TEXT NOT NULL
);
CREATE INDEX sighting_path ON sighting (path, id);
CREATE INDEX sighting_source ON sighting (source, id);

-- What a step of some version made of some input: the SHA-256 of its artifact,
-- or the refusal as JSON.
CREATE TABLE derivation (
    step    TEXT NOT NULL,
    input   TEXT NOT NULL,
    version TEXT NOT NULL,
    output  TEXT,
    error   TEXT,
    PRIMARY KEY (step, input, version)
);

-- The version of each step whose outputs are live.
CREATE TABLE activation (
    step    TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    since   TEXT NOT NULL
);

CREATE TABLE agency (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    division TEXT NOT NULL,
    UNIQUE (name, division)
);

-- Small numbers for the canonical cell ids.
CREATE TABLE cell (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- The live rows of one source. basis is what they were made from: the Report
-- artifact, or the refusal.
CREATE TABLE report (
    id         INTEGER PRIMARY KEY,
    source     TEXT NOT NULL UNIQUE REFERENCES source (sha256),
    basis      TEXT NOT NULL,
    version    TEXT NOT NULL,
    media_type TEXT NOT NULL,
    pages      INTEGER NOT NULL,
    agency     INTEGER REFERENCES agency (id),
    year       INTEGER,
    form       TEXT,
    dated      TEXT,
    cells      INTEGER NOT NULL,
    in_doubt   INTEGER NOT NULL
);
CREATE INDEX report_agency ON report (agency, year);
CREATE INDEX report_year ON report (year);

-- value is the printed decimal without its point; flags hold state, status and
-- the place of the point (store/observation.go).
CREATE TABLE observation (
    report INTEGER NOT NULL,
    cell   INTEGER NOT NULL,
    value  BIGINT,
    flags  INTEGER NOT NULL,
    PRIMARY KEY (report, cell)
) WITHOUT ROWID;

-- Decimals too long for observation.value.
CREATE TABLE observation_wide (
    report INTEGER NOT NULL,
    cell   INTEGER NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (report, cell)
) WITHOUT ROWID;

CREATE TABLE finding (
    report   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    rule     TEXT NOT NULL,
    severity TEXT NOT NULL,
    ids      TEXT NOT NULL,
    message  TEXT NOT NULL,
    PRIMARY KEY (report, seq)
) WITHOUT ROWID;

-- Of the reports of one agency and year, the one whose bytes were seen last.
CREATE VIEW live_report AS
SELECT id, source, media_type, pages, agency, year, form, dated, cells, in_doubt
FROM (
    SELECT r.*, ROW_NUMBER() OVER (
        PARTITION BY r.agency, r.year
        ORDER BY (SELECT MAX(s.id) FROM sighting s WHERE s.source = r.source) DESC, r.id DESC
    ) AS age
    FROM report r
    WHERE r.form IS NOT NULL AND r.agency IS NOT NULL AND r.year IS NOT NULL
) ranked
WHERE age = 1;

-- +goose Down
DROP VIEW live_report;
DROP TABLE finding;
DROP TABLE observation_wide;
DROP TABLE observation;
DROP TABLE report;
DROP TABLE cell;
DROP TABLE agency;
DROP TABLE activation;
DROP TABLE derivation;
DROP TABLE sighting;
DROP TABLE source;
