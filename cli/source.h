/* SPDX-License-Identifier: ISC */
/* cli/source.h - the file of an issue and the pictures beside it, as the API's
 * SOURCE. The daemon is another user and reads nobody's folders. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H
#include <jansson.h>

enum {
    SOURCE_MAX = 512 * 1024,              /* bytes of the file */
    SOURCE_PICTURES_MAX = 40,             /* how many */
    SOURCE_PICTURE_MAX = 2 * 1024 * 1024, /* bytes of one */
    SOURCE_ALL_MAX = 3 * 1024 * 1024      /* bytes of all pictures */
};

/* Reads a file ("-": stdin, its pictures from the current folder) and each
 * picture that a Markdown image link in it names: relative, not above the
 * folder, also not by a symbolic link; PNG, JPEG, GIF or WebP.
 * 0, *out {"source", "file", "images"} and *faults, what is wrong with
 * pictures, as the API's notes: both yours, free with json_decref.  Where there
 * are faults *out is good for a check only: a dot stands in for each picture
 * that cannot be sent, so that the daemon says what else there is to mend.
 * Else a code of sysexits(3), after saying what is wrong with the file. */
int source_read(const char *path, json_t **out, json_t **faults);

#endif
