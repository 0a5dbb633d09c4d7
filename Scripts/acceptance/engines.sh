#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway beside real engines: a simulated meter is read for half a minute, and passed on to Debian's
# VictoriaMetrics (over TLS, by both of its doors) and InfluxDB (with a password), each of which is away for a while, as
# is the gateway itself. Then all three have the same values at the same times, and among them is each live reading that
# a broker was told of meanwhile, which goes another way. MEP is the path of the tool. Nothing is left behind.
# shellcheck disable=SC2317 # functions that a trap calls
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# shellcheck source=Scripts/acceptance/common.sh
. Scripts/acceptance/common.sh

declare -A running=()
clean_up() {
  trap '' INT TERM
  for name in "${!running[@]}"; do kill -KILL "${running[$name]}" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$dir"
}
say() { printf -- '-- %s\n' "$1"; }
unpack victoria-metrics victoria-metrics
unpack influxd influxdb
unpack mosquitto_sub mosquitto-clients libcjson1

# Ports that nobody has, from which the system gives none away by itself.
port=$((20000 + RANDOM % 10000))
victoria=$port influx=$((port + 1)) broker=$((port + 2)) backup=$((port + 3))

# start NAME PROGRAM…: in the background, as NAME.
start() {
  local name=$1
  shift
  "$@" >>"$dir/$name.log" 2>&1 </dev/null &
  running[$name]=$!
}
stop() { # NAME SIGNAL
  kill "-$2" "${running[$1]}"
  wait "${running[$1]}" || true
  unset "running[$1]"
}
until_it_answers() { # NAME COMMAND…
  local name=$1
  shift
  for _ in {1..150}; do
    "$@" >/dev/null 2>&1 && return
    kill -0 "${running[$name]}" 2>/dev/null || fail "$name has ended"
    sleep 0.2
  done
  fail "$name does not answer"
}

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
cat >"$dir/influx.conf" <<CONF
reporting-disabled = true
bind-address = "127.0.0.1:$backup"
[meta]
dir = "$dir/influx/meta"
[data]
dir = "$dir/influx/data"
wal-dir = "$dir/influx/wal"
[http]
bind-address = "127.0.0.1:$influx"
auth-enabled = true
log-enabled = false
[monitor]
store-enabled = false
CONF
printf 'listener %s 127.0.0.1\nallow_anonymous true\npersistence false\n' "$broker" >"$dir/mosquitto.conf"
printf 'a password' >"$dir/password"
cat >"$dir/mep.yaml" <<YAML
meters:
  - {name: house, address: "sim:gen3"}
store: {path: $dir/mep.db, commit: 1s}
web: off
mqtt: {host: 127.0.0.1, port: $broker}
engines:
  - {url: "https://127.0.0.1:$victoria", certificates: $dir/cert.pem, history: true}
  - {url: "https://127.0.0.1:$victoria", certificates: $dir/cert.pem, history: true, name: second, api: v2, org: home,
     bucket: other, measurement: again}
  - {url: "http://127.0.0.1:$influx", database: meters, user: mep, password_file: $dir/password, history: true}
YAML

ask_victoria() { curl -sSf --cacert "$dir/cert.pem" "https://127.0.0.1:$victoria/$1" "${@:2}"; }
ask_influx() { curl -sSf -u 'mep:a password' -H 'Accept: application/csv' "http://127.0.0.1:$influx/query?epoch=ms" "${@:2}" --data-urlencode "q=$1"; }
start_victoria() {
  # Each lives on its own: what is written twice is to be there once.
  start victoria victoria-metrics "-httpListenAddr=127.0.0.1:$victoria" "-storageDataPath=$dir/victoria" \
    -tls "-tlsCertFile=$dir/cert.pem" "-tlsKeyFile=$dir/key.pem" -retentionPeriod=100y -dedup.minScrapeInterval=1ms
  until_it_answers victoria ask_victoria health
}
start_influx() {
  start influx influxd run -config "$dir/influx.conf"
  until_it_answers influx curl -sSf "http://127.0.0.1:$influx/ping"
}
start_mep() { start mep "$mep" serve --config "$dir/mep.yaml"; }

say "A broker, VictoriaMetrics and InfluxDB"
start mosquitto mosquitto -c "$dir/mosquitto.conf"
until_it_answers mosquitto mosquitto_sub -p "$broker" -t '$SYS/broker/version' -C 1 -W 2
start_victoria
start_influx
ask_influx "CREATE USER mep WITH PASSWORD 'a password' WITH ALL PRIVILEGES" >/dev/null
mosquitto_sub -p "$broker" -t mep/house/live -q 1 >"$dir/live.json" 2>/dev/null &
running[listener]=$!

say "The gateway reads; InfluxDB has no database yet"
start_mep
for _ in {1..75}; do
  grep -q 'no such place.*meters' "$dir/mep.log" && break
  sleep 0.2
done
grep -q 'no such place.*meters' "$dir/mep.log" || fail "the gateway does not tell of a database that is not there"
ask_influx 'CREATE DATABASE meters' >/dev/null
sleep 3
say "VictoriaMetrics is away, then the gateway, then InfluxDB"
stop victoria TERM
sleep 6
start_victoria
sleep 2
stop mep TERM
sleep 2
start_mep
sleep 3
stop influx TERM
sleep 6
start_influx
sleep 3
end=$(date +%s%3N)

# Each a line of series, time in ms and value.
plain() { awk -F, -v end="$end" 'NF == 3 && $2 <= end { printf "%s,%s,%.10g\n", $1, $2, $3 }' | sort; }
victoria_has() { # MEASUREMENT
  ask_victoria internal/force_flush
  ask_victoria api/v1/export/csv -G --data-urlencode 'format=__name__,__timestamp__:unix_ms,__value__' \
    --data-urlencode "match[]={meter=\"house\",__name__=~\"$1_.+\"}" | sed "s/^$1_//"
}
influx_has() {
  ask_influx 'SELECT * FROM meter' -G --data-urlencode db=meters |
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
      { for (i = 4; i <= NF; i++) if (name[i] != "meter" && $i != "") print name[i] "," $3 "," $i }'
}
newest() { awk -F, '$2 > newest { newest = $2 } END { print newest == "" ? 0 : newest }'; }

say "What was read until now comes to all of them"
for _ in {1..60}; do
  victoria_has meter >"$dir/1" && victoria_has again >"$dir/2" && influx_has >"$dir/3"
  behind=0
  for file in 1 2 3; do
    [ "$(newest <"$dir/$file")" -gt "$end" ] || behind=1
    plain <"$dir/$file" >"$dir/$file.csv"
  done
  # VictoriaMetrics was seen once not to find all of its series at once.
  [ $behind = 0 ] && cmp -s "$dir/1.csv" "$dir/3.csv" && cmp -s "$dir/2.csv" "$dir/3.csv" && break
  sleep 1
done
[ $behind = 0 ] || fail "an engine lags behind: $(for file in 1 2 3; do newest <"$dir/$file"; done | tr '\n' ' '), and not beyond $end"
stop mep TERM

say "They have $(wc -l <"$dir/1.csv"), $(wc -l <"$dir/2.csv") and $(wc -l <"$dir/3.csv") values"
cmp "$dir/1.csv" "$dir/2.csv" || fail "VictoriaMetrics' doors tell different things"
cmp "$dir/1.csv" "$dir/3.csv" || { diff "$dir/1.csv" "$dir/3.csv" | sed -n 1,20p >&2; fail "the engines tell different things"; }
[ -z "$(cut -d, -f1,2 "$dir/1.csv" | uniq -d)" ] || fail "a point is there twice"

# What the broker was told of, its times in ms.
for name in voltage_l1_v fwd_active_power_w frequency_hz; do
  sed -n "s/.*\"$name\":\([-0-9.]*\).*\"measured_at\":\"\([^\"]*\)\".*/\1 \2/p" "$dir/live.json" >"$dir/told"
  paste -d, <(cut -d' ' -f2 "$dir/told" | date -f - +%s%3N) <(cut -d' ' -f1 "$dir/told") |
    sed "s/^/$name,/" | plain
done | sort >"$dir/told.csv"
count=$(wc -l <"$dir/told.csv")
[ "$count" -ge 45 ] || fail "the broker was told of $count values only"
missing=$(comm -23 "$dir/told.csv" "$dir/1.csv")
[ -z "$missing" ] || fail "not in the engines: $(sed -n 1,5p <<<"$missing")"
grep -q '^fwd_active_energy_wh,' "$dir/1.csv" || fail "no energy in the engines"
# What was used in the hours of a day that is over, by the queries of Documentation/Engines.md.
day=$((end / 86400000 * 86400 - 86400))
ask_victoria api/v1/query_range -G --data-urlencode 'query=increase(meter_fwd_active_energy_wh{meter="house"}[1h])' \
  -d nocache=1 -d step=1h -d start=$((day + 3600)) -d end=$((day + 11 * 3600)) |
  grep -o '\[[0-9]*,"[0-9.]*"\]' | tr -d '[]"' >"$dir/hours.1"
ask_influx "SELECT non_negative_difference(first(fwd_active_energy_wh)) FROM meter WHERE \"meter\"::tag = 'house'
  AND time >= ${day}s AND time < ${day}s + 12h GROUP BY time(1h)" -G --data-urlencode db=meters |
  awk -F, -v day="$day" 'NR > 1 && $3 > day * 1000 { print substr($3, 1, 10) "," $4 }' >"$dir/hours.2"
[ "$(wc -l <"$dir/hours.1")" = 11 ] || fail "not 11 hours of yesterday: $(cat "$dir/hours.1")"
cmp "$dir/hours.1" "$dir/hours.2" || { diff "$dir"/hours.? >&2; fail "the engines know of other hours"; }

say "$count values that the broker was told of are in all of them. Passed."
