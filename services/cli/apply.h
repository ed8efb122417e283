/* apply: configuration as files. YAML under a directory says how entities are to be; what differs
 * is shown, and then set, in an order in which nothing names what is not there yet.
 *
 * What may stand in a file follows from the services' tables alone: a noun with a command `set`
 * about an entity, in a service with a single partition, is a list under the entity's plural, and
 * its keys are that command's fields.
 *
 * Files are read and checked as a whole before anything is sent. Every complaint names the file,
 * the line and column, the field's path and the rule.
 */
#ifndef REDRESS_CLI_APPLY_H
#define REDRESS_CLI_APPLY_H

#include <jansson.h>

#include "services/cli/cli.h"

enum {
    APPLY_FILES_MAX = 1000,
    APPLY_ITEMS_MAX = 200000,
    APPLY_MIB_MAX = 4096, /* of memory for what is read, looked up and rehearsed */
    APPLY_KINDS_MAX = 64,
    APPLY_DEPTH_MAX = 16, /* of directories, and of what is in a file */
    APPLY_ERRORS_MAX = 20, /* told at once */
};

struct mark {
    const char *file; /* NULL: nowhere */
    unsigned line, column;
};

/* What can be applied: a noun that can be set. */
struct apply_kind {
    const struct service_type *service;
    const struct command_row *set, *remove; /* remove: NULL where nothing goes out */
    const struct entity_row *entity;
    const struct query_row *all, *one; /* how many, and how one of them, are looked up */
    json_t *is; /* what there is: rows by their ids */
};

struct apply_place { /* of a node within its item */
    const char *path; /* "holders[0].level" */
    struct mark mark;
};

struct apply_ref { /* an id that names another entity */
    const struct apply_kind *kind;
    struct text id;
    uint32_t place; /* of the item's */
    struct apply_item
        *item; /* what it names, once the order is looked for; NULL: not in the files */
};

enum apply_change { CHANGE_NONE, CHANGE_ADD, CHANGE_EDIT, CHANGE_REMOVE };

struct apply_item {
    const struct apply_kind *kind;
    struct text id;
    void *value; /* the struct of kind->set; of one that goes out, what it is now */
    const char *path; /* "clients[2]"; empty for what is in no file */
    struct mark mark;
    struct apply_place *places;
    struct apply_ref *refs;
    uint32_t place_count, place_room, ref_count, ref_room;
    json_t *wanted; /* the command's data */
    const json_t *is; /* the row of the service, NULL: there is none */
    uint64_t version; /* of what is there; 0: nothing */
    enum apply_change change;
    bool done;
    bool flies; /* a command of it was sent, and not answered yet */
    bool opened; /* goes out, and has let go already of those of later kinds */
    const struct reply *no; /* the services' rules said no, when */
    uint32_t no_at; /* so many steps had been taken */
    uint32_t *after; /* items that must let go of this one first */
    uint32_t after_count, after_room;
};

/* One command that was taken. */
struct apply_step {
    struct apply_item *item;
    const void *value; /* as apply_send has it */
    bool opened; /* the item's, then */
    bool whole; /* the item is as wanted behind it */
};

struct apply {
    struct arena arena; /* owns all below but json_t */
    struct apply_kind kinds[APPLY_KINDS_MAX];
    uint32_t kind_count;
    const char *from; /* the file or directory as given */
    bool prune; /* what no file says goes out */
    struct apply_item *items; /* in the order of kinds, and of files within */
    uint32_t count, room;
    struct apply_step *steps; /* what apply_order did, in that order */
    uint32_t step_count, step_room;
    struct apply_item **by_id; /* sorted by (kind, id), once apply_index was called */
    struct text errors[APPLY_ERRORS_MAX];
    uint32_t error_count; /* may be more than are kept */
};

/* The kinds of the services of this program. */
void apply_begin(struct apply *a);

/* Whether there is room for a page or an item more. */
bool apply_has_room(const struct arena *a);

void apply_end(struct apply *a);

/* Reads a file, or every *.yaml and *.yml under a directory in the order of their names, and finds
 * what is named twice. Complaints are in a->errors. */
void apply_read(struct apply *a, const char *path);

/* Appends an item; and to an item, what a field of it names, at its last place. */
void apply_keep(struct apply *a, const struct apply_item *item);
void apply_name(struct apply *a, struct apply_item *i, const struct field *f, struct text id);

/* The same for everything that a value names. */
void apply_name_all(struct apply *a, struct apply_item *i, const struct record *record,
                    const void *value);

/* Sorts the items, so that they are found. Items move: nothing may point at one yet. */
void apply_index(struct apply *a);

/* A complaint. */
void apply_wrong(struct apply *a, const struct mark *at, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Says the complaints on standard error. 0 when there are none, else EXIT_USAGE. */
int apply_say_errors(const struct apply *a);

/* The nearest place to a path within an item: its own, or the one around it. */
const struct apply_place *apply_place(const struct apply_item *i, const char *path);

/* The item of that id, or NULL. */
struct apply_item *apply_find(const struct apply *a, const struct apply_kind *kind, struct text id);
const struct apply_kind *apply_kind_of(const struct apply *a, const char *entity);

/* Whether the entity is there, as far as is known now. */
bool apply_is_there(const struct apply *a, const struct apply_kind *kind, struct text id);

/* --- apply_plan.c ------------------------------------------------------------------------------
 */

/* Compares with what there is (kind->is), which sets wanted, is and change of every item; looks
 * whether everything that is named will be there. */
void apply_compare(struct apply *a, struct apply_item *i);
void apply_plan(struct apply *a);

/* Whether two values of a field say the same: an empty text or list says nothing. */
bool apply_same(const json_t *a, const json_t *b);

/* A row of a service as a struct of kind->set. 0 or -EBADMSG. */
int apply_value(struct arena *arena, const struct apply_kind *kind, const json_t *row, void **ret);

/* --- apply_prune.c -----------------------------------------------------------------------------
 */

/* Appends what there is and no file says, to be removed, when a->prune; before apply_plan. */
void apply_prune(struct apply *a);

/* --- apply_look.c ------------------------------------------------------------------------------
 */

/* Asks a query of a service's only partition, and leaves the answer in the arena. 0 or -errno. */
typedef int apply_ask(void *arg, const struct service_type *s, const struct query_row *row,
                      const struct request *q, struct arena *arena, struct reply *reply);

/* What there is of all kinds, into kind->is. 0, or the exit code, having said why. */
int apply_look(struct apply *a, apply_ask *ask, void *arg);

/* What differs, after apply_look: prunes, plans, and looks who may not go. Complaints are in
 * a->errors. 0, or the exit code, having said why. */
int apply_differ(struct apply *a, apply_ask *ask, void *arg);

/* One entity with its version, so that what is compared is what is replaced: what is asked for it,
 * and what is made of the answer. */
struct request apply_question(struct apply *a, const struct apply_item *i);
void apply_answer(struct apply *a, struct apply_item *i, const struct reply *reply);

/* Rows of a query, all pages, as a list; NULL having said why in *ret_code. */
json_t *apply_rows(const struct service_type *s, const struct query_row *row, struct arena *arena,
                   apply_ask *ask, void *arg, int *ret_code);
const struct query_row *apply_query(const struct service_type *s, const char *name);

/* --- apply_order.c -----------------------------------------------------------------------------
 */

/* The services' rules say no as things stand; what they said is in i->no. */
enum { APPLY_REFUSED = -1 };

/* Sends one item's command: its whole value, or one that leaves out what is not there yet, or NULL:
 * it goes out. 0, APPLY_REFUSED, or the exit code, having said why. */
typedef int apply_send(void *arg, struct apply_item *i, const void *value);

/* Calls `send` for every item that changes, until one fails or cli_stopped: first what others name,
 * and who lets go of somebody before that one moves or goes. Where two new ones name each other,
 * the first is sent without that, and once more when both are there; of two that go, the same
 * backwards.
 *
 * Rules may want an order of their own, which no reference tells: another desk is the usual one
 * until it is set, a partner is not gone while an agreement is there. So what is refused is tried
 * again whenever something else was taken. When all that is left is refused, APPLY_REFUSED. */
int apply_order(struct apply *a, apply_send *send, void *arg);

/* Keeps what was said of an item, and says the first such: the exit code. */
int apply_refused(struct apply *a, struct apply_item *i, const struct reply *reply);
int apply_say_refused(const struct apply *a);

/* The command that sends `value`, or removes the item. */
const struct command_row *apply_command(const struct apply_item *i, const void *value,
                                        struct msg_buffer *body);

/* --- apply_send.c ------------------------------------------------------------------------------
 */

/* Looks at each that changes once more, for its version; many at a time. 0, or the exit code,
 * having said why. */
int apply_versions(struct apply *a, struct client *c);

/* The id of the command that says `body` of an item: the same for the same content over the same
 * version, so an apply that was interrupted says the same again, and so does history. */
struct id apply_id(struct arena *a, const struct apply_item *i, const char *command,
                   const struct msg_buffer *body);

/* Sends all that changes over the bus, many in flight. 0, or the exit code, having said why. */
int apply_over_bus(struct apply *a, struct client *c, const char *actor);

/* --- apply_rehearse.c ---------------------------------------------------------------------------
 */

/* The same in this process, over a copy of what there is, in a directory that goes away: whether
 * the services' rules would refuse something. 0, or the exit code, having said what and where. */
int apply_rehearse(struct apply *a, const struct suite *suite);

/* What `a` has looked up, as the items of another that is empty: to be set anew elsewhere. 0 or
 * -errno. */
int apply_copy(const struct apply *a, struct apply *ret);

/* Says what was refused, and its place in the files; the exit code of the status. */
int apply_say_no(const struct apply *a, const struct apply_item *i, const struct reply *reply);

/* --- apply_show.c ------------------------------------------------------------------------------
 */

struct apply_counts {
    uint32_t add, edit, remove, same, done;
};
struct apply_counts apply_count(const struct apply *a);

void apply_show(struct apply *a, FILE *out, bool colours);
json_t *apply_json(const struct apply *a);

#endif
