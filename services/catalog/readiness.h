/* readiness: the inside of readiness.c and readiness_look.c. What each answer rests on is a table
 * in RULES.md. */
#ifndef REDRESS_CATALOG_READINESS_H
#define REDRESS_CATALOG_READINESS_H

#include "services/catalog/catalog.h"
#include "services/line/in_force.h"

enum {
    READINESS_LOOKED_MAX = 2000, /* things of a kind; `more` says when there are more */
    READINESS_SHOWN_MAX = 24, /* pieces of evidence, and of what is missing, in an answer */
    READINESS_DESKS_MAX = 64, /* in use by those clients */
};

struct asked {
    const struct context *ctx;
    struct view *view;
    int64_t now, today; /* UTC */
    struct text client, service; /* only as far as these are concerned, when given */

    /* What the questions are about: services; components of those; clients whose contracts in force
     * cover one of those. */
    const struct service *services[READINESS_LOOKED_MAX];
    const struct component *components[READINESS_LOOKED_MAX];
    const struct client *clients[READINESS_LOOKED_MAX];
    bool is_covered[READINESS_LOOKED_MAX]; /* the service, by a contract in force */
    uint32_t service_count, component_count, client_count;
    bool more;

    /* The answer that is being made. */
    struct answered it;
    struct fact evidence[READINESS_SHOWN_MAX], missing[READINESS_SHOWN_MAX];
};

/* Says that this bears an answer out, or what it lacks. Texts are static, or the view's. */
void readiness_has(struct asked *q, const char *of, struct text id, struct text words);
void readiness_lacks(struct asked *q, const char *of, struct text id, const char *words);

/* Goes through the entities of an index, as many as are looked at. */
typedef void readiness_each_fn(struct asked *q, void *arg, const void *entity);
void readiness_each(struct asked *q, int index, readiness_each_fn *each, void *arg);

/* One of the eleven: looks, and says what it finds. */
typedef void readiness_look_fn(struct asked *q);
readiness_look_fn look_services, look_critical, look_model, look_staff, look_contact, look_channels,
    look_second, look_partners, look_monitoring, look_reporting, look_lessons;

#endif
