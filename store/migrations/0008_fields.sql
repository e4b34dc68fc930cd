-- What people say of agency, year and form of a report, like what they say of cells.

-- +goose Up
-- cell may name one of these fields now; text is what is said of it.
ALTER TABLE correction ADD COLUMN text TEXT;
-- Of which of them people spoke, with a space between.
ALTER TABLE report ADD COLUMN reviewed TEXT NOT NULL DEFAULT '';
ALTER TABLE live ADD COLUMN reviewed TEXT NOT NULL DEFAULT '';

DROP VIEW corrections;
-- All that people said, with the report that their file gives, where it does.
CREATE VIEW corrections AS
SELECT k.id, k.source AS sha256, r.id AS report, a.name AS agency, a.division, r.year, k.cell, k.says AS state, k.value,
    k.read_text, k.read_state, k.read_value, k.reason, k.person, k.made, k.text
FROM correction k
LEFT JOIN report r ON r.source = k.source
LEFT JOIN agency a ON a.id = r.agency;

-- +goose Down
DROP VIEW corrections;
DELETE FROM correction WHERE text IS NOT NULL;
ALTER TABLE live DROP COLUMN reviewed;
ALTER TABLE report DROP COLUMN reviewed;
ALTER TABLE correction DROP COLUMN text;
CREATE VIEW corrections AS
SELECT k.id, k.source AS sha256, r.id AS report, a.name AS agency, a.division, r.year, k.cell, k.says AS state, k.value,
    k.read_text, k.read_state, k.read_value, k.reason, k.person, k.made
FROM correction k
LEFT JOIN report r ON r.source = k.source
LEFT JOIN agency a ON a.id = r.agency;
