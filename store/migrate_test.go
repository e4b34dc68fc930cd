package store

import "testing"

func TestTranslate(t *testing.T) {
	const migration = `-- TEXT WITHOUT ROWID;
CREATE TABLE a (
    sha256     TEXT PRIMARY KEY,
    text TEXT NOT NULL REFERENCES b (text),
	n INTEGER NOT NULL,
    PRIMARY KEY (sha256, text)
) WITHOUT ROWID;
ALTER TABLE a ADD COLUMN unit TEXT NOT NULL DEFAULT '';
CREATE TABLE c (id INTEGER)
without rowid ;
CREATE VIEW d AS SELECT CAST(n AS TEXT) AS TEXT,
    n AS text FROM a;
--postgres DROP TABLE c;
-- --postgres
`
	const want = `-- TEXT WITHOUT ROWID;
CREATE TABLE a (
    sha256     TEXT COLLATE "C" PRIMARY KEY,
    text TEXT COLLATE "C" NOT NULL REFERENCES b (text),
	n INTEGER NOT NULL,
    PRIMARY KEY (sha256, text)
);
ALTER TABLE a ADD COLUMN unit TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE TABLE c (id INTEGER);
CREATE VIEW d AS SELECT CAST(n AS TEXT) AS TEXT,
    n AS text FROM a;
DROP TABLE c;
-- --postgres
`
	if got := translate(migration); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
