#!/bin/sh
# on-emulator.sh [app]
# Runs the instrumented tests of the library, or those of the app to start from, on the one device or emulator that adb sees,
# with an issuer and a verifier on this machine. The device reaches them under its own loopback addresses. With
# SERVER=https://… (a public server) the library's HTTP client is tested, too.
set -eu
what=${1:-library}

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
project=bindings/kotlin/android
if [ "$what" = app ]; then
    # It takes the library from the local Maven repository, and whom it trusts from its own files.
    gradle --project-dir "$project" publishReleasePublicationToMavenLocal
    project=android-demo/app
    assets=$project/src/debug/assets
    mkdir -p "$assets"
    cp "$folder/anchors.pem" "$assets/"
    cp "$folder/web-issuer" "$assets/web-issuers.txt"
    trap 'rm -rf "$assets"; exec 3>&-; wait; rm -rf "$folder"' EXIT
fi
gradle --project-dir "$project" --stacktrace connectedDebugAndroidTest \
    "$argument.anchors=$anchors" "$argument.offer=$offer" "$argument.request=$request" "$argument.server=$server"
