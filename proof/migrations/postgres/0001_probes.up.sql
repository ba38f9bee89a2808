CREATE TABLE probes (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  value     bigint NOT NULL,
  version   bigint NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

-- The event is not unique here: an effect that happens twice must be seen, not prevented.
CREATE TABLE probe_log (
  tenant_id uuid NOT NULL,
  entry     uuid NOT NULL,
  place     bigint GENERATED ALWAYS AS IDENTITY,
  event_id  uuid NOT NULL,
  stream    uuid NOT NULL,
  sequence  bigint NOT NULL,
  value     bigint NOT NULL,
  PRIMARY KEY (tenant_id, entry)
);
CREATE INDEX probe_log_place ON probe_log (place);

CREATE TABLE probe_refusals (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  wanted    boolean NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

-- Refuses a transaction when it ends: its events have drawn their ids by then, which nobody will ever see.
CREATE FUNCTION probe_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CL001', MESSAGE = 'probe_refusals';
END $$;
CREATE CONSTRAINT TRIGGER probe_refusals_end AFTER INSERT ON probe_refusals
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION probe_refuse();
