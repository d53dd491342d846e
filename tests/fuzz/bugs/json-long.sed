# daemon/facts_json.c: a text fills its place to the last byte
s/n >= size ||$/n > size ||/
