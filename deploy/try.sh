#!/bin/sh
# Takes the steps of the Dockerfile where there is no container engine: a fresh environment from the locked hashes, the
# package installed and not linked, a user of its own, a tree that it cannot write, the health check, and an end by
# SIGTERM. Needs root to change the user; else it goes on as you. PYTHON names the interpreter.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONPATH
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"

as=""
[ "$(id -u)" != 0 ] || as="setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set=-all"

echo "== install"
"${PYTHON:-python3}" -m venv "$place/venv"
$as env "$place/venv/bin/python3" -c pass || {
    echo "try: user 10001 may not run $(readlink -f "$place/venv/bin/python3"): name another: PYTHON=/usr/bin/python3" >&2
    exit 1
}
"$place/venv/bin/pip" install --quiet --quiet --require-hashes --requirement requirements/run.txt
"$place/venv/bin/pip" install --quiet --quiet --no-build-isolation --no-deps .
"$place/venv/bin/pip" uninstall --quiet --quiet --yes hatchling pathspec pluggy trove-classifiers pip
du -sh "$place/venv" | cut -f 1

echo "== configure"
mkdir "$place/etc" "$place/state"
port=$("$place/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '[http]\nport = %s\n[bot]\nlog_format = "json"\n' "$port" >"$place/etc/config.toml"
[ -z "$as" ] || chown 10001:10001 "$place/state"

echo "== run"
cd "$place/state"
export DIGESTBOT_DATABASE="sqlite:///$place/state/digestbot.db" PATH="$place/venv/bin:$PATH" HOME=/nonexistent
$as digestbot --version
$as digestbot demo --once >"$place/demo.txt"
grep -q "•" "$place/demo.txt" || { echo "try: the demo says nothing" >&2; exit 1; }
$as digestbot run --config "$place/etc/config.toml" &
bot=$!
tries=0
until $as python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$port/healthz', timeout=4)" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { echo "try: no health after a minute" >&2; kill "$bot"; exit 1; }
    sleep 1
done
echo "== healthy; written:"
ls "$place/state"
kill -TERM "$bot"
wait "$bot"
echo "== ended by SIGTERM with 0"
