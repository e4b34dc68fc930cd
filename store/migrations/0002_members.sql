-- Files of archives. An archive's rows list what it holds; each file in it is a
-- source of its own, which stands wherever the archive was seen.

-- +goose Up
CREATE TABLE member (
    archive TEXT NOT NULL REFERENCES source (sha256),
    seq     INTEGER NOT NULL,
    name    TEXT NOT NULL,
    source  TEXT NOT NULL REFERENCES source (sha256),
    PRIMARY KEY (archive, seq)
);
CREATE INDEX member_source ON member (source);

-- Where sources were seen, those in archives included.
CREATE VIEW sighted AS
SELECT id, path, source FROM sighting
UNION ALL
SELECT g.id, g.path || '!/' || m.name, m.source
FROM member m JOIN sighting g ON g.source = m.archive;

DROP VIEW live_report;
CREATE VIEW live_report AS
SELECT id, source, media_type, pages, agency, year, form, dated, cells, in_doubt
FROM (
    SELECT seen.*, ROW_NUMBER() OVER (PARTITION BY agency, year ORDER BY newest DESC, id DESC) AS age
    FROM (
        SELECT r.*, (SELECT MAX(s.id) FROM sighted s WHERE s.source = r.source) AS newest
        FROM report r
        WHERE r.form IS NOT NULL AND r.agency IS NOT NULL AND r.year IS NOT NULL
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
DROP VIEW sighted;
DROP TABLE member;
