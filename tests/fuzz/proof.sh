#!/bin/sh
# SPDX-License-Identifier: ISC
# proof.sh FOLDER [BUG...]: the programs there are fuzzers, each built over one
# bug of bugs/.  Each must find its bug from its seeds within 300 s of CPU; one
# that the seeds themselves show would prove nothing.
set -u
cd "$(dirname "$0")/../.." || exit 70
built=$1
shift
[ $# -gt 0 ] || set -- tests/fuzz/bugs/*.sed
export CPU_SECONDS=300
failed=0

fuzz() { # BUG OPTION...: ends as the fuzzer does
    bug=$1
    shift
    rm -rf "$built/kept/$bug"
    tests/fuzz/run.sh "${bug%%-*}" 86400 "$built/$bug" "$built/kept/$bug" \
        "$@" > "$built/$bug.out" 2>&1
}

inputs() { # BUG
    sed -n 's/^stat::number_of_executed_units: *//p' "$built/$1.out"
}

for bug in "$@"; do
    bug=$(basename "$bug" .sed)
    began=$(date +%s)
    if ! fuzz "$bug" -runs=0; then
        word='NOT PROVED: its seeds show it'
    else
        fuzz "$bug"
        case $? in
        1 | 77) word="found, input $(inputs "$bug")" ;; # a report
        *) word='NOT FOUND' ;;
        esac
    fi
    case $word in found*) ;; *) failed=$((failed + 1)) ;; esac
    printf '%-18s %s, %d s\n' "$bug" "$word" $(($(date +%s) - began))
done
[ $failed -eq 0 ]
