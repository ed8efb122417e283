/* ask: from flags to a request: the one way in which a row of a service's table becomes options,
 * help and an encoded body. */
#ifndef REDRESS_CLI_ASK_H
#define REDRESS_CLI_ASK_H

#include "services/cli/cli.h"

enum {
    ASK_GIVEN_MAX = 512, /* field flags of one command line */
    ASK_FLAGS_MAX = 2 * MSG_FIELDS_MAX + 16,
};

struct ask {
    struct cli *cli;
    struct arena arena; /* owns everything below but argv's texts */
    const struct record *record;
    const struct field *target; /* the positional one of an ON command, or NULL */
    const struct field *hidden; /* one that the command itself gives, or NULL */
    bool query;
    bool single; /* of a service with a single partition: all is the provider's, `client` is a field
                    like others */
    struct {
        const struct field *field;
        const char *text;
    } given[ASK_GIVEN_MAX];
    uint32_t given_count;
    const char *subject; /* the positional argument */
    const char *client, *actor, *id, *cursor;
    bool has_expect, all;
    int64_t expect, limit;
    struct after after[AFTER_MAX];
    uint32_t after_count;
};

/* Parses the flags of a.record (set cli, record, target, query and single first). `doc` and
 * `args_doc` as argp has them. 0, or the exit code. */
int ask_parse(struct ask *a, int argc, char **argv, const char *doc, const char *args_doc);

/* A value for a field as if its flag had been given. */
void ask_give(struct ask *a, const struct field *f, const char *text);

/* The request of what was parsed; `now` is what +PT30M counts from. 0, or the exit code, having
 * said why. */
int ask_request(struct ask *a, const char *type, int64_t now, struct request *ret);

/* Who acts where no --actor says: REDRESS_ACTOR, else the login name. */
const char *ask_actor(void);

/* The name of a field's flag: dashes for underscores, one element's name for a list. */
struct text ask_flag(const struct field *f, struct arena *a);

#endif
