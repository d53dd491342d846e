# daemon/html_text.c: elements may stand in each other without limit
s/ || depth > DEPTH_MAX)/)/
