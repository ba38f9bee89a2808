CREATE TABLE probes (
  tenant_id BLOB NOT NULL,
  id        BLOB NOT NULL,
  value     INTEGER NOT NULL,
  version   INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- The event is not unique here: an effect that happens twice must be seen, not prevented.
CREATE TABLE probe_log (
  place     INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id BLOB NOT NULL,
  entry     BLOB NOT NULL,
  event_id  BLOB NOT NULL,
  stream    BLOB NOT NULL,
  sequence  INTEGER NOT NULL,
  value     INTEGER NOT NULL,
  UNIQUE (tenant_id, entry)
) STRICT;

-- It stays empty: a change of a row that is not there is refused.
CREATE TABLE probe_refusals (
  tenant_id BLOB NOT NULL,
  id        BLOB NOT NULL,
  wanted    INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
