/* erase_names: sets of texts, kept as a tree of the C library. Memory that is not there ends the
 * process, as an arena does. */
#ifndef REDRESS_CLI_ERASE_NAMES_H
#define REDRESS_CLI_ERASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct names {
    void *root;
    size_t count;
};

bool names_has(const struct names *n, const char *name);
void names_add(struct names *n, const char *name); /* copied; once */
void names_free(struct names *n);

/* Every one, in the order of their bytes. */
void names_each(const struct names *n, void (*each)(void *arg, const char *name), void *arg);

#endif
