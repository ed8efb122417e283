/* given_world: the inside of given.c and given_script.c. */
#ifndef REDRESS_GIVEN_WORLD_H
#define REDRESS_GIVEN_WORLD_H

#include <stdio.h>

#include "common/base/arena.h"
#include "tests/unit/given.h"

enum { STORED_MAX = 8192, LOG_MAX = 4096, EDITS_MAX = 512, OPTIONS_MAX = 128, REFUSALS_MAX = 128 };

struct name {
    char at[ENTITY_ID_MAX + 1];
};

struct stored {
    const struct entity_row *row;
    struct name client, id;
    uint64_t version;
    void *bytes;
    size_t size;
};

struct entry {
    const struct event_row *row; /* NULL: everything due until `time` lapses, */
    const struct follow_row *follow; /* or this is copied from another service */
    struct name client, id, actor;
    int64_t time;
    void *bytes;
    size_t size;
};

struct state {
    struct stored at[STORED_MAX];
    size_t count;
};

extern struct world {
    const struct given_book *book;
    struct state state, again;
    struct entry log[LOG_MAX];
    size_t log_count;
    int64_t options[OPTIONS_MAX]; /* struct <service>_options */
    bool refused[REFUSALS_MAX]; /* by any world so far */
    int64_t now;
    FILE *out;
    char *transcript;
    size_t transcript_size;
} given;

struct view {
    struct state *state;
    struct arena *arena;
    struct text client;
    struct edit {
        struct stored *stored;
        void *value;
    } edits[EDITS_MAX];
    size_t edit_count;
};

struct decision {
    struct view *view;
    struct emitted {
        const struct event_row *row;
        struct name id;
        void *data;
    } events[DECISION_EVENTS_MAX];
    size_t count;
    int refusal;
    const char *field;
    bool known, wait, missing;
};

struct answer {
    const struct query_row *row;
    const void *parameters;
    struct arena *arena;
    bool refused;
    uint32_t count, limit;
    bool all; /* pages are told until there is none left */
    struct text place; /* where this page begins, */
    uint8_t left[ANSWER_PLACE_MAX]; /* and where the next one does */
    uint32_t left_length;
};

/* The entity's row; the test fails when the service has none. */
const struct entity_row *world_entity(int id);
const struct entity_row *world_entity_named(const char *noun);
struct stored *world_find(struct state *state, const struct entity_row *row, struct text client,
                          struct text id);

/* What a decision said into the transcript, and its events into the log and the state. */
void world_end_decision(struct decision *d, struct text actor);

/* Ends a fold: what was edited through this view is in its state. */
void world_write_edits(struct view *v, uint64_t version);

/* Fires what is due until then, in the order of (due, id): when it is due, or all of it at once. */
void world_pass(int64_t until, bool when_due);

/* Folds the log again, and fails the test unless the state comes out the same. */
void world_fold_again(void);
void world_forget(struct state *state);

/* An event of another service, as its follower reads it, into the copies. */
void world_copy(const struct follow_row *row, struct text client, struct text id, const void *data,
                struct arena *a);

/* The line behind `hears`: into the copies, then to what reacts. */
void world_hear(const char *line, struct text actor, struct text client);

/* The line behind `sends`, `fails` and `dies`. */
void world_send(struct text how, const char *line);
void world_forget_sent(void);

/* Everything due by then lapses. */
void world_adopt_clock(int64_t now);

#endif
