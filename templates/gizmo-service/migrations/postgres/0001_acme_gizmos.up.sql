-- Every key starts with the tenant: a constraint without it would tell one tenant what another one has.
CREATE TABLE acme_gizmos (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  name        text NOT NULL,
  name_key    text COLLATE "C" NOT NULL,
  description text NOT NULL,
  status      text NOT NULL,
  version     bigint NOT NULL,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT acme_gizmos_name_key_unique UNIQUE (tenant_id, name_key)
);
CREATE INDEX acme_gizmos_created_at ON acme_gizmos (tenant_id, created_at, id);

CREATE TABLE acme_gizmo_statistics (
  tenant_id uuid NOT NULL,
  status    text NOT NULL,
  number    bigint NOT NULL,
  PRIMARY KEY (tenant_id, status)
);
