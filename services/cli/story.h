/* story: events as sentences for people: what happened, to whom it went, and why. */
#ifndef REDRESS_CLI_STORY_H
#define REDRESS_CLI_STORY_H

#include <jansson.h>

#include "common/wire.h"

/* The last clock or silence that was reported of a ticket: why what follows it happened. */
struct story_trigger {
    char ticket[160], why[240];
};

struct story_line {
    int64_t at;
    char level[4]; /* "L4", or empty */
    char what[600], to[120], why[300];
};

/* The sentence of an event; false for events that are no part of the story. Updates the trigger. */
bool story_tell(const struct envelope *e, const json_t *data, struct story_trigger *trigger,
                struct story_line *ret);

/* Who is involved at a level: roles, which the people of a client's contract fill. */
const char *story_role(int64_t level);

#endif
