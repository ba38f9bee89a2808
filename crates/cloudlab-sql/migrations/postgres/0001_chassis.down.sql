DROP TABLE journal_pruned, journal_dead_gap, journal_reader, dead_letters, inbox, idempotency, stream_head, journal;
DROP SEQUENCE journal_id;
DROP FUNCTION cloudlab_require(boolean, text);
