DROP TABLE acme_gizmo_statistics;
DROP TABLE acme_gizmos;
