# lists/near.c: a row has no room for the longest words
s/int row\[3\]\[WORD_MAX\]/int row[3][WORD_MAX - 22]/
