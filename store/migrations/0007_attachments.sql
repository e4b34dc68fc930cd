-- Pages that link the files with their tables.

-- +goose Up
-- The files that a page links to, by the names that they may have.
CREATE TABLE link (
    report INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (report, seq, name)
);

-- Which reports are linked by a page beside them that is of the same report, and
-- whether they take its agency, year and date (1), which they lack themselves. What
-- they take stands in their row of report. Computed at the end of a run.
CREATE TABLE attachment (
    report INTEGER NOT NULL,
    page   INTEGER NOT NULL,
    agency INTEGER NOT NULL,
    year   INTEGER NOT NULL,
    dated  INTEGER NOT NULL,
    PRIMARY KEY (report, page)
);
CREATE INDEX attachment_page ON attachment (page);

-- +goose Down
UPDATE report SET agency = NULL WHERE id IN (SELECT report FROM attachment WHERE agency = 1);
UPDATE report SET year = NULL WHERE id IN (SELECT report FROM attachment WHERE year = 1);
UPDATE report SET dated = NULL WHERE id IN (SELECT report FROM attachment WHERE dated = 1);
DROP TABLE attachment;
DROP TABLE link;
