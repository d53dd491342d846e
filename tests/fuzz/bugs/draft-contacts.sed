# templates/front_matter.c: one contact too many
s/d->n_contacts == DRAFT_CONTACTS_MAX/d->n_contacts > DRAFT_CONTACTS_MAX/
