/* erase_names: see erase_names.h. */
#include "services/cli/erase_names.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

bool names_has(const struct names *n, const char *name)
{
    return tfind(name, &n->root, compare) != NULL;
}

void names_add(struct names *n, const char *name)
{
    if (names_has(n, name))
        return;
    char *copy = strdup(name);
    if (!copy || !tsearch(copy, &n->root, compare))
        abort();
    n->count++;
}

void names_free(struct names *n)
{
    tdestroy(n->root, free);
    *n = (struct names){ 0 };
}

struct visit {
    void (*each)(void *arg, const char *name);
    void *arg;
};

static void step(const void *node, VISIT which, void *arg)
{
    const struct visit *v = arg;
    if (which == postorder || which == leaf)
        v->each(v->arg, *(const char *const *)node);
}

void names_each(const struct names *n, void (*each)(void *arg, const char *name), void *arg)
{
    struct visit v = { each, arg };
    twalk_r(n->root, step, &v);
}
