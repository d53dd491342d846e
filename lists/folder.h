/* SPDX-License-Identifier: ISC */
/* lists/folder.h - the folder that a file lies in. */
#ifndef LISTS_FOLDER_H
#define LISTS_FOLDER_H
#include "lists/fault.h"

/* Makes the file at path, new there or renamed to it, stay there whenever the
 * power fails: its bytes are on disk by fsync(2), its name is by this.
 * STOP: it may be gone then. */
MUST_USE enum result folder_sync(const char *path, struct fault *f);

#endif
