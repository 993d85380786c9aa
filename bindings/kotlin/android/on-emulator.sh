#!/bin/sh
# on-emulator.sh
# Runs the instrumented tests on the one device or emulator that adb sees, with an issuer and a verifier on this machine. The
# device reaches them under its own loopback addresses. With SERVER=https://… (a public server) the HTTP client is tested, too.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../.."
# What adb takes for ready is not: the system is still starting.
adb wait-for-device shell 'while [ "$(getprop sys.boot_completed)" != 1 ]; do sleep 1; done'
cargo build --quiet --package wallet-parties
parties=target/debug/wallet-parties

folder=$(mktemp -d)
mkfifo "$folder/stdin"
"$parties" serve --json --dir "$folder" <"$folder/stdin" >"$folder/line" &
# They serve until this is closed.
exec 3>"$folder/stdin"
trap 'exec 3>&-; wait; rm -rf "$folder"' EXIT
while [ ! -s "$folder/line" ]; do
    kill -0 $! || exit 1
    sleep 0.2
done

for port in $(grep -oE '(127\.0\.0\.1|localhost):[0-9]+' "$folder/line" | cut -d: -f2 | sort -u); do
    adb reverse "tcp:$port" "tcp:$port"
done

encoded() {
    base64 | tr -d '\n=' | tr '+/' '-_'
}
argument=-Pandroid.testInstrumentationRunnerArguments
anchors=$(encoded <"$folder/anchors.pem")
offer=$("$parties" offer "$folder" resident_card | head -n 1 | encoded)
request=$("$parties" ask "$folder" bar resident_card name | head -n 1 | encoded)
server=$(printf %s "${SERVER:-}" | encoded)
gradle --project-dir bindings/kotlin/android --stacktrace connectedDebugAndroidTest \
    "$argument.anchors=$anchors" "$argument.offer=$offer" "$argument.request=$request" "$argument.server=$server"
