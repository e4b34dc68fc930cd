-- Files of archives, and reports that were published in two forms.

-- +goose Up
-- An archive's rows list what it holds; each file in it is a source of its own,
-- which stands wherever the archive was seen.
CREATE TABLE member (
    archive TEXT NOT NULL REFERENCES source (sha256),
    seq     INTEGER NOT NULL,
    name    TEXT NOT NULL,
    source  TEXT NOT NULL REFERENCES source (sha256),
    PRIMARY KEY (archive, seq)
);
CREATE INDEX member_source ON member (source);

-- Where sources were seen, those in archives included. It is for looking at many:
-- what is asked of one source is spelled out, or SQLite would make the whole view.
CREATE VIEW sighted AS
SELECT id, path, source FROM sighting
UNION ALL
SELECT g.id, g.path || '!/' || m.name, m.source
FROM member m JOIN sighting g ON g.source = m.archive;

-- A report that says the same as a chosen one, or holds tables that the chosen one
-- lacks (part = 1), and what that adds to the chosen one: findings, cells under
-- review, cells of the parts. All of it is computed from the other rows at the end
-- of a run.
CREATE TABLE twin (
    report INTEGER PRIMARY KEY,
    chosen INTEGER NOT NULL,
    part   INTEGER NOT NULL
);
CREATE INDEX twin_chosen ON twin (chosen);

CREATE TABLE twin_finding (
    report   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    rule     TEXT NOT NULL,
    severity TEXT NOT NULL,
    ids      TEXT NOT NULL,
    message  TEXT NOT NULL,
    PRIMARY KEY (report, seq)
);

CREATE TABLE twin_doubt (
    report INTEGER NOT NULL,
    cell   INTEGER NOT NULL,
    PRIMARY KEY (report, cell)
);

CREATE TABLE twin_cell (
    report INTEGER NOT NULL,
    cell   INTEGER NOT NULL,
    part   INTEGER NOT NULL,
    PRIMARY KEY (report, cell)
);
CREATE INDEX twin_cell_part ON twin_cell (part);

-- How many more cells of a report are in doubt for its twins and parts; the bit of
-- value 8 is that of review.
CREATE VIEW twin_in_doubt AS
SELECT report, 1 AS more FROM twin_doubt
UNION ALL
SELECT j.report, (p.flags / 8) % 2 - (o.flags / 8) % 2
FROM twin_cell j
JOIN observation o ON o.report = j.report AND o.cell = j.cell
JOIN observation p ON p.report = j.part AND p.cell = j.cell;

-- Of the reports of one agency and year that have no chosen twin, the one whose
-- bytes were seen last.
DROP VIEW live_report;
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

-- +goose Down
DROP VIEW live_report;
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
DROP VIEW twin_in_doubt;
DROP TABLE twin_cell;
DROP TABLE twin_doubt;
DROP TABLE twin_finding;
DROP TABLE twin;
DROP VIEW sighted;
DROP TABLE member;
