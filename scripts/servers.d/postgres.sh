# shellcheck shell=bash
# PostgreSQL, for scripts/servers, which sources this file and defines the helpers and `script`, its own path.
# shellcheck disable=SC2154

# The server refuses to run as root. Root runs it as the user that the Debian package creates.
postgres_as_owner() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && exec runuser -u postgres -- "$@") </dev/null 9>&-
  else
    "$@" </dev/null 9>&-
  fi
}

postgres_dir() {
  if [ "$(id -u)" = 0 ] && id postgres >/dev/null 2>&1; then
    server_dir postgres postgres
  else
    server_dir postgres
  fi
}

# The folder with the programs: of the version that made the data, else the newest one.
postgres_bin() {
  local made='' found
  if [ $# -gt 0 ] && [ -r "$1/data/PG_VERSION" ]; then made=$(<"$1/data/PG_VERSION"); fi
  if [ -n "$made" ] && [ -x "/usr/lib/postgresql/$made/bin/postgres" ]; then
    printf '%s\n' "/usr/lib/postgresql/$made/bin"
    return
  fi
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
  if [ ! -x "$found" ]; then found=$(command -v postgres) || return 1; fi
  found=$(dirname -- "$(readlink -f -- "$found")")
  [ -x "$found/initdb" ] && [ -x "$found/pg_ctl" ] || return 1
  printf '%s\n' "$found"
}

postgres_psql() {
  if [ -x "$1/psql" ]; then printf '%s\n' "$1/psql"; else command -v psql; fi
}

postgres_install() {
  local bin
  if ! bin=$(postgres_bin) || ! postgres_psql "$bin" >/dev/null; then
    install_packages PostgreSQL postgresql postgresql-client
  fi
}

# Settings of the caller for libpq must not lead somewhere else.
postgres_clean_env() { unset "${!PG@}"; }

postgres_start() {
  local dir bin port
  postgres_clean_env
  dir=$(postgres_dir)
  bin=$(postgres_bin "$dir") || die "PostgreSQL is not installed" "$script up postgres"
  postgres_create_data "$dir" "$bin"
  postgres_forget_dead "$dir"
  port=$(server_port "$dir")
  # fsync stays on: fault tests rely on what a commit promises. There is no socket file, because its path is limited to
  # 107 bytes and a checkout may lie deeper than that.
  if ! postgres_as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 -s start -o "-p $port \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 \
    -c max_prepared_transactions=20"; then
    tail -n 20 -- "$dir/data/server.log" >&2 || true
    die "PostgreSQL did not start within 60 s" "its log is $dir/data/server.log"
  fi
  head -n 1 -- "$dir/data/postmaster.pid" >"$dir/pid"
  postgres_create_role "$bin" "$port"
}

# The data is made beside its place and then renamed, so that an interrupted first start leaves nothing half done.
postgres_create_data() { # FOLDER BIN
  local made major
  if [ -e "$1/data/PG_VERSION" ]; then
    made=$(<"$1/data/PG_VERSION")
    major=$("$2/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    [ "$made" = "$major" ] ||
      die "the data was made by PostgreSQL $made, but $major is installed" "remove $1 to begin anew"
    return
  fi
  rm -rf -- "$1/data.new"
  if [ "$(id -u)" = 0 ]; then
    install -d -o postgres -m 0700 -- "$1/data.new"
  else
    install -d -m 0700 -- "$1/data.new"
  fi
  postgres_as_owner "$2/initdb" -D "$1/data.new" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$1/initdb.log" 2>&1 || {
    cat -- "$1/initdb.log" >&2
    die "initdb failed"
  }
  mv -- "$1/data.new" "$1/data"
}

# After kill -9 the file of the old process is still there. PostgreSQL removes it by itself unless its number is in use
# again, so a number that is now another program's is cleared here.
postgres_forget_dead() { # FOLDER
  local pid
  rm -f -- "$1/pid"
  [ -e "$1/data/postmaster.pid" ] || return 0
  pid=$(head -n 1 -- "$1/data/postmaster.pid")
  if ! process_is "$pid" "$1/data"; then rm -f -- "$1/data/postmaster.pid"; fi
}

# The role of the tests owns its database and may create others, but is no superuser: what needs one must say so.
postgres_create_role() { # BIN PORT
  "$(postgres_psql "$1")" -X -q -v ON_ERROR_STOP=1 -o /dev/null "postgres://postgres@127.0.0.1:$2/postgres" <<'SQL'
SELECT 'CREATE ROLE cloudlab LOGIN CREATEDB' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cloudlab') \gexec
SELECT 'CREATE DATABASE cloudlab OWNER cloudlab'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'cloudlab') \gexec
SQL
}

# The file of PostgreSQL itself is looked at second: it is all there is when this script was ended between the start of
# the server and the writing of its own file.
postgres_pid() {
  local dir file pid
  dir=$(postgres_dir)
  for file in "$dir/pid" "$dir/data/postmaster.pid"; do
    [ -r "$file" ] || continue
    pid=$(head -n 1 -- "$file")
    if process_is "$pid" "$dir/data"; then
      printf '%s\n' "$pid"
      return
    fi
  done
  return 1
}

# SIGINT ends the sessions and writes a checkpoint, SIGQUIT only ends them; SIGTERM would wait for every client.
postgres_stop() {
  local dir pid
  dir=$(postgres_dir)
  pid=$(postgres_pid)
  kill -INT "$pid"
  if ! wait_until_gone 30 "$pid"; then
    say "postgres: still there after 30 s, and is now ended without a checkpoint"
    kill -QUIT "$pid"
    wait_until_gone 10 "$pid" || die "PostgreSQL (process $pid) does not end" "its log is $dir/data/server.log"
  fi
  rm -f -- "$dir/pid"
}

# A session that is busy outlives the first process and holds the shared memory, which makes the next start fail. So all
# end together. The first process is halted while they are listed, or it would start further ones meanwhile.
postgres_kill() {
  local dir pid children=()
  dir=$(postgres_dir)
  pid=$(postgres_pid)
  kill -STOP "$pid"
  read -r -d '' -a children < <(process_children "$pid" && printf '\0')
  kill -KILL "$pid"
  if [ ${#children[@]} -gt 0 ]; then kill -KILL "${children[@]}" 2>/dev/null || true; fi
  wait_until_gone 10 "$pid" "${children[@]}" || die "PostgreSQL (process $pid) does not end"
  rm -f -- "$dir/pid"
}

postgres_version() {
  local dir bin
  dir=$(postgres_dir)
  bin=$(postgres_bin "$dir")
  "$bin/postgres" --version | sed 's/^postgres (PostgreSQL) \([^ ]*\).*/PostgreSQL \1/'
}

postgres_url() { printf 'postgres://cloudlab@127.0.0.1:%s/cloudlab\n' "$(<"$(postgres_dir)/port")"; }

postgres_env() {
  printf 'export TEST_POSTGRES_URL=%s\n' "$(postgres_url)"
}
