# daemon/utf8.c: reads past a character that the end cuts
s/if (n < 3 ||/if (n < 2 ||/
