# daemon/verdict.c: dmarc=fail is overlooked
s/^    if (facts->dmarc_fail)$/    if (false)/
