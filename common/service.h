/* service: what a Redress service is. A `struct service_type` is tables over pure functions; the
 * runtime does everything else.
 *
 * A service's objects may call only what this header, model.h, worktime.h, wall.h, fixed.h and
 * text.h declare, plus mem*: no clock, randomness, I/O, malloc, mutable globals or floating point.
 * `make purity` proves it on the object files.
 *
 * Lifetimes: every pointer given to, or obtained in, decide, apply, wake, react, copy and query
 * lives until the function's turn ends; a service keeps none. Texts and lists may be shared freely
 * between commands, events and entities of one turn.
 */
#ifndef REDRESS_SERVICE_H
#define REDRESS_SERVICE_H

#include "common/base/duration.h"
#include "common/msg/msg.h"
#include "common/time/worktime.h"

enum { /* named limits of a turn */
       DECISION_EVENTS_MAX = 80, /* events of one command: one for each of 64 tickets, and some */
       KEY_MAX = 320, /* bytes of an index key without its entity */
       SCAN_MAX = 10000, /* rows a query may look at before it must answer with a cursor */
       QUERY_MS = 50, /* and the time it may take */
       ANSWER_PLACE_MAX = 128,
};

struct view; /* this partition's entities and copies, as of the events before this one */
struct decision; /* what decide answers: events or one refusal */
struct answer; /* what a query answers */
struct walk; /* a walk along an index */
struct effect; /* something to be sent out of the suite */

/* The client of what belongs to the provider itself: everything in a service with a single
 * partition, and the copies of it elsewhere. No other client is called so. */
#define PROVIDER_CLIENT ((struct text)TEXT_OF("provider"))

/* The most that one contract may say: a million million, in hundredths. Sums of very many of them
 * are still far from what 64 bits hold. */
#define AMOUNT_MAX INT64_C(100000000000000)

struct entity_id {
    char at[ENTITY_ID_MAX];
    uint32_t length;
};

/* Who, when, with which settings: all that a decision may know besides its view. */
struct context {
    int64_t now; /* the suite's clock, microseconds UTC; never before the partition's last event */
    struct text client; /* the partition key; every entity of the turn belongs to it */
    struct text actor; /* who did it, never from the body */
    const void *options; /* struct <service>_options */
    /* reactions only: of the upstream event */
    struct text cause; /* its subject's id */
    struct text cause_event; /* its own id: "escalation/003/2/1842" */
    struct text cause_actor;
    int64_t cause_time;
    bool final; /* what copies may lack does not come by waiting: decide with what there is */
};

/* The facts of the event being folded. */
struct fold {
    int64_t time; /* commit time */
    uint64_t sequence;
    struct text client, id, actor;
    struct view *view;
};

/* --- view ----------------------------------------------------------------------------------- */

/* The entity (or copy, or aggregate) of the turn's client, decoded; NULL when it is not born. */
const void *view_get(struct view *v, int entity, struct text id);

/* The same under another client: PROVIDER_CLIENT for copies of the catalog, "" for a partition's
 * totals. */
const void *view_get_of(struct view *v, int entity, struct text client, struct text id);

/* Zeroed memory, as long as the turn. */
void *view_alloc(struct view *v, size_t size);

/* An index key: order-preserving parts. Appending beyond KEY_MAX is a bug and stops the process. */
struct key {
    uint8_t at[KEY_MAX];
    uint32_t length;
};
void key_text(struct key *k, struct text t);
void key_integer(struct key *k, int64_t v);

struct found {
    struct text client, id;
    uint64_t version; /* sequence of the last event about it */
    const void *entity; /* decoded */
};

/* Walks the entities of an index whose keys begin with prefix (NULL: all), in key order, at most
 * `max` of them. */
struct walk *view_walk(struct view *v, int index, const struct key *prefix, uint32_t max);
bool view_next(struct walk *w, struct found *ret);

/* The same in two steps, where keys tell which rows are wanted: on to the next row, whose key is
 * said, and the entity of that row. False: there is none, or the store failed. Where it fails at
 * the entity, that has nothing but zeroes, the walk is over, and what is made of it is not told. */
bool view_step(struct walk *w, struct key *ret);
void view_here(struct walk *w, struct found *ret);

/* --- decide --------------------------------------------------------------------------------- */

/* Appends one event about the entity `id` of the event's noun; copies the struct (not what it
 * points at). More than DECISION_EVENTS_MAX is a bug and stops the process. */
void decision_emit(struct decision *d, int event, struct text id, const void *data, size_t size);
#define EMIT(d, type, id, ...)                                                                     \
    decision_emit((d), EVENT_##type, (id), &(const struct type){ __VA_ARGS__ }, sizeof(struct type))

/* Says no with the rule's code and sentence, naming the field of the command (or ""). Events
 * emitted before are dropped; the first refusal stays. */
void decision_refuse(struct decision *d, int refusal, const char *field);
#define REFUSE(d, name, field) decision_refuse((d), REFUSAL_##name, (field))

/* The fact is known already: nothing happens, the answer is ok and marked as replayed. */
void decision_known(struct decision *d);

/* A copy lacks a row this command needs: it is tried again as copies advance, for 30 s at most,
 * then `busy`. A reaction waits only while its context is not final. */
void decision_wait(struct decision *d);

/* The command's target does not exist: not_found. */
void decision_missing(struct decision *d, const char *field);

/* The n-th new entity of this command: "<prefix>-" and a UUIDv8 derived from the command's id and
 * n. */
struct text decision_id(struct decision *d, const char *prefix, uint32_t n);

/* Zeroed memory and copies for building events; lives as long as the turn. */
void *decision_alloc(struct decision *d, size_t size);

/* --- apply ---------------------------------------------------------------------------------- */

/* A total that the event's noun may change; created zero. `key` is "" for the partition's own
 * total. */
void *fold_aggregate(struct fold *f, int aggregate, struct text key);

/* The same beneath a client: what view_get_of finds with that client and key. */
void *fold_aggregate_of(struct fold *f, int aggregate, struct text client, struct text key);

/* A row of a copy, for changing; copy functions only. It belongs to the event's client. A row (or
 * an applied event's entity) that is left all zero is removed. */
void *fold_copy(struct fold *f, int entity, struct text id);

/* Appends *item to a struct X_list, in the turn's memory: decide has checked the list's maximum. */
void fold_append(struct fold *f, void *list, const void *item, size_t size);
#define APPEND(f, list, item) fold_append((f), (list), (item), sizeof *(list)->at)

/* --- queries -------------------------------------------------------------------------------- */

/* The answer of a ONE or SETTLED query; call once. */
void answer_one(struct answer *a, const void *result);

/* Says no to a question that cannot be answered, with the rule's code and sentence, naming the
 * parameter (or ""). Rows answered before are dropped; the first refusal stays. */
void answer_refuse(struct answer *a, int refusal, const char *field);
#define REFUSE_ANSWER(a, name, field) answer_refuse((a), REFUSAL_##name, (field))

/* A row of a MANY query, copied. False when the page is full: stop. */
bool answer_row(struct answer *a, const void *row);

/* A row of a MANY query that computes its rows instead of finding them along a walk. They come in
 * the same order every time; those before the request's cursor are passed over. False when this one
 * is for the next page, for which there is a cursor then: stop. Not beside answer_row or
 * answer_walk. */
bool answer_computed(struct answer *a, const void *row);

/* For a query that may compute for long: before each piece of its work it says where it is, in at
 * most ANSWER_PLACE_MAX bytes. False when the page is full or QUERY_MS are over: stop, the cursor
 * leads back to this place. It may say the
 * same place again; the work at the first is always done. Its rows are answer_row's. */
bool answer_at(struct answer *a, const void *place, size_t length);

/* Where to begin: the place of the request's cursor, which may be anything; "" at the beginning. */
struct text answer_place(const struct answer *a);

/* A whole entity as the only row of a MANY query, and its version as the reply's; no row when it
 * is not born. */
void answer_entity(struct answer *a, struct view *v, int entity, struct text client,
                   struct text id);
void answer_found(struct answer *a, const struct found *f);

/* Walks an index for a query: begins behind the request's cursor, stops at its limit, at SCAN_MAX
 * rows or QUERY_MS, and then leaves a cursor. Use view_next on it. At most one a query. */
struct walk *answer_walk(struct answer *a, struct view *v, int index, const struct key *prefix);

/* --- effects -------------------------------------------------------------------------------- */

/* Mail and hooks are functions of state, as timers are: a row of an effect's index is due at the
 * instant its key begins with. When that has come, and only at the log's head in an owned
 * partition, the runtime calls attempt; its events (at least one, that the try is made) commit
 * before the try, and outcome's events behind it. An attempted row stays due: while the try is
 * under way the runtime leaves it alone, and one whose try was interrupted is attempted again.
 * Outcome moves the row's instant, or takes it out of the index. */
enum effect_kind {
    EFFECT_NONE, /* nothing is to be sent after all: attempt's events said why */
    EFFECT_MAIL,
    EFFECT_HOOK
};

/* What is to be sent; texts live as long as the turn. No text may hold CR, LF or NUL where it
 * becomes a header: to, to_name, subject. Such an effect is refused with EFFECT_bad_address. */
struct effect {
    enum effect_kind kind;
    struct text id; /* stable over tries: Message-ID and webhook-id are made of it */
    struct text to; /* the mail address, or the URL */
    struct text to_name; /* MAIL: the addressee's name; "" for none */
    struct text secret; /* HOOK: file:NAME or env:NAME; "" sends it unsigned */
    struct text
        thread; /* MAIL: what belongs together has the same, and In-Reply-To is made of it */
    struct text subject, plain, html; /* MAIL */
    struct text type; /* HOOK: the body is JSON {type, timestamp, data}, */
    int64_t time; /* of this instant, */
    struct text_map data; /* with these members */
    struct effect_turn *turn; /* the runtime's */
};

/* Why something could not be sent. Those that are temporary are tried again. */
#define EFFECT_FAILURES(X)                                                                         \
    X(unreachable, 1, true, "The peer could not be reached.")                                      \
    X(timeout, 2, true, "The peer took too long.")                                                 \
    X(name_unknown, 3, true, "The peer's name could not be resolved.")                             \
    X(untrusted, 4, true, "The peer's certificate is not trusted.")                                \
    X(busy, 5, true, "The peer asked to try later.")                                               \
    X(peer_failed, 6, true, "The peer failed.")                                                    \
    X(interrupted, 7, true, "The try was interrupted.")                                            \
    X(rejected, 20, false, "The peer refused the message.")                                        \
    X(recipient_unknown, 21, false, "The peer knows no such recipient.")                           \
    X(gone, 22, false, "The peer says that the address is gone.")                                  \
    X(redirected, 23, false, "The peer points elsewhere; redirects are not followed.")             \
    X(target_forbidden, 24, false, "The target is a private or loopback address.")                 \
    X(bad_address, 25, false, "The address cannot be used.")                                       \
    X(secret_missing, 26, false, "The signing secret cannot be read.")                             \
    X(not_configured, 27, false, "The channel is not configured.")

#define EFFECT_FAILURE_(name, number, temporary, doc) EFFECT_##name = (number),
enum effect_failure { EFFECT_FAILURES(EFFECT_FAILURE_) };

/* What became of a try. */
struct outcome {
    enum { OUTCOME_SENT, OUTCOME_DELIVERED, OUTCOME_FAILED } kind; /* DELIVERED: a hook's 2xx */
    enum effect_failure failure; /* FAILED */
    bool temporary; /* FAILED: it may be tried again */
    int64_t retry_after; /* microseconds that the peer asked for; 0 when it did not */
    struct text detail; /* the peer's last words, or what happened; one line, at most 300 bytes */
    struct text digest; /* BLAKE2b-256 of what was sent, in hexadecimal; the bytes lie beside the
                           log as long as nobody deletes them */
};

/* Memory for building an effect, as long as the turn. */
void *effect_alloc(struct effect *e, size_t size);

/* An instant in words for people, in an IANA zone: "Sat 21 Nov 2026 15:30 CET"; in UTC when the
 * zone is "" or unknown. */
struct text effect_instant(struct effect *e, int64_t instant, struct text zone);

/* A link that lets `actor` do `purpose` ("ack", "survey") to `subject` ("client/id") without
 * logging in, until `expires`; "" when the suite has no public address. The gateway reads it. */
struct text effect_link(struct effect *e, const char *purpose, struct text subject,
                        struct text actor, int64_t expires);

/* --- the tables ----------------------------------------------------------------------------- */

typedef void decide_fn(const struct context *ctx, struct view *v, const void *command,
                       struct decision *d);
typedef void apply_fn(struct fold *f, const void *event, void *entity);
typedef int64_t due_fn(const void *entity); /* the instant it wants to be woken, 0 for never */
typedef void wake_fn(const struct context *ctx, struct view *v, struct text id, const void *entity,
                     struct decision *d);
typedef void lapse_fn(void *entity,
                      int64_t until); /* ends every timer due at or before until, with no effect */
typedef bool index_fn(struct text client, struct text id, const void *entity, struct key *k);
typedef void target_fn(const void *command, struct entity_id *ret);
typedef void query_fn(const struct context *ctx, struct view *v, const void *parameters,
                      struct answer *a);
/* Pure arithmetic over the sums in a result: the runtime calls it behind the query, the client
 * library behind a merge, so it may run twice and must come to the same. Behind a merge every
 * integer and decimal is the sum of what the partitions said, what `settle` wrote there too: it
 * says each of those anew, or leaves it at 0 with its `has` false. A number that is alike
 * everywhere is no sum: it goes as another kind, or as a sum with how many it is of. It may change
 * the rows of lists, not their number. */
typedef void settle_fn(const void *parameters, void *result);
typedef void copy_fn(struct fold *f, const void *event);
typedef void attempt_fn(const struct context *ctx, struct view *v, struct text id,
                        const void *entity, struct decision *d, struct effect *ret);
typedef void outcome_fn(const struct context *ctx, struct view *v, struct text id,
                        const void *entity, const struct outcome *o, struct decision *d);

enum command_how {
    CREATES, /* makes a new entity; `expect` may only be 0 */
    ON, /* about the entity named by the field called like the noun */
    NATURAL, /* about the entity its natural key names; idempotent by that entity, not by the
                command's id */
};
enum query_how {
    ONE, /* of several partitions: integers and decimals are summed */
    MANY,
    SETTLED /* ONE whose sums `settle` makes into what is no sum, behind the query and behind any
               merge; lists of partitions are of the same length and summed row by row; of other
               kinds the first partition's stands */
};
/* A copy is kept by every partition that hears the event. A reaction is a decision of one client,
 * in the partition that this client belongs to: of the event's own; or, where a single-partition
 * service spoke and the row has a field `client` (text or reference) that is given, of the client
 * it names. So what the catalog says of a client's contract is decided beside what else is known of
 * that client. A feedback is a reaction that may close a circle in the follow graph. */
enum follow_how { COPY, REACTION, FEEDBACK };
enum entity_how { PLAIN, TIMED, COPIED, TOTAL };

struct entity_row {
    int id;
    const char *name, *plural;
    enum entity_how how;
    const struct record *record;
    due_fn *due; /* TIMED only, as wake and lapse */
    wake_fn *wake;
    lapse_fn *lapse;
    const char *doc;
};
struct index_row {
    int id;
    const char *name;
    int entity;
    index_fn *key;
    const char *doc;
};
struct command_row {
    int id;
    const char *noun, *verb, *name; /* name: "noun.verb" */
    enum command_how how;
    const struct record *record;
    decide_fn *decide;
    target_fn *target; /* NATURAL only */
    const char *doc;
};
struct event_row {
    int id;
    const char *noun, *verb, *name;
    const struct record *record;
    apply_fn *apply;
    const char *doc;
};
struct query_row {
    int id;
    const char *name; /* "service.name" */
    enum query_how how;
    const struct record *parameters,
        *result; /* MANY: rows come in the order of the result's first field */
    query_fn *query;
    settle_fn *settle; /* SETTLED only */
    const char *doc;
};
struct follow_row {
    int id;
    const char *source, *event; /* the service followed, and the type of its event */
    enum follow_how how;
    const struct record *record; /* the fields of that event this service reads */
    copy_fn *copy; /* COPY */
    decide_fn *react; /* REACTION, FEEDBACK: `command` is the record */
    const char *doc;
};
struct effect_row {
    int id;
    const char *name; /* the entity's */
    int entity, index;
    attempt_fn *attempt;
    outcome_fn *outcome;
    const char *doc;
};
struct refusal_row {
    const char *code, *sentence;
};
enum option_kind {
    OPTION_INTEGER,
    OPTION_DURATION,
    OPTION_BOOL,
    OPTION_TEXT,
    OPTION_CHOICE, /* a word of an enumeration: its number */
    OPTION_DATE /* days since 1970-01-01; 0 when empty */
};
struct option_row {
    const char *name;
    enum option_kind kind;
    const char *fallback; /* the default, in its text form */
    int64_t min, max; /* of the value; microseconds for durations; bytes for texts */
    size_t offset; /* int64_t, or struct text for texts */
    const char *doc;
    const struct enumeration *values; /* CHOICE */
};

struct service_type {
    const char *name;
    uint32_t fold_version; /* raise it when an apply, index or due changes meaning: states are
                              folded again */
    bool single; /* one partition, whatever the suite has; its only client is PROVIDER_CLIENT */
    const char *doc;
    const struct entity_row *entities;
    const struct index_row *indexes;
    const struct command_row *commands;
    const struct event_row *events;
    const struct query_row *queries;
    const struct follow_row *follows;
    const struct effect_row *effects;
    const struct refusal_row *refusals; /* [0] is unused */
    const struct option_row *options;
    size_t entity_count, index_count, command_count, event_count, query_count, follow_count,
        effect_count, refusal_count, option_count, options_size;
};

#endif
