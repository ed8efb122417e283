/* def_tables: turns the rows of one .def file into the tables of one `const struct service_type`.
 * Included once a service, by services/<service>/tables.c, behind proto/<service>.h; DEF_SERVICE,
 * DEF_FILE, DEF_FOLD_VERSION and DEF_DOC are set, and DEF_SINGLE 1 for a service with a single
 * partition.
 *
 * The functions a row needs are found by name: decide_<noun>_<verb>, apply_<noun>_<verb>,
 * target_<noun>_<verb> (NATURAL), due_, wake_ and lapse_<entity> (TIMED), index_<name>,
 * query_<service>_<name>, copy_ or react_<noun>_<verb> (follows), check_<noun> and, for one that
 * lives, after_<noun> (models).
 */
#include "common/model.h"
#include "common/service.h"

#ifndef DEF_SINGLE
#define DEF_SINGLE 0
#endif
#define DEF_TEXT_(x) #x
#define DEF_TEXT(x) DEF_TEXT_(x)

/* Pass 1: prototypes. */
#include "common/def_functions.h"

/* Pass 2: enumerations. */
#include "common/def_none.h"
#undef ENUMERATION
#undef VALUE
#undef END_ENUMERATION
#define ENUMERATION(e) static const struct enumeration_value values_##e[] = {
#define VALUE(e, label, number, text) { #label, (number), (text) },
#define END_ENUMERATION(e)                                                                         \
    { 0 }                                                                                          \
    }                                                                                              \
    ;                                                                                              \
    static const struct enumeration enumeration_##e = { #e, values_##e };
#include DEF_FILE

/* Pass 3: the rows of every record, in a function so that offsetof can name its struct. */
#include "common/def_none.h"
#include "common/def_each.h"
#undef DEF_OPEN
#undef DEF_CLOSE
#define DEF_OPEN(r)                                                                                \
    static struct field_rows fields_##r(void)                                                      \
    {                                                                                              \
        typedef struct r self;                                                                     \
        static const struct field rows[] = {
#define DEF_CLOSE(r)                                                                               \
    }                                                                                              \
    ;                                                                                              \
    _Static_assert(sizeof rows / sizeof *rows <= MSG_FIELDS_MAX, "too many fields");               \
    return (struct field_rows){ rows, sizeof rows / sizeof *rows };                                \
    }                                                                                              \
    static const struct record record_##r = { #r, "", sizeof(struct r), fields_##r };
#define DEF_ROW(field_name, of, needed, who, text)                                                 \
    .name = #field_name, .name_length = sizeof #field_name - 1, .kind = KIND_##of,                 \
    .need = (needed), .audience = (who), .offset = offsetof(self, field_name),                     \
    .has_offset = offsetof(self, has.field_name), .doc = (text)
#undef TEXT
#undef REFERENCE
#undef NAMED
#undef INTEGER
#undef DECIMAL
#undef BOOL
#undef ENUM
#undef INSTANT
#undef DURATION
#undef LOCAL_TIME
#undef DATE
#undef TIME
#undef LIST
#undef MAP
#define TEXT(n, most, need, who, doc) { DEF_ROW(n, TEXT, need, who, doc), .max = (most) },
#define REFERENCE(n, to, need, who, doc)                                                           \
    { DEF_ROW(n, REFERENCE, need, who, doc), .max = ENTITY_ID_MAX, .reference = #to },
#define NAMED(n, to, need, who, doc)                                                               \
    { DEF_ROW(n, REFERENCE, need, who, doc), .max = ENTITY_ID_MAX, .reference = #to,               \
      .free_form = true },
#define INTEGER(n, least, most, need, who, doc)                                                    \
    { DEF_ROW(n, INTEGER, need, who, doc), .min = (least), .max = (most) },
#define DECIMAL(n, digits, least, most, need, who, doc)                                            \
    { DEF_ROW(n, DECIMAL, need, who, doc), .scale = (digits), .min = (least), .max = (most) },
#define BOOL(n, need, who, doc) { DEF_ROW(n, BOOL, need, who, doc) },
#define ENUM(n, of, need, who, doc)                                                                \
    { DEF_ROW(n, ENUM, need, who, doc), .values = &enumeration_##of },
#define INSTANT(n, need, who, doc) { DEF_ROW(n, INSTANT, need, who, doc) },
#define DURATION(n, least, most, need, who, doc)                                                   \
    { DEF_ROW(n, DURATION, need, who, doc), .min = (least), .max = (most) },
#define LOCAL_TIME(n, need, who, doc) { DEF_ROW(n, LOCAL_TIME, need, who, doc) },
#define DATE(n, need, who, doc) { DEF_ROW(n, DATE, need, who, doc) },
#define TIME(n, need, who, doc) { DEF_ROW(n, TIME, need, who, doc) },
#define LIST(n, of, most, need, who, doc)                                                          \
    { DEF_ROW(n, LIST, need, who, doc), .max = (most), .record = &record_##of },
#define MAP(n, most, need, who, doc) { DEF_ROW(n, MAP, need, who, doc), .max = (most) },
#include DEF_FILE

/* The records of a model besides its own, and its functions: model.h's, told which one it is. */
#include "common/def_none.h"
#undef MODEL
#undef MIRROR
extern const struct service_type DEF_PASTE(DEF_SERVICE, _service);
#define DEF_AFTER_STANDS(noun) NULL
#define DEF_AFTER_LIVES(noun)  after_##noun
#define MODEL(n, thing, plural, how, text)                                                         \
    static struct field_rows fields_##thing##_named(void)                                          \
    {                                                                                              \
        typedef struct thing##_named self;                                                         \
        static const struct field rows[] = {                                                       \
            { DEF_ROW(thing, REFERENCE, REQUIRED, PROVIDER, "Which one."), .max = ENTITY_ID_MAX,   \
              .reference = #thing, .free_form = true },                                            \
        };                                                                                         \
        return (struct field_rows){ rows, 1 };                                                     \
    }                                                                                              \
    static const struct record record_##thing##_named = {                                          \
        #thing "_named", "", sizeof(struct thing##_named), fields_##thing##_named                  \
    };                                                                                             \
    static const struct model model_##thing = {                                                    \
        .service = &DEF_PASTE(DEF_SERVICE, _service),                                              \
        .entity = ENTITY_##thing,                                                                  \
        .changed = EVENT_##thing##_changed,                                                        \
        .removed = EVENT_##thing##_removed,                                                        \
        .by_id = INDEX_##thing##_by_id,                                                            \
        .named = AGGREGATE_named,                                                                  \
        .noun = #thing,                                                                            \
        .record = &record_##thing,                                                                 \
        .check = check_##thing,                                                                    \
        .after = DEF_AFTER_##how(thing),                                                           \
        .form_refused = REFUSAL_id_form,                                                           \
        .unknown_refused = REFUSAL_not_in_catalog,                                                 \
        .needed_refused = REFUSAL_still_named,                                                     \
    };                                                                                             \
    static void target_##thing(const void *command, struct entity_id *ret)                         \
    {                                                                                              \
        const struct thing *c = command;                                                           \
        memcpy(ret->at, c->id.at, c->id.length);                                                   \
        ret->length = c->id.length;                                                                \
    }                                                                                              \
    static void set_##thing(const struct context *ctx, struct view *v, const void *command,        \
                           struct decision *d)                                                     \
    {                                                                                              \
        const struct thing *c = command;                                                           \
        model_set(&model_##thing, ctx, v, c->id, command, d);                                      \
    }                                                                                              \
    static void remove_##thing(const struct context *ctx, struct view *v, const void *command,     \
                              struct decision *d)                                                  \
    {                                                                                              \
        const struct thing##_named *c = command;                                                   \
        model_remove(&model_##thing, ctx, v, c->thing, d);                                         \
    }                                                                                              \
    static void changed_##thing(struct fold *f, const void *event, void *entity)                   \
    {                                                                                              \
        model_changed(&model_##thing, f, event, entity);                                           \
    }                                                                                              \
    static void removed_##thing(struct fold *f, const void *event, void *entity)                   \
    {                                                                                              \
        (void)event;                                                                               \
        model_removed(&model_##thing, f, entity);                                                  \
    }                                                                                              \
    static void all_##thing(const struct context *ctx, struct view *v, const void *parameters,     \
                           struct answer *a)                                                       \
    {                                                                                              \
        model_all(&model_##thing, ctx, v, parameters, a);                                          \
    }                                                                                              \
    static void one_##thing(const struct context *ctx, struct view *v, const void *parameters,     \
                           struct answer *a)                                                       \
    {                                                                                              \
        const struct thing##_named *c = parameters;                                                \
        model_one(&model_##thing, ctx, v, c->thing, a);                                            \
    }
#define MIRROR(n, source, noun, plural, text)                                                      \
    static void mirror_##noun(struct fold *f, const void *event)                                   \
    {                                                                                              \
        memcpy(fold_copy(f, ENTITY_##noun, f->id), event, sizeof(struct noun));                    \
    }                                                                                              \
    static void forget_##noun(struct fold *f, const void *event)                                   \
    {                                                                                              \
        (void)event;                                                                               \
        memset(fold_copy(f, ENTITY_##noun, f->id), 0, sizeof(struct noun));                        \
    }
#include DEF_FILE

/* An id used twice is a duplicate case, which no compiler accepts. */
#include "common/def_none.h"
#undef ENTITY
#undef AGGREGATE
#undef MODEL
#undef MIRROR
#undef INDEX
#undef COMMAND
#undef EVENT
#undef QUERY
#undef FOLLOW
#undef EFFECT
#define ENTITY(id, name, plural, how, doc) case (id):
#define AGGREGATE(id, name, doc) case (id):
#define MODEL(n, noun, plural, how, doc)                                                           \
    case (n):                                                                                      \
    case DEF_MODEL_SET(n):                                                                         \
    case DEF_MODEL_REMOVE(n):                                                                      \
    case DEF_MODEL_CHANGED(n):                                                                     \
    case DEF_MODEL_REMOVED(n):                                                                     \
    case DEF_MODEL_ALL(n):                                                                         \
    case DEF_MODEL_ONE(n):                                                                         \
    case DEF_MODEL_BY_ID(n):
#define MIRROR(n, source, noun, plural, doc)                                                       \
    case DEF_MIRROR(n):                                                                            \
    case DEF_MIRROR_CHANGED(n):                                                                    \
    case DEF_MIRROR_REMOVED(n):
#define INDEX(id, name, entity, doc) case (id):
#define COMMAND(id, noun, verb, how, doc) case (id):
#define EVENT(id, noun, verb, doc) case (id):
#define QUERY(id, service, name, result, how, doc) case (id):
#define FOLLOW(id, source, noun, verb, how, doc) case (id):
#define EFFECT(id, entity, index, doc) case (id):
static inline bool def_id_known(int id)
{
    switch (id) {
#include DEF_FILE
        return true;
    default:
        return false;
    }
}

/* Pass 4: the tables. Each begins with an unused zero row, so that none is empty. */
#include "common/def_none.h"
#undef ENTITY
#undef AGGREGATE
#undef MODEL
#undef MIRROR
#define DEF_TIMER_PLAIN(name)
#define DEF_TIMER_COPIED(name)
#define DEF_TIMER_TIMED(name) .due = due_##name, .wake = wake_##name, .lapse = lapse_##name,
#define ENTITY(number, noun, many, kind, text)                                                     \
    { .id = (number), .name = #noun, .plural = #many, .how = (kind), .record = &record_##noun,     \
      DEF_TIMER_##kind(noun) .doc = (text) },
#define MODEL(n, noun, many, kind, text)                                                           \
    { .id = (n), .name = #noun, .plural = #many, .how = PLAIN, .record = &record_##noun,           \
      .doc = (text) },
#define MIRROR(n, source, noun, many, text)                                                        \
    { .id = DEF_MIRROR(n), .name = #noun, .plural = #many, .how = COPIED,                          \
      .record = &record_##noun, .doc = (text) },
#define AGGREGATE(number, noun, text)                                                              \
    { .id = (number), .name = #noun, .plural = #noun, .how = TOTAL, .record = &record_##noun,      \
      .doc = (text) },
static const struct entity_row def_entities[] = { { 0 },
#include DEF_FILE
};

#include "common/def_none.h"
#undef INDEX
#undef MODEL
#define MODEL(n, noun, many, kind, text)                                                           \
    { .id = DEF_MODEL_BY_ID(n), .name = #noun "_by_id", .entity = (n), .key = model_key,           \
      .doc = "By their ids." },
#define INDEX(number, label, of, text)                                                             \
    { .id = (number), .name = #label, .entity = ENTITY_##of, .key = index_##label, .doc = (text) },
static const struct index_row def_indexes[] = { { 0 },
#include DEF_FILE
};

#include "common/def_none.h"
#undef COMMAND
#undef MODEL
#define DEF_TARGET_CREATES(name)
#define DEF_TARGET_ON(name)
#define DEF_TARGET_NATURAL(name) .target = target_##name,
#define COMMAND(number, n, v, kind, text)                                                          \
    { .id = (number), .noun = #n, .verb = #v, .name = #n "." #v, .how = (kind),                    \
      .record = &record_##n##_##v, .decide = decide_##n##_##v, DEF_TARGET_##kind(n##_##v)          \
      .doc = (text) },
#define MODEL(n, thing, many, kind, text)                                                          \
    { .id = DEF_MODEL_SET(n), .noun = #thing, .verb = "set", .name = #thing ".set",                \
      .how = NATURAL, .record = &record_##thing, .decide = set_##thing, .target = target_##thing,  \
      .doc = "Says all there is about it: " text },                                                \
    { .id = DEF_MODEL_REMOVE(n), .noun = #thing, .verb = "remove", .name = #thing ".remove",       \
      .how = ON, .record = &record_##thing##_named, .decide = remove_##thing,                      \
      .doc = "Takes it out; refused while something else names it." },
static const struct command_row def_commands[] = { { 0 },
#include DEF_FILE
};

#include "common/def_none.h"
#undef EVENT
#undef MODEL
#define MODEL(n, thing, many, kind, text)                                                          \
    { .id = DEF_MODEL_CHANGED(n), .noun = #thing, .verb = "changed", .name = #thing ".changed",    \
      .record = &record_##thing, .apply = changed_##thing, .doc = "It is like this now: " text },  \
    { .id = DEF_MODEL_REMOVED(n), .noun = #thing, .verb = "removed", .name = #thing ".removed",    \
      .record = &model_gone, .apply = removed_##thing, .doc = "It was taken out." },
#define EVENT(number, n, v, text)                                                                  \
    { .id = (number), .noun = #n, .verb = #v, .name = #n "." #v, .record = &record_##n##_##v,      \
      .apply = apply_##n##_##v, .doc = (text) },
static const struct event_row def_events[] = { { 0 },
#include DEF_FILE
};

#include "common/def_none.h"
#undef QUERY
#undef MODEL
#define MODEL(n, thing, many, kind, text)                                                          \
    { .id = DEF_MODEL_ALL(n), .name = DEF_TEXT(DEF_SERVICE) "." #many, .how = MANY,                \
      .parameters = &model_which, .result = &record_##thing, .query = all_##thing,                 \
      .doc = "All of them, by their ids: " text },                                                 \
    { .id = DEF_MODEL_ONE(n), .name = DEF_TEXT(DEF_SERVICE) "." #thing, .how = MANY,               \
      .parameters = &record_##thing##_named, .result = &record_##thing, .query = one_##thing,      \
      .doc = "One of them: one row, or none." },
#define DEF_SETTLE_ONE(name)
#define DEF_SETTLE_MANY(name)
#define DEF_SETTLE_SETTLED(name) .settle = settle_##name,
#define QUERY(number, s, label, answer, kind, text)                                                \
    { .id = (number), .name = #s "." #label, .how = (kind), .parameters = &record_##s##_##label,   \
      .result = &record_##answer, .query = query_##s##_##label,                                    \
      DEF_SETTLE_##kind(s##_##label).doc = (text) },
static const struct query_row def_queries[] = { { 0 },
#include DEF_FILE
};

#include "common/def_none.h"
#undef FOLLOW
#undef MIRROR
#define DEF_FOLLOWS_COPY(name) .record = &record_on_##name, .copy = copy_##name,
#define DEF_FOLLOWS_REACTION(name) .record = &record_react_##name, .react = react_##name,
#define DEF_FOLLOWS_FEEDBACK(name) DEF_FOLLOWS_REACTION(name)
#define FOLLOW(number, from, n, v, kind, text)                                                     \
    { .id = (number), .source = #from, .event = #n "." #v, .how = (kind),                          \
      DEF_FOLLOWS_##kind(n##_##v) .doc = (text) },
#define MIRROR(n, from, thing, many, text)                                                         \
    { .id = DEF_MIRROR_CHANGED(n), .source = #from, .event = #thing ".changed", .how = COPY,       \
      .record = &record_##thing, .copy = mirror_##thing, .doc = (text) },                          \
    { .id = DEF_MIRROR_REMOVED(n), .source = #from, .event = #thing ".removed", .how = COPY,       \
      .record = &model_forgotten, .copy = forget_##thing, .doc = (text) },
static const struct follow_row def_follows[] = { { 0 },
#include DEF_FILE
};

#include "common/def_none.h"
#undef EFFECT
#define EFFECT(number, of, along, text)                                                            \
    { .id = (number), .name = #of, .entity = ENTITY_##of, .index = INDEX_##along,                  \
      .attempt = attempt_##of, .outcome = outcome_##of, .doc = (text) },
static const struct effect_row def_effects[] = { { 0 },
#include DEF_FILE
};

#include "common/def_none.h"
#undef REFUSAL
#define REFUSAL(name, words) { #name, (words) },
static const struct refusal_row def_refusals[] = { { 0 },
#include DEF_FILE
};

#include "common/def_none.h"
#undef OPTION
#define OPTION(label, of, fallback_text, least, most, text)                                        \
    { .name = #label, .kind = OPTION_##of, .fallback = (fallback_text), .min = (least),            \
      .max = (most), .offset = offsetof(struct DEF_PASTE(DEF_SERVICE, _options), label),           \
      .doc = (text) },
#undef CHOICE
#define CHOICE(label, of, fallback_text, text)                                                     \
    { .name = #label, .kind = OPTION_CHOICE, .fallback = (fallback_text), .max = INT32_MAX,        \
      .offset = offsetof(struct DEF_PASTE(DEF_SERVICE, _options), label), .doc = (text),           \
      .values = &enumeration_##of },
static const struct option_row def_options[] = { { 0 },
#include DEF_FILE
};
#include "common/def_none.h"

#define DEF_ROWS(table) (table) + 1
#define DEF_COUNT(table) sizeof(table) / sizeof *(table) - 1
const struct service_type DEF_PASTE(DEF_SERVICE, _service) = {
    .name = DEF_TEXT(DEF_SERVICE),
    .fold_version = DEF_FOLD_VERSION,
    .single = DEF_SINGLE,
    .doc = DEF_DOC,
    .entities = DEF_ROWS(def_entities),
    .entity_count = DEF_COUNT(def_entities),
    .indexes = DEF_ROWS(def_indexes),
    .index_count = DEF_COUNT(def_indexes),
    .commands = DEF_ROWS(def_commands),
    .command_count = DEF_COUNT(def_commands),
    .events = DEF_ROWS(def_events),
    .event_count = DEF_COUNT(def_events),
    .queries = DEF_ROWS(def_queries),
    .query_count = DEF_COUNT(def_queries),
    .follows = DEF_ROWS(def_follows),
    .follow_count = DEF_COUNT(def_follows),
    .effects = DEF_ROWS(def_effects),
    .effect_count = DEF_COUNT(def_effects),
    .refusals = def_refusals, /* indexed by REFUSAL_name, [0] unused */
    .refusal_count = DEF_COUNT(def_refusals),
    .options = DEF_ROWS(def_options),
    .option_count = DEF_COUNT(def_options),
    .options_size = sizeof(struct DEF_PASTE(DEF_SERVICE, _options)),
};
