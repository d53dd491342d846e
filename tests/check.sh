#!/bin/sh
# SPDX-License-Identifier: ISC
# Runs every test over the sanitized build in $1 and ends with one line
# "N passed, N failed, N skipped" over everything.  What fails is printed
# whole; the rest stays in build/check/*.out.
set -u
cd "$(dirname "$0")/.." || exit 70
B=$1
out=$B/out
fuzz_s=${FUZZ_SECONDS:-20}
mkdir -p "$out"
passed=0 failed=0 skipped=0
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
unset RUMMELIG_MAIL_SOCKET SOAK

report() { # NAME STATUS PASSED FAILED SKIPPED SECONDS
    passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
    word=ok
    [ "$2" -eq 0 ] && [ "$4" -eq 0 ] || word=FAILED
    printf '%-34s %-6s %4d passed %3d failed %3d skipped  %3d s\n' \
        "$1" "$word" "$3" "$4" "$5" "$6"
    [ "$word" = ok ] || cat "$out/$1.out"
}

# A program that ends without telling what passed counts as one test.
one() { # NAME COMMAND...
    name=$1
    shift
    began=$(date +%s)
    "$@" > "$out/$name.out" 2>&1
    status=$?
    spent=$(($(date +%s) - began))
    if [ $status -eq 0 ]; then
        report "$name" 0 1 0 0 $spent
    else
        report "$name" $status 0 1 0 $spent
    fi
}

cmocka() { # PROGRAM
    name=$(basename "$(dirname "$1")")-$(basename "$1")
    began=$(date +%s)
    "$1" > "$out/$name.out" 2>&1
    status=$?
    spent=$(($(date +%s) - began))
    ok=$(grep -c '^\[       OK \]' "$out/$name.out")
    bad=$(grep -c '^\[  FAILED  \] [A-Za-z_]*$' "$out/$name.out")
    skip=$(grep -c '^\[  SKIPPED \] [A-Za-z_]*$' "$out/$name.out")
    [ $status -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    [ "$ok" -gt 0 ] || bad=$((bad + 1))
    report "$name" $status "$ok" "$bad" "$skip" $spent
}

count() { # WORD FILE: the number before WORD in pytest's last line
    tail -n 1 "$2" | grep -oE "[0-9]+ $1" | grep -oE '[0-9]+' || echo 0
}

pytests() { # NAME PATH...
    name=$1
    shift
    began=$(date +%s)
    # Most of a test is waiting for servers: as many at once as there are cores.
    BUILD=$B /usr/bin/python3 -B -m pytest -q -p no:cacheprovider \
        -n "$(nproc)" --durations=10 -rs "$@" > "$out/$name.out" 2>&1
    status=$?
    spent=$(($(date +%s) - began))
    bad=$(($(count failed "$out/$name.out") + $(count 'errors?' "$out/$name.out")))
    [ $status -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    report "$name" $status "$(count passed "$out/$name.out")" "$bad" \
        "$(count skipped "$out/$name.out")" $spent
    grep '^SKIPPED' "$out/$name.out"
}

one rules-rooms tests/rules/rooms.sh
one rules-walks tests/rules/walks.sh
one rules-bugs tests/rules/bugs.sh
for program in "$B"/tests/*/test_*; do
    case $program in *.o | *.d) continue ;; esac
    cmocka "$program"
done
# As many fuzzers at once as there are cores.
fuzzers=$(find build/fuzz/fuzz -name 'fuzz_*' -perm -100 -type f -printf '%f\n' | sort)
export out fuzz_s
# shellcheck disable=SC2016
printf '%s\n' "$fuzzers" | xargs -P "$(nproc)" -I NAME sh -c '
    tests/fuzz/run.sh "${1#fuzz_}" "$fuzz_s" > "$out/$1.out" 2>&1
    echo $? > "$out/$1.status"' fuzz NAME
for name in $fuzzers; do
    status=$(cat "$out/$name.status")
    [ "$status" -eq 0 ] && ok=1 || ok=0
    report "$name" "$status" "$ok" $((1 - ok)) 0 "$fuzz_s"
done
for folder in tests/*/; do
    set -- "$folder"test_*.py
    [ -e "$1" ] && pytests "pytest-$(basename "$folder")" "$@"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
