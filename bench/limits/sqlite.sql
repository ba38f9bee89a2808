-- The rows that one create writes, for the limit of bar B14.
CREATE TABLE parcels(tenant_id BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, description TEXT NOT NULL, status TEXT NOT NULL, version INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name_key)) WITHOUT ROWID;
CREATE TABLE journal(id INTEGER PRIMARY KEY AUTOINCREMENT, tenant_id BLOB NOT NULL, event_id BLOB NOT NULL, stream BLOB NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, payload TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX journal_stream ON journal(stream, version);
CREATE TABLE stream_head(tenant_id BLOB NOT NULL, stream BLOB NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (tenant_id, stream)) WITHOUT ROWID;
CREATE TABLE idempotency(tenant_id BLOB NOT NULL, principal TEXT NOT NULL, operation TEXT NOT NULL, key BLOB NOT NULL, request_hash BLOB NOT NULL, reply TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tenant_id, principal, operation, key)) WITHOUT ROWID;
