-- Every key starts with the tenant: a constraint without it would tell one tenant what another one has.
CREATE TABLE acme_gizmos (
  tenant_id   BLOB NOT NULL,
  id          BLOB NOT NULL,
  name        TEXT NOT NULL,
  name_key    TEXT NOT NULL,
  description TEXT NOT NULL,
  status      TEXT NOT NULL,
  version     INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX acme_gizmos_created_at ON acme_gizmos (tenant_id, created_at, id);

CREATE TABLE acme_gizmo_statistics (
  tenant_id BLOB NOT NULL,
  status    TEXT NOT NULL,
  number    INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, status)
) STRICT, WITHOUT ROWID;
