//! The tables on which the suites work.

use cloudlab_sql::Migration;

/// The tables of the suites, which every test database has.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_contract", postgres: (POSTGRES, DOWN), sqlite: (SQLITE, DOWN) }];

const POSTGRES: &str = "
CREATE TABLE sample (
  tenant_id uuid NOT NULL, id uuid NOT NULL,
  flag boolean, number bigint, label text, other uuid, octets bytea, instant timestamptz, document json,
  PRIMARY KEY (tenant_id, id)
);
CREATE TABLE account (
  tenant_id uuid NOT NULL, id uuid NOT NULL,
  name text NOT NULL, balance bigint NOT NULL, version bigint NOT NULL DEFAULT 1, note text,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT account_name_unique UNIQUE (tenant_id, name)
);
CREATE TABLE booking (
  tenant_id uuid NOT NULL, account uuid NOT NULL, place bigint NOT NULL, text text NOT NULL,
  PRIMARY KEY (tenant_id, account, place),
  FOREIGN KEY (tenant_id, account) REFERENCES account (tenant_id, id)
);
CREATE TABLE tally (
  tenant_id uuid NOT NULL, name text NOT NULL, total bigint NOT NULL,
  PRIMARY KEY (tenant_id, name)
);
";

const SQLITE: &str = "
CREATE TABLE sample (
  tenant_id BLOB NOT NULL, id BLOB NOT NULL,
  flag INTEGER, number INTEGER, label TEXT, other BLOB, octets BLOB, instant INTEGER, document TEXT,
  PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE TABLE account (
  tenant_id BLOB NOT NULL, id BLOB NOT NULL,
  name TEXT NOT NULL, balance INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, note TEXT,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT account_name_unique UNIQUE (tenant_id, name)
) STRICT;
CREATE TABLE booking (
  tenant_id BLOB NOT NULL, account BLOB NOT NULL, place INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (tenant_id, account, place),
  FOREIGN KEY (tenant_id, account) REFERENCES account (tenant_id, id)
) STRICT;
CREATE TABLE tally (
  tenant_id BLOB NOT NULL, name TEXT NOT NULL, total INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, name)
) STRICT;
";

const DOWN: &str = "DROP TABLE tally; DROP TABLE booking; DROP TABLE account; DROP TABLE sample;";
