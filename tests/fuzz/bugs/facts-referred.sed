# daemon/facts.c: takes one Message-ID too many
s/out->n_referred < FACTS_IDS_MAX \&\&$/out->n_referred <= FACTS_IDS_MAX \&\&/
