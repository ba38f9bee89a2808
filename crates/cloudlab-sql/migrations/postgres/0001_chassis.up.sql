-- Raises, so that every later statement of the same transaction is refused and COMMIT rolls back: a commit is
-- sent whole, before the first answer is read, and a condition that merely returned false would be too late.
CREATE FUNCTION cloudlab_require(holds boolean, label text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF holds IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'CL001', MESSAGE = label;
  END IF;
END $$;

-- One number a draw: a cached range would hand out ids out of order between connections.
CREATE SEQUENCE journal_id AS bigint CACHE 1 NO CYCLE;

CREATE TABLE journal (
  -- The transaction id comes first, so that whoever has drawn an id is visible to every proof about it.
  id         bigint PRIMARY KEY DEFAULT (CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('journal_id') END),
  tenant_id  uuid NOT NULL,
  event_id   uuid NOT NULL,
  aggregate  text NOT NULL,
  stream     uuid NOT NULL,
  sequence   bigint NOT NULL,
  what       text NOT NULL,
  version    smallint NOT NULL,
  public     boolean NOT NULL,
  data       json NOT NULL,
  at         timestamptz NOT NULL,
  principal  text NOT NULL,
  request_id text NOT NULL,
  trace      text
);
-- Aggregates are loaded from internal events; readers follow public ones by id, so those pay for one index only.
CREATE INDEX journal_stream ON journal (stream, sequence) WHERE NOT public;

CREATE TABLE stream_head (
  tenant_id uuid NOT NULL,
  stream    uuid NOT NULL,
  version   bigint NOT NULL,
  PRIMARY KEY (tenant_id, stream)
);

CREATE TABLE idempotency (
  tenant_id    uuid NOT NULL,
  principal    text NOT NULL,
  operation    text NOT NULL,
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  status       integer NOT NULL,
  headers      text NOT NULL,
  body         bytea NOT NULL,
  at           timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, principal, operation, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE inbox (
  tenant_id uuid NOT NULL,
  consumer  text NOT NULL,
  event_id  uuid NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, consumer, event_id)
);
CREATE INDEX inbox_at ON inbox (at);

CREATE TABLE dead_letters (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  consumer    text NOT NULL,
  event_id    uuid NOT NULL,
  topic       text NOT NULL,
  message     text NOT NULL,
  cause       text NOT NULL,
  attempts    integer NOT NULL,
  parked_at   timestamptz NOT NULL,
  replayed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT dead_letters_event_id_unique UNIQUE (tenant_id, consumer, event_id)
);

CREATE TABLE journal_reader (
  reader      text PRIMARY KEY,
  high        bigint NOT NULL,
  lowest      bigint NOT NULL,
  gaps        text NOT NULL,
  incarnation text NOT NULL,
  halted      text,
  owner       uuid,
  fence       bigint NOT NULL,
  lease_until timestamptz NOT NULL
);

CREATE TABLE journal_dead_gap (
  reader   text NOT NULL,
  lo       bigint NOT NULL,
  hi       bigint NOT NULL,
  found_at timestamptz NOT NULL,
  PRIMARY KEY (reader, lo)
);

CREATE TABLE journal_pruned (mark bigint NOT NULL);
INSERT INTO journal_pruned VALUES (0);
