#!/bin/sh
# SPDX-License-Identifier: ISC
# Each bug that is planted for a fuzzer still changes the file that it names.
set -u
cd "$(dirname "$0")/../.." || exit 70
bad=0
for bug in tests/fuzz/bugs/*.sed; do
    file=$(sed -n '1s/^# \([^:]*\):.*/\1/p' "$bug")
    if [ ! -f "$file" ] || sed -f "$bug" "$file" | cmp -s - "$file"; then
        echo "$bug: changes nothing in $file"
        bad=1
    fi
done
exit $bad
