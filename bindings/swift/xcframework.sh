#!/bin/sh
# Builds CitizenWalletNative.xcframework beside Package.swift: the native library for iOS, its simulator and macOS.
# Needs a Mac with Xcode 16 or later and Rust; see docs/ios-not-run-here.md.
set -eu
cd "$(dirname "$0")"
output=CitizenWalletNative.xcframework
target=$(cd ../.. && pwd)/target

for triple in aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios aarch64-apple-darwin x86_64-apple-darwin; do
    rustup target add "$triple"
    # Only as a static library: beside another kind cargo leaves link-time optimisation out.
    IPHONEOS_DEPLOYMENT_TARGET=17.0 MACOSX_DEPLOYMENT_TARGET=14.0 \
        cargo rustc --locked --profile mobile -p wallet-ffi --lib --crate-type staticlib --target "$triple"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/include/CitizenWalletNative" "$work/simulator" "$work/macos"
cp Sources/CitizenWalletNative/CitizenWalletNative.h "$work/include/CitizenWalletNative"
# The library comes with the framework: the linker need not look for it.
sed '/link "/d' Sources/CitizenWalletNative/module.modulemap >"$work/include/CitizenWalletNative/module.modulemap"

library() { echo "$target/$1/mobile/libwallet_ffi.a"; }
lipo -create "$(library aarch64-apple-ios-sim)" "$(library x86_64-apple-ios)" -output "$work/simulator/libwallet_ffi.a"
lipo -create "$(library aarch64-apple-darwin)" "$(library x86_64-apple-darwin)" -output "$work/macos/libwallet_ffi.a"

rm -rf "$output"
xcodebuild -create-xcframework \
    -library "$(library aarch64-apple-ios)" -headers "$work/include" \
    -library "$work/simulator/libwallet_ffi.a" -headers "$work/include" \
    -library "$work/macos/libwallet_ffi.a" -headers "$work/include" \
    -output "$output"
