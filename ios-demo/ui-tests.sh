#!/bin/sh
# ui-tests.sh [DESTINATION]
# Plays the app on a simulator, with an issuer and a verifier on this Mac: a simulator has this Mac's own loopback addresses.
# Needs Xcode 16, XcodeGen, Rust and bindings/swift/CitizenWalletNative.xcframework.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
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

xcodegen generate --spec ios-demo/project.yml
# What begins with TEST_RUNNER_ xcodebuild hands to the tests.
TEST_RUNNER_WALLET_ANCHORS=$(base64 <"$folder/anchors.pem" | tr -d '\n')
TEST_RUNNER_WALLET_WEB_ISSUER=$(cat "$folder/web-issuer")
offer() { "$parties" offer "$folder" resident_card | head -n 1; }
request() { "$parties" ask "$folder" bar resident_card age_equal_or_over.19 | head -n 1; }
# Each is answered once.
TEST_RUNNER_WALLET_OFFER=$(offer)
TEST_RUNNER_WALLET_REQUEST=$(request)
TEST_RUNNER_WALLET_AUDITED_OFFER=$(offer)
TEST_RUNNER_WALLET_AUDITED_REQUEST=$(request)
export TEST_RUNNER_WALLET_ANCHORS TEST_RUNNER_WALLET_WEB_ISSUER TEST_RUNNER_WALLET_OFFER TEST_RUNNER_WALLET_REQUEST
export TEST_RUNNER_WALLET_AUDITED_OFFER TEST_RUNNER_WALLET_AUDITED_REQUEST
xcodebuild test -project ios-demo/CitizenWalletDemo.xcodeproj -scheme CitizenWalletDemo \
    -destination "${1:-platform=iOS Simulator,name=iPhone 16}"
