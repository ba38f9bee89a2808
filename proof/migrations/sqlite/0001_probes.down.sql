DROP TABLE probe_refusals;
DROP TABLE probe_log;
DROP TABLE probes;
