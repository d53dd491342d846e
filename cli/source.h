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
 * 0 and *out {"source", "file", "images"}, yours, free with json_decref; or a
 * code of sysexits(3) after all faults have been said as FILE:LINE. */
int source_read(const char *path, json_t **out);

#endif
