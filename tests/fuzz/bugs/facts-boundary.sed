# daemon/mail.c: one byte too few is left behind "boundary"
s/end - p > 2 \&\&$/end - p > 1 \&\&/
