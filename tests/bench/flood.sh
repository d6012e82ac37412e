# shellcheck shell=bash disable=SC2154
# A city under a flood of positions, for bars written in bash; source it after header.sh:
#   flood_open SIZE PEOPLE SEED [SETTING...]   a private cluster that keeps what it commits, a made-up city, and vigild
#   flood_stop                    the database stands still for two seconds: nobody's place can be changed
#   flood_offer ARGUMENT...       vigil load with these; its figures are then in $work/figures
#   flood_check                   compares the last ledger with the database; figures in $work/check
#   figure NAME [FILE]            one of them
#   flood_timed NAME FIGURES UNIT BAR   a report of times; on a machine that others use they are shown and not judged
#   flood_close                   ends and removes everything; for a trap
# Uses $build; sets $work, $server, $postgres and $port.

figure() { sed -n "s/^$1=//p" "${2:-$work/figures}"; }

# below FIGURES BAR: whether every one of the figures (there is one at least) is at most so much.
below() { awk -v figures="$1" -v bar="$2" 'BEGIN { n = split(figures, f, " "); for (i = 1; i <= n; i++) if (f[i] + 0 > bar + 0) n = 0; exit !n }'; }
verdict() { if "$@"; then echo ok; else echo missed; fi; }

flood_close() {
    [ -z "${server:-}" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
    tools/cluster reset "$work/cluster" >/dev/null 2>&1 || true
    rm -rf "$work"
}

flood_open() {
    VIGIL_DATABASE=$(tools/cluster start "$work/cluster" 2>"$work/cluster.log")
    export VIGIL_DATABASE VIGIL_PERSONAL_KEY_FILE=$work/personal.key
    postgres=$(head -n 1 "$work/cluster/data/postmaster.pid")
    "$build/vigil" migrate >"$work/migrate.log" 2>&1
    "$build/vigil" import "$(tools/gothenburg/city)" --name Gothenburg --attribution "© OpenStreetMap contributors (ODbL)" >"$work/import.log" 2>&1
    "$build/vigil" city --size "$1" --people "$2" --seed "$3" >"$work/city.log" 2>&1 || { tail -n 5 "$work/city.log" >&2; exit 1; }
    psql -X -q "$VIGIL_DATABASE" -c 'VACUUM ANALYZE vigil.person' -c 'VACUUM ANALYZE vigil.position_last'
    VIGIL_GATEWAY_TOKEN=$("$build/vigil" token create --role gateway --name flood 2>/dev/null | tail -n 1)
    VIGIL_TOKEN=$("$build/vigil" token create --role dispatcher --name flood 2>/dev/null | tail -n 1)
    export VIGIL_GATEWAY_TOKEN VIGIL_TOKEN
    "$build/vigild" --listen_port 0 --cache_dir "$work/cache" --max_connections 4000 --max_connections_per_address 4000 \
        --console_dir "$build/console" "${@:4}" >"$work/vigild.log" 2>&1 &
    server=$!
    touch "$work/vigild.log" # it is read before the program may have opened it
    for _ in $(seq 600); do
        port=$(sed -n 's/.*"event":"listening".*"port":\([0-9]*\).*/\1/p' "$work/vigild.log")
        [ -z "$port" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 5 "$work/vigild.log" >&2
    exit 1
}

# Hundredths of seconds of processor: of the whole machine, of this script and all it has waited for, of the two that are watched.
busy_cs() { awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 + $9 }' /proc/stat; }
own_cs() { awk '{ print $14 + $15 + $16 + $17 }' "/proc/$$/stat"; }
watched_cs() { awk -v v="$(figure vigild_cores)" -v p="$(figure postgres_cores)" -v s="$(figure seconds)" 'BEGIN { print int((v + p) * s * 100) }'; }

flood_offer() {
    local busy own began
    rm -f "$work/ledger"
    busy=$(busy_cs) own=$(own_cs) began=$(date +%s%N)
    "$build/vigil" load --url "http://127.0.0.1:$port" --cache-dir "$work/cache" --watch "vigild=$server,postgres=$postgres" \
        --ledger "$work/ledger" "$@" >"$work/figures" 2>>"$work/load.log" || { tail -n 5 "$work/load.log" >&2; exit 1; }
    beside=$(awk -v all=$(($(busy_cs) - busy)) -v own=$(($(own_cs) - own)) -v watched="$(watched_cs)" -v ns=$(($(date +%s%N) - began)) \
        'BEGIN { printf "%.2f", (all - own - watched) / ns * 1e7 }')
}

# Others who take more than a fifth of a processor make any answer wait; what it costs is judged all the same.
flood_timed() {
    if below "$beside" 0.2; then
        bar_report "$1" "$2 $3" "$4 $3" "$(verdict below "$2" "$4")"
    else
        printf '  seen    %s: %s %s (bar: %s %s; not judged: other programs took %s of %s processors)\n' "$1" "$2" "$3" "$4" "$3" "$beside" "$(nproc)"
    fi
}

flood_stop() { psql -X -q "$VIGIL_DATABASE" -c 'BEGIN' -c 'LOCK TABLE vigil.position_last' -c 'SELECT pg_sleep(2)' -c 'COMMIT' >/dev/null; }

flood_check() { "$build/vigil" load --check "$work/ledger" >"$work/check" 2>>"$work/load.log"; }

# The control: of what was acknowledged five rows are taken away, and the check must say so.
flood_control() {
    psql -X -q "$VIGIL_DATABASE" -c 'DELETE FROM vigil.position_history WHERE ctid IN
        (SELECT ctid FROM vigil.position_history ORDER BY received_us DESC LIMIT 5)'
    if flood_check; then echo missed; else verdict test "$(figure positions_lost "$work/check")" -eq 5; fi
}
