# daemon/facts_json.c: a list may be longer than its place
s/count > (size_t)max/count > 2 * (size_t)max/
