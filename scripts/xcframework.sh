#!/bin/sh
# The native library for iOS, its simulator and macOS, on a Mac.
exec "$(dirname "$0")/../bindings/swift/xcframework.sh" "$@"
