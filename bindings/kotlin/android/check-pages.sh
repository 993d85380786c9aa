#!/bin/sh
# check-pages.sh FOLDER ABI...
# Fails unless FOLDER has libwallet_ffi.so for each ABI, and the 64-bit ones can be mapped on devices with 16 KB pages: every
# loadable segment is aligned to 0x4000 or more. 32-bit devices have pages of 4 KB.
set -eu

readelf=${READELF:-readelf}
folder=$1
shift
for abi in "$@"; do
    library="$folder/$abi/libwallet_ffi.so"
    if [ ! -f "$library" ]; then
        echo "$library: missing" >&2
        exit 1
    fi
    alignments=$("$readelf" -lW "$library" | awk '$1 == "LOAD" { print $NF }')
    if [ -z "$alignments" ]; then
        echo "$library: no loadable segment" >&2
        exit 1
    fi
    case $abi in
    arm64-v8a | x86_64) least=16384 ;;
    *) least=4096 ;;
    esac
    for alignment in $alignments; do
        if [ "$((alignment))" -lt "$least" ]; then
            echo "$library: a segment is aligned to $alignment, less than $least" >&2
            exit 1
        fi
    done
    echo "$abi: pages of $least bytes"
done
