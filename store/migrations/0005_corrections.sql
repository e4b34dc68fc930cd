-- What people say of cells over what was read.

-- +goose Up
-- One row whenever somebody corrects, confirms or takes back: rows are added and
-- never changed. Those of files that are not stored here wait for them. key names a
-- row by all that it says, and replaces lists the keys that it sets aside, with a
-- space between (package review). says is the state of the cell and NULL where what
-- was said is taken back.
CREATE TABLE correction (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    source     TEXT NOT NULL,
    cell       TEXT NOT NULL,
    says       TEXT,
    value      TEXT,
    read_text  TEXT NOT NULL,
    read_state TEXT NOT NULL,
    read_value TEXT,
    reason     TEXT NOT NULL,
    person     TEXT NOT NULL,
    made       TEXT NOT NULL,
    replaces   TEXT NOT NULL
);
CREATE INDEX correction_source ON correction (source, id);

DROP VIEW observations;
-- reviewed is 1 where a person says what the cell holds (bit 10 of the flags). value is the exact decimal as text: the digits of observation.value with the
-- point put back, at the place that bits 5 to 9 of the flags say. Cells that a part of a report
-- holds are those of the part (o), not of the chosen report (own).
CREATE VIEW observations AS
SELECT own.report, a.name AS agency, a.division, r.year, r.form, c.name AS cell,
    CASE
        WHEN w.value IS NOT NULL THEN w.value
        WHEN (o.flags / 32) % 32 = 0 THEN CAST(o.value AS TEXT)
        ELSE CASE WHEN o.value < 0 THEN '-' ELSE '' END || CASE
            WHEN LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')) > (o.flags / 32) % 32
            THEN SUBSTR(REPLACE(CAST(o.value AS TEXT), '-', ''), 1, LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')) - (o.flags / 32) % 32)
                || '.' || SUBSTR(REPLACE(CAST(o.value AS TEXT), '-', ''), LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')) - (o.flags / 32) % 32 + 1)
            ELSE '0.' || SUBSTR('000000000000000000', 1, (o.flags / 32) % 32 - LENGTH(REPLACE(CAST(o.value AS TEXT), '-', '')))
                || REPLACE(CAST(o.value AS TEXT), '-', '')
        END
    END AS value,
    c.unit,
    CASE o.flags % 8 WHEN 0 THEN 'reported' WHEN 1 THEN 'blank' WHEN 2 THEN 'dash' WHEN 3 THEN 'absent'
        WHEN 4 THEN 'unreadable' WHEN 5 THEN 'derived' END AS state,
    CASE WHEN o.flags / 8 % 2 = 0 AND d.cell IS NULL THEN 'ok' ELSE 'review' END AS status,
    o.flags / 1024 % 2 AS reviewed
FROM live_report r
JOIN agency a ON a.id = r.agency
JOIN observation own ON own.report = r.id
LEFT JOIN twin_cell j ON j.report = own.report AND j.cell = own.cell
JOIN observation o ON o.report = COALESCE(j.part, own.report) AND o.cell = own.cell
JOIN cell c ON c.id = own.cell
LEFT JOIN twin_doubt d ON d.report = o.report AND d.cell = o.cell
LEFT JOIN observation_wide w ON w.report = o.report AND w.cell = o.cell;

-- All that people said, with the report that their file gives, where it does.
CREATE VIEW corrections AS
SELECT k.id, k.source AS sha256, r.id AS report, a.name AS agency, a.division, r.year, k.cell, k.says AS state, k.value,
    k.read_text, k.read_state, k.read_value, k.reason, k.person, k.made
FROM correction k
LEFT JOIN report r ON r.source = k.source
LEFT JOIN agency a ON a.id = r.agency;

-- +goose Down
DROP VIEW corrections;
DROP VIEW observations;
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
DROP TABLE correction;
