#!/bin/sh
# SPDX-License-Identifier: ISC
# clang-format (no diff), clang-tidy, clang, cppcheck and shellcheck over the tree.
# The generated headers must have been built before.
set -u
cd "$(dirname "$0")/../.." || exit 70
bad=0
c=$(git ls-files '*.c' '*.h' '*.cc')
units=$(git ls-files '*.c' '*.cc')
mkdir -p build
for name in VERSION TEMPLATE_DIR CONF_FILE; do
    echo "#define $name \"\""
done > build/lint.h
flags="-I. -Ibuild -D_GNU_SOURCE -include build/lint.h"
export flags

# shellcheck disable=SC2086 # one word per file
clang-format --dry-run --Werror $c || bad=1
# shellcheck disable=SC2046,SC2086
shellcheck $(git ls-files '*.sh') .ci/run || bad=1
# shellcheck disable=SC2086
cppcheck --quiet --enable=warning,performance,portability \
    --inline-suppr --suppress=missingIncludeSystem --std=c17 \
    --error-exitcode=1 -j "$(nproc)" $flags $units || bad=1
# gcc builds it every day; clang must be able to, without the sanitizers that
# hide a part.
# shellcheck disable=SC2016,SC2086
git ls-files 'lists/*.c' 'templates/*.c' 'daemon/*.c' 'cli/*.c' |
    xargs -P "$(nproc)" -n 20 sh -c '
    exec clang -fsyntax-only -std=c17 -Wall -Wextra -Wpedantic -Wshadow \
        -Wconversion -Werror $flags "$@"' clang || bad=1
# shellcheck disable=SC2016,SC2086
printf '%s\n' $units | xargs -P "$(nproc)" -n 4 sh -c '
    for unit in "$@"; do
        std=-std=c17
        case $unit in *.cc) std=-std=c++17 ;; esac
        clang-tidy --quiet "$unit" -- $std $flags 2>/dev/null || status=1
    done
    exit ${status-0}' tidy || bad=1
[ $bad -eq 0 ] && echo "lint: clean"
exit $bad
