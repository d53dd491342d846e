# templates/front_matter.c: a key may be one byte longer than its row
s/n > KEY_MAX || m > KEY_MAX/n > KEY_MAX || m > KEY_MAX + 1/
