/* accept: models about which their rows say all that there is to say. */
#include "services/catalog/catalog.h"

#define ACCEPTS(noun)                                                                              \
    void check_##noun(const struct context *ctx, struct view *v, const void *now, const void *is,  \
                      struct decision *d)                                                          \
    {                                                                                              \
        (void)ctx, (void)v, (void)now, (void)is, (void)d;                                          \
    }
#define NOTHING_MORE(noun)                                                                         \
    void after_##noun(const struct context *ctx, struct view *v, const void *now, const void *is,  \
                      struct decision *d)                                                          \
    {                                                                                              \
        (void)ctx, (void)v, (void)now, (void)is, (void)d;                                          \
    }
ACCEPTS(family)
ACCEPTS(skill)
