/* export_yaml: rows of the catalog as YAML that apply_yaml reads: quoted so that every reader of
 * YAML takes a text for a text, and always the same bytes for the same rows. */
#ifndef REDRESS_CLI_EXPORT_YAML_H
#define REDRESS_CLI_EXPORT_YAML_H

#include <stdio.h>

#include "services/cli/apply.h"

/* The first line of every file, by which it is known as one of ours. */
#define EXPORT_MARK "# Written by `redress export`, read by `redress apply -f`."

/* Writes the rows of a kind from `first` on, until the file is large enough; *ret_next: the first
 * that was not written. 0 or -errno. */
int export_kind(FILE *out, const struct apply_kind *kind, const json_t *rows, size_t first,
                size_t *ret_next);

#endif
