# daemon/mail_head.c: looks for the colon one byte too far
s/for (const char \*colon = q; colon < end; colon++)/for (const char *colon = q; colon <= end; colon++)/
