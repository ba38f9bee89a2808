DROP TABLE probe_refusals;
DROP FUNCTION probe_refuse();
DROP TABLE probe_log;
DROP TABLE probes;
