#!/bin/sh
# SPDX-License-Identifier: ISC
# How the verdict does on labelled mail, where that lies beside the tree.
set -eu
if [ -z "${CORPUS:-}" ] || [ ! -d "$CORPUS" ]; then
    echo "corpus: no labelled mail at ../shared/corpus, skipped"
    exit 0
fi
mkdir -p "$B/corpus"
if [ -d "$CORPUS/danish" ]; then
    echo "== danish"
    "$B/tests/verdicts" --subscribers "$CORPUS/danish/subscribers.tsv" \
        "$CORPUS/danish" > "$B/corpus/danish.jsonl"
    /usr/bin/python3 -B "$CORPUS/score.py" "$CORPUS/danish/labels.tsv" \
        "$B/corpus/danish.jsonl" "$@"
fi
if [ -d "$CORPUS/public" ]; then
    echo "== public"
    "$B/tests/verdicts" --everyone "$CORPUS/public" \
        > "$B/corpus/public.jsonl"
    /usr/bin/python3 -B "$CORPUS/score_public.py" \
        "$CORPUS/public/labels.tsv" "$B/corpus/public.jsonl" "$@"
fi
