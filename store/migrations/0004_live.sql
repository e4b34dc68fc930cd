-- Which reports are live, and what they say, kept ready: asking every report for
-- its age, its twins and its cells takes seconds where there are many.

-- +goose Up
DROP VIEW findings;
DROP VIEW observations;
DROP VIEW reports;
DROP VIEW live_report;

-- A row of PostgreSQL has a header of 24 bytes: there the observations of a report are
-- one row, a column an array, and the table is a view. (Lines that begin with
-- --postgres are comments to SQLite.)
--postgres DROP VIEW twin_in_doubt;
--postgres CREATE TABLE observation_columns (
--postgres     report INTEGER PRIMARY KEY,
--postgres     cells  SMALLINT[] NOT NULL,
--postgres     vals   BIGINT[] NOT NULL,
--postgres     flags  SMALLINT[] NOT NULL
--postgres );
--postgres INSERT INTO observation_columns
--postgres SELECT report, array_agg(cell ORDER BY cell), array_agg(value ORDER BY cell), array_agg(flags ORDER BY cell)
--postgres FROM observation GROUP BY report;
--postgres DROP TABLE observation;
--postgres CREATE VIEW observation AS
--postgres SELECT c.report, o.cell::INTEGER AS cell, o.value, o.flags::INTEGER AS flags
--postgres FROM observation_columns c CROSS JOIN LATERAL unnest(c.cells, c.vals, c.flags) AS o (cell, value, flags);
--postgres CREATE VIEW twin_in_doubt AS
--postgres SELECT report, 1 AS more FROM twin_doubt
--postgres UNION ALL
--postgres SELECT j.report, (p.flags / 8) % 2 - (o.flags / 8) % 2
--postgres FROM twin_cell j
--postgres JOIN observation o ON o.report = j.report AND o.cell = j.cell
--postgres JOIN observation p ON p.report = j.part AND p.cell = j.cell;

-- The reports that could be live, and for which agency and year.
CREATE VIEW placed AS
SELECT r.id AS report, r.source, r.agency, r.year
FROM report r
WHERE r.form IS NOT NULL AND r.agency IS NOT NULL AND r.year IS NOT NULL;

-- Those that have no chosen twin, and when they were seen last. Of one agency and
-- year the one seen last is live.
CREATE VIEW candidate AS
SELECT p.report, p.source, p.agency, p.year, (SELECT MAX(id) FROM (
        SELECT MAX(s.id) AS id FROM sighting s WHERE s.source = p.source
        UNION ALL
        SELECT MAX(s.id) FROM member m JOIN sighting s ON s.source = m.archive WHERE m.source = p.source
    ) own_or_archive) AS newest
FROM placed p
WHERE NOT EXISTS (SELECT 1 FROM twin t WHERE t.report = p.report);

-- The live reports. A row is made anew in the transaction that changes what it rests
-- on (store/refresh.go); where none is left the program makes them all as it opens
-- the store. cells are all values of the report, with what twins and parts say
-- (store/cells.go); joined is how many of them are those of parts.
CREATE TABLE live (
    agency   INTEGER NOT NULL,
    year     INTEGER NOT NULL,
    report   INTEGER NOT NULL,
    form     TEXT NOT NULL,
    source   TEXT NOT NULL,
    path     TEXT NOT NULL,
    in_doubt INTEGER NOT NULL,
    joined   INTEGER NOT NULL,
    cells    BYTEA NOT NULL,
    PRIMARY KEY (agency, year)
) WITHOUT ROWID;
CREATE UNIQUE INDEX live_number ON live (report);
CREATE INDEX live_year ON live (year);

CREATE VIEW live_report AS
SELECT r.id, r.source, r.media_type, r.pages, l.agency, l.year, r.form, r.dated, r.cells, l.in_doubt, l.path
FROM live l JOIN report r ON r.id = l.report;

CREATE VIEW reports AS
SELECT r.id AS report, a.name AS agency, a.division, r.year, r.form, r.dated, r.media_type, r.pages, r.cells, r.in_doubt,
    r.source AS sha256, r.path
FROM live_report r JOIN agency a ON a.id = r.agency;

-- value is the exact decimal as text: the digits of observation.value with the
-- point put back, at the place that flags / 32 says. Cells that a part of a report
-- holds are those of the part (o), not of the chosen report (own).
CREATE VIEW observations AS
SELECT own.report, a.name AS agency, a.division, r.year, r.form, c.name AS cell,
    CASE
        WHEN w.value IS NOT NULL THEN w.value
        WHEN o.flags < 32 THEN CAST(o.value AS TEXT)
        ELSE CASE WHEN o.value < 0 THEN '-' ELSE '' END || CASE
            WHEN LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')) > o.flags / 32
            THEN SUBSTR(REPLACE(CAST(o.value AS TEXT), '-', ''), 1, LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')) - o.flags / 32)
                || '.' || SUBSTR(REPLACE(CAST(o.value AS TEXT), '-', ''), LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')) - o.flags / 32 + 1)
            ELSE '0.' || SUBSTR('000000000000000000', 1, o.flags / 32 - LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')))
                || REPLACE(CAST(o.value AS TEXT), '-', '')
        END
    END AS value,
    c.unit,
    CASE o.flags % 8 WHEN 0 THEN 'reported' WHEN 1 THEN 'blank' WHEN 2 THEN 'dash' WHEN 3 THEN 'absent'
        WHEN 4 THEN 'unreadable' WHEN 5 THEN 'derived' END AS state,
    CASE WHEN o.flags / 8 % 2 = 0 AND d.cell IS NULL THEN 'ok' ELSE 'review' END AS status
FROM live_report r
JOIN agency a ON a.id = r.agency
JOIN observation own ON own.report = r.id
LEFT JOIN twin_cell j ON j.report = own.report AND j.cell = own.cell
JOIN observation o ON o.report = COALESCE(j.part, own.report) AND o.cell = own.cell
JOIN cell c ON c.id = own.cell
LEFT JOIN twin_doubt d ON d.report = o.report AND d.cell = o.cell
LEFT JOIN observation_wide w ON w.report = o.report AND w.cell = o.cell;

-- A table that parts hold is not missing: not where they give as many of its cells
-- as the finding names.
CREATE VIEW findings AS
SELECT r.id AS report, a.name AS agency, a.division, r.year, r.form, f.rule, f.severity, f.ids AS cells, f.message
FROM live_report r
JOIN agency a ON a.id = r.agency
JOIN (
    SELECT report, rule, severity, ids, message FROM finding own
    WHERE rule <> 'table_missing' OR LENGTH(ids) - LENGTH(REPLACE(ids, ' ', '')) + 1 > (
        SELECT COUNT(*) FROM twin_cell j JOIN cell c ON c.id = j.cell
        WHERE j.report = own.report
            AND REPLACE(' ' || own.ids || ' ', ' ' || c.name || ' ', '') <> ' ' || own.ids || ' ')
    UNION ALL
    SELECT t.chosen, p.rule, p.severity, p.ids, p.message
    FROM twin t JOIN finding p ON p.report = t.report WHERE t.part = 1 AND p.rule <> 'table_missing'
    UNION ALL
    SELECT report, rule, severity, ids, message FROM twin_finding
) f ON f.report = r.id;

-- +goose Down
DROP VIEW findings;
DROP VIEW observations;
DROP VIEW reports;
DROP VIEW live_report;
DROP TABLE live;
DROP VIEW candidate;
DROP VIEW placed;
--postgres DROP VIEW twin_in_doubt;
--postgres CREATE TABLE observation_rows (
--postgres     report INTEGER NOT NULL,
--postgres     cell   INTEGER NOT NULL,
--postgres     value  BIGINT,
--postgres     flags  INTEGER NOT NULL
--postgres );
--postgres INSERT INTO observation_rows SELECT report, cell, value, flags FROM observation;
--postgres DROP VIEW observation;
--postgres DROP TABLE observation_columns;
--postgres ALTER TABLE observation_rows RENAME TO observation;
--postgres ALTER TABLE observation ADD PRIMARY KEY (report, cell);
--postgres CREATE VIEW twin_in_doubt AS
--postgres SELECT report, 1 AS more FROM twin_doubt
--postgres UNION ALL
--postgres SELECT j.report, (p.flags / 8) % 2 - (o.flags / 8) % 2
--postgres FROM twin_cell j
--postgres JOIN observation o ON o.report = j.report AND o.cell = j.cell
--postgres JOIN observation p ON p.report = j.part AND p.cell = j.cell;
CREATE VIEW live_report AS
SELECT id, source, media_type, pages, agency, year, form, dated, cells,
    in_doubt + COALESCE((SELECT SUM(d.more) FROM twin_in_doubt d WHERE d.report = ranked.id), 0) AS in_doubt
FROM (
    SELECT seen.*, ROW_NUMBER() OVER (PARTITION BY agency, year ORDER BY newest DESC, id DESC) AS age
    FROM (
        SELECT r.*, (SELECT MAX(id) FROM (
            SELECT MAX(s.id) AS id FROM sighting s WHERE s.source = r.source
            UNION ALL
            SELECT MAX(s.id) FROM member m JOIN sighting s ON s.source = m.archive WHERE m.source = r.source
        ) own_or_archive) AS newest
        FROM report r
        WHERE r.form IS NOT NULL AND r.agency IS NOT NULL AND r.year IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM twin t WHERE t.report = r.id)
    ) seen
    WHERE newest IS NOT NULL
) ranked
WHERE age = 1;

CREATE VIEW reports AS
SELECT r.id AS report, a.name AS agency, a.division, r.year, r.form, r.dated, r.media_type, r.pages, r.cells, r.in_doubt,
    r.source AS sha256,
    (SELECT path FROM (
        SELECT g.id, g.path FROM sighting g WHERE g.source = r.source
        UNION ALL
        SELECT g.id, g.path || '!/' || m.name FROM member m JOIN sighting g ON g.source = m.archive WHERE m.source = r.source
    ) own_or_archive ORDER BY id DESC, path LIMIT 1) AS path
FROM live_report r JOIN agency a ON a.id = r.agency;

-- value is the exact decimal as text: the digits of observation.value with the
-- point put back, at the place that flags / 32 says. Cells that a part of a report
-- holds are those of the part (o), not of the chosen report (own).
CREATE VIEW observations AS
SELECT own.report, a.name AS agency, a.division, r.year, r.form, c.name AS cell,
    CASE
        WHEN w.value IS NOT NULL THEN w.value
        WHEN o.flags < 32 THEN CAST(o.value AS TEXT)
        ELSE CASE WHEN o.value < 0 THEN '-' ELSE '' END || CASE
            WHEN LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')) > o.flags / 32
            THEN SUBSTR(REPLACE(CAST(o.value AS TEXT), '-', ''), 1, LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')) - o.flags / 32)
                || '.' || SUBSTR(REPLACE(CAST(o.value AS TEXT), '-', ''), LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')) - o.flags / 32 + 1)
            ELSE '0.' || SUBSTR('000000000000000000', 1, o.flags / 32 - LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')))
                || REPLACE(CAST(o.value AS TEXT), '-', '')
        END
    END AS value,
    c.unit,
    CASE o.flags % 8 WHEN 0 THEN 'reported' WHEN 1 THEN 'blank' WHEN 2 THEN 'dash' WHEN 3 THEN 'absent'
        WHEN 4 THEN 'unreadable' WHEN 5 THEN 'derived' END AS state,
    CASE WHEN o.flags / 8 % 2 = 0 AND d.cell IS NULL THEN 'ok' ELSE 'review' END AS status
FROM live_report r
JOIN agency a ON a.id = r.agency
JOIN observation own ON own.report = r.id
LEFT JOIN twin_cell j ON j.report = own.report AND j.cell = own.cell
JOIN observation o ON o.report = COALESCE(j.part, own.report) AND o.cell = own.cell
JOIN cell c ON c.id = own.cell
LEFT JOIN twin_doubt d ON d.report = o.report AND d.cell = o.cell
LEFT JOIN observation_wide w ON w.report = o.report AND w.cell = o.cell;

-- A table that parts hold is not missing: not where they give as many of its cells
-- as the finding names.
CREATE VIEW findings AS
SELECT r.id AS report, a.name AS agency, a.division, r.year, r.form, f.rule, f.severity, f.ids AS cells, f.message
FROM live_report r
JOIN agency a ON a.id = r.agency
JOIN (
    SELECT report, rule, severity, ids, message FROM finding own
    WHERE rule <> 'table_missing' OR LENGTH(ids) - LENGTH(REPLACE(ids, ' ', '')) + 1 > (
        SELECT COUNT(*) FROM twin_cell j JOIN cell c ON c.id = j.cell
        WHERE j.report = own.report
            AND REPLACE(' ' || own.ids || ' ', ' ' || c.name || ' ', '') <> ' ' || own.ids || ' ')
    UNION ALL
    SELECT t.chosen, p.rule, p.severity, p.ids, p.message
    FROM twin t JOIN finding p ON p.report = t.report WHERE t.part = 1 AND p.rule <> 'table_missing'
    UNION ALL
    SELECT report, rule, severity, ids, message FROM twin_finding
) f ON f.report = r.id;
