-- AUTOINCREMENT: an id is never given twice, also after the newest rows were pruned.
CREATE TABLE journal (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id  BLOB NOT NULL,
  event_id   BLOB NOT NULL,
  aggregate  TEXT NOT NULL,
  stream     BLOB NOT NULL,
  sequence   INTEGER NOT NULL,
  what       TEXT NOT NULL,
  version    INTEGER NOT NULL,
  public     INTEGER NOT NULL,
  data       TEXT NOT NULL,
  at         INTEGER NOT NULL,
  principal  TEXT NOT NULL,
  request_id TEXT NOT NULL,
  trace      TEXT
) STRICT;
-- Aggregates are loaded from internal events; readers follow public ones by id, so those pay for one index only.
CREATE INDEX journal_stream ON journal (stream, sequence) WHERE NOT public;

CREATE TABLE stream_head (
  tenant_id BLOB NOT NULL,
  stream    BLOB NOT NULL,
  version   INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  tenant_id    BLOB NOT NULL,
  principal    TEXT NOT NULL,
  operation    TEXT NOT NULL,
  key          TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  status       INTEGER NOT NULL,
  headers      TEXT NOT NULL,
  body         BLOB NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, principal, operation, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE inbox (
  tenant_id BLOB NOT NULL,
  consumer  TEXT NOT NULL,
  event_id  BLOB NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, consumer, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_at ON inbox (at);

CREATE TABLE dead_letters (
  tenant_id   BLOB NOT NULL,
  id          BLOB NOT NULL,
  consumer    TEXT NOT NULL,
  event_id    BLOB NOT NULL,
  topic       TEXT NOT NULL,
  message     TEXT NOT NULL,
  cause       TEXT NOT NULL,
  attempts    INTEGER NOT NULL,
  parked_at   INTEGER NOT NULL,
  replayed_at INTEGER,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, consumer, event_id)
) STRICT;

CREATE TABLE journal_reader (
  reader      TEXT PRIMARY KEY,
  high        INTEGER NOT NULL,
  lowest      INTEGER NOT NULL,
  gaps        TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  halted      TEXT,
  owner       BLOB,
  fence       INTEGER NOT NULL,
  lease_until INTEGER NOT NULL
) STRICT;

CREATE TABLE journal_dead_gap (
  reader   TEXT NOT NULL,
  lo       INTEGER NOT NULL,
  hi       INTEGER NOT NULL,
  found_at INTEGER NOT NULL,
  PRIMARY KEY (reader, lo)
) STRICT;

CREATE TABLE journal_pruned (mark INTEGER NOT NULL) STRICT;
INSERT INTO journal_pruned VALUES (0);

-- Stands for the system identifier of a server: a restored copy of another file is told apart by it.
CREATE TABLE journal_incarnation (id TEXT NOT NULL) STRICT;
INSERT INTO journal_incarnation VALUES (lower(hex(randomblob(16))));
