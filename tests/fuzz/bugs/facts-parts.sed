# daemon/mail.c: takes one MIME part too many
s/m->n_parts == MAIL_PARTS_MAX/m->n_parts > MAIL_PARTS_MAX/
