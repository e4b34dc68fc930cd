-- Views for those who ask in SQL (docs/sql.md). Their names and columns stay;
-- the tables may change.

-- +goose Up
ALTER TABLE cell ADD COLUMN unit TEXT NOT NULL DEFAULT '';
UPDATE cell SET unit = CASE
    WHEN name IN ('request_fees', 'capacity.budget', 'proactive.fees.amount', 'proactive.procurement.amount') THEN '万元'
    WHEN name IN ('capacity.reading_points', 'capacity.units') THEN '个'
    WHEN name IN ('capacity.staff', 'capacity.staff.full_time', 'capacity.staff.part_time') THEN '人'
    WHEN name = 'capacity.trained' THEN '人次'
    WHEN name = 'response.interpretations' THEN '篇'
    WHEN name IN ('proactive.items', 'proactive.normative.published', 'proactive.channel.gazette', 'proactive.channel.other',
        'proactive.channel.website', 'proactive.channel.wechat', 'proactive.channel.weibo') THEN '条'
    WHEN name IN ('capacity.meetings', 'capacity.training_sessions', 'response.interviews', 'response.interviews_by_head',
        'response.other', 'response.press_conferences', 'response.press_conferences_by_head', 'response.social_media',
        'response.topics') THEN '次'
    WHEN name = 'proactive.procurement.items' OR name LIKE 'proactive.%.items_change' OR name LIKE 'proactive.%.items_last_year' THEN '项'
    ELSE '件'
END;

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

-- +goose Down
DROP VIEW findings;
DROP VIEW observations;
DROP VIEW reports;
ALTER TABLE cell DROP COLUMN unit;
