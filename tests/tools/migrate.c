/* SPDX-License-Identifier: ISC */
/* Opens a store, which brings it to the version of this program, and closes it.
 *
 *   migrate STORE
 */
#include <stdio.h>

#include "lists/store.h"

int
main(int argc, char **argv)
{
    struct store *st;
    struct fault f = {""};

    if (argc != 2) {
        (void)fprintf(stderr, "migrate: name a store\n");
        return 64;
    }
    if (store_open(argv[1], &st, &f) != RES_OK) {
        (void)fprintf(stderr, "migrate: %s\n", f.text);
        return 1;
    }
    store_close(st);
    return 0;
}
