#!/bin/sh
# SPDX-License-Identifier: ISC
# run.sh NAME SECONDS [PROGRAM [FOLDER [OPTION...]]]: runs a fuzzer from its
# seeds.  What is new to it is kept in FOLDER for the next run, and what breaks
# it.  A small stack, so that a short input shows what recurses without limit.
# CPU_SECONDS: its end, too, on a machine that has other work.
set -u
cd "$(dirname "$0")/../.." || exit 70
name=$1 seconds=$2
program=${3:-build/fuzz/fuzz/fuzz_$name}
folder=${4:-build/fuzz/kept/$name}
shift $(($# < 4 ? $# : 4))
mkdir -p "$folder/corpus"
export ASAN_OPTIONS=detect_leaks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
exec prlimit --stack=524288 --cpu="${CPU_SECONDS:-unlimited}" \
    "$program" -max_total_time="$seconds" \
    -max_len=16384 -len_control=0 -timeout=5 \
    -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$folder/" "$@" "$folder/corpus" "tests/fuzz/seeds/$name"
