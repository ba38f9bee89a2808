\set a random(1, 2000000000)
\set b random(1, 2000000000)
\startpipeline
INSERT INTO things (tenant_id, id, note) VALUES ('00000000-0000-0000-0000-000000000001', md5(:a || '-' || :b)::uuid, 'x');
\endpipeline
