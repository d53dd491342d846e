#!/bin/sh
# SPDX-License-Identifier: ISC
# The README's two walks name files and functions: each must still exist.
# A line of a walk looks like `daemon/sender.c: turn, lease_more`.
set -u
cd "$(dirname "$0")/../.." || exit 70
bad=0
steps=0
# shellcheck disable=SC2016 # the backquotes are Markdown's
walks=$(sed -n \
    's/^[0-9]*\. `\([a-z]*\/[a-z_0-9]*\.[a-z]*: [a-z0-9_, ]*\)`.*/\1/p' \
    README.md)
while IFS= read -r line; do
    file=${line%%:*}
    names=${line#*: }
    steps=$((steps + 1))
    if [ ! -f "$file" ]; then
        echo "README.md: $file: no such file"
        bad=1
        continue
    fi
    for name in $(echo "$names" | tr ',' ' '); do
        if ! grep -qE "(^|[^A-Za-z0-9_])$name ?\(" "$file"; then
            echo "README.md: $file has no $name()"
            bad=1
        fi
    done
done <<LIST
$walks
LIST
if [ "$steps" -lt 12 ]; then
    echo "README.md: only $steps steps of the two walks were found"
    bad=1
fi
exit $bad
