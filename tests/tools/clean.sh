#!/bin/sh
# SPDX-License-Identifier: ISC
# clean.sh VERDICTS FOLDER: all mail that there is through the sanitized
# verdict, known readers or not: neither a report nor a failure.
set -eu
cd "$(dirname "$0")/../.."
verdicts=$1
made=$2
rm -rf "$made"
mkdir -p "$made"
export ASAN_OPTIONS=detect_leaks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

one() { # NAME FOLDER...
    name=$1
    shift
    for who in --everyone --facts; do
        status=0
        "$verdicts" $who "$@" > "$made/$name.jsonl" 2> "$made/$name.err" ||
            status=$?
        if [ $status -ne 0 ] || [ -s "$made/$name.err" ]; then
            cat "$made/$name.err"
            echo "$name: NOT CLEAN"
            exit 1
        fi
    done
    printf '%-12s %5d clean\n' "$name" "$(wc -l < "$made/$name.jsonl")"
}

for file in tests/replies/*.txt; do
    name=$(basename "$file" .txt)
    /usr/bin/python3 -B tests/harness/build_replies.py "$file" "$made/$name"
    one "$name" "$made/$name"
done
for half in a b; do
    /usr/bin/python3 -B tests/robots/make_robots.py "$made/robots-$half" \
        --half $half
    one robots-$half "$made/robots-$half"
done
one mails tests/mails
one seeds tests/fuzz/seeds/facts
for corpus in "${CORPUS:-}"/*/; do
    [ ! -d "$corpus" ] || one "$(basename "$corpus")" "$corpus"
done
