#!/bin/sh
# SPDX-License-Identifier: ISC
# The rules between the rooms and of the house, as far as a script can see
# them.  Prints each breach; ends with 1 when there is one.
set -u
cd "$(dirname "$0")/../.." || exit 70
bad=0
breach() { # TEXT LINES
    [ -z "$2" ] && return
    bad=1
    printf '%s:\n%s\n' "$1" "$2"
}

breach "lists/ includes a room above it" "$(
    grep -nE '#include "(daemon|cli|templates|tests)/' lists/*.[ch])"
breach "templates/ includes a room above it" "$(
    grep -nE '#include "(daemon|cli|tests)/' templates/*.[ch] templates/*.cc)"
breach "daemon/ includes cli/ or tests/" "$(
    grep -nE '#include "(cli|tests)/' daemon/*.[ch])"
breach "cli/ includes another room" "$(
    grep -nE '#include "(daemon|templates|lists|tests)/' cli/*.[ch])"
breach "a database header outside the engine's file" "$(
    grep -nE '#include <(sqlite3|libpq-fe)\.h>' ./*/*.[ch] |
        grep -v '^\./lists/store_[a-z]*\.c:')"
breach "ctemplate outside templates/ctemplate.cc" "$(
    grep -n '#include <ctemplate/' ./*/*.[ch] ./*/*.cc |
        grep -v '^\./templates/ctemplate\.cc:')"
breach "lists/ asks the clock, logs, or reads the environment" "$(
    grep -nE '\b(time|gettimeofday|clock_gettime|getenv|syslog) ?\(' lists/*.c)"
breach "templates/ asks the clock or speaks to the network" "$(
    grep -nE '\b(time|gettimeofday|clock_gettime|socket|connect) ?\(' \
        templates/*.c templates/*.cc)"
breach "a banned function" "$(
    grep -nwE '(v?sprintf|strcpy|strcat|strtok|atoi|atol|atof|gets|system) ?\(' \
        ./*/*.[ch] ./*/*.cc tests/*/*.c)"
breach "no SPDX line" "$(
    git ls-files '*.c' '*.h' '*.cc' '*.py' '*.sh' '*.sql' Makefile \
        rummelig-mail.conf '*.service' '*.tpl' |
        while read -r f; do
            head -n 3 "$f" | grep -q 'SPDX-License-Identifier: ISC' ||
                echo "$f"
        done | grep -v '\.txt\.tpl$')"
breach "a file over 600 lines" "$(
    git ls-files '*.c' '*.h' '*.cc' '*.py' '*.sh' |
        xargs wc -l | awk '$1 > 600 && $2 != "total"')"
breach "left for later" "$(
    git grep -nE '\b(TO''DO|FIX''ME|XX''X|HA''CK)\b' -- '*.c' '*.h' '*.cc' \
        '*.py' '*.sh' Makefile)"
breach "the top level holds more than it should" "$(
    git ls-tree --name-only HEAD | grep -v '^\.' | grep -vxE \
        'daemon|cli|templates|lists|tests|Makefile|rummelig-mail\.conf|README\.md')"
breach "a room's README over 30 lines" "$(
    wc -l daemon/README.md cli/README.md templates/README.md \
        lists/README.md tests/README.md 2>&1 |
        awk '$1 > 30 && $2 != "total" || /No such/')"
breach "a module that its room's README does not name" "$(
    for f in daemon/*.c lists/*.c; do
        name=$(basename "$f" .c)
        pattern="\`$name\`"
        while [ -n "$name" ]; do # whole, or as the beginning of a family
            pattern="$pattern|\`$name\\*\`"
            name=${name%?}
        done
        grep -qE "$pattern" "${f%/*}/README.md" || echo "$f"
    done)"
breach "a module in a room's README that does not exist" "$(
    for room in daemon lists; do
        sed -n 's/^| \(`[^|]*\) |.*/\1/p' $room/README.md |
            tr -d '`' | tr ' ' '\n' |
            while read -r name; do # shellcheck disable=SC2086 # a pattern
                ls $room/$name.c > /dev/null 2>&1 || echo "$room: $name"
            done
    done)"
exit $bad
