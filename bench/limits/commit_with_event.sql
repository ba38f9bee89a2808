\set a random(1, 2000000000)
\set b random(1, 2000000000)
\startpipeline
INSERT INTO things (tenant_id, id, note) VALUES ('00000000-0000-0000-0000-000000000001', md5(:a || '-' || :b)::uuid, 'x');
INSERT INTO stream_head (tenant_id, stream, version) VALUES ('00000000-0000-0000-0000-000000000001', md5(:a || '-' || :b)::uuid, 1);
INSERT INTO journal (tenant_id, at, principal, request_id, stream, sequence, event_id, aggregate, what, version, public, data) VALUES ('00000000-0000-0000-0000-000000000001', now(), 'anonymous', 'bench', md5(:a || '-' || :b)::uuid, 1, md5(:b || '-' || :a)::uuid, 'thing', 'happened', 1, true, '{"id":"00000000-0000-0000-0000-000000000001","note":"x"}');
\endpipeline
