/* versions: the libraries that this program runs with, as they say themselves. */
#ifndef REDRESS_CLI_VERSIONS_H
#define REDRESS_CLI_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>

struct library {
    const char *name;
    const char
        *tested; /* the version it was made and tested with; a prefix of what is there fits */
    void (*version)(char *out, size_t size);
};

/* The i-th, NULL behind the last. */
const struct library *library_at(size_t i);
void library_version(const struct library *l, char out[static 64]);
bool library_fits(const struct library *l, const char *version);

#endif
