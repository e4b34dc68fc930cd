-- Which agency a report counts for: what the report says of it, how far that is
-- resolved, and what people decided.

-- +goose Up
-- report.agency is the agency that a report was resolved to; here is what that was
-- made of. version is that of the resolver, '' where the report is yet to be resolved,
-- decisions how many of them it knew. claims are JSON, candidates codes of divisions.
CREATE TABLE identity (
    report     INTEGER PRIMARY KEY,
    printed    TEXT NOT NULL,
    claims     TEXT NOT NULL,
    version    TEXT NOT NULL,
    decisions  INTEGER NOT NULL,
    outcome    TEXT NOT NULL,
    candidates TEXT NOT NULL,
    credit     TEXT NOT NULL
);

INSERT INTO identity (report, printed, claims, version, decisions, outcome, candidates, credit)
SELECT r.id, a.name, '[]', '', 0, '', '', '' FROM report r JOIN agency a ON a.id = r.agency WHERE r.form IS NOT NULL;

-- Append-only; what is undone is undone by a later one. uid is made of the content.
CREATE TABLE decision (
    id   INTEGER PRIMARY KEY,
    uid  TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);

-- +goose Down
DROP TABLE decision;
DROP TABLE identity;
