/* def_types: turns the rows of one .def file into C types. Included by proto/<service>.h, which
 * sets two macros first:
 *
 *     #define DEF_SERVICE escalation
 *     #define DEF_FILE "proto/escalation.def"
 *     #include "common/def_types.h"
 *
 * The grammar of a .def file; names are C identifiers, docs are sentences; a row that takes
 * fields is followed by them and ended by END(name):
 *
 *     ENUMERATION(e)  VALUE(e, name, number, doc) ...  END_ENUMERATION(e)
 *     RECORD(name, doc)                            a value inside others, or a query's row
 *     ENTITY(id, name, plural, how, doc)           state; how: PLAIN, TIMED, COPIED
 *     AGGREGATE(id, name, doc)                     totals (numbers only), written by folds only
 *     MODEL(n, noun, plural, how, doc)             an entity that is set and removed as a whole:
 *                                                  model.h; how: STANDS, LIVES. Its entity,
 *                                                  commands, events, queries and index follow from
 *                                                  the row, and so do their ids (DEF_MODEL below)
 *     MIRROR(n, source, noun, plural, doc)         a whole copy of another service's MODEL
 *     COMMAND(id, noun, verb, how, doc)            "noun.verb"; how: CREATES, ON, NATURAL;
 *                                                  END(noun_verb)
 *     EVENT(id, noun, verb, doc)                   the noun is its subject's entity; END(noun_verb)
 *     QUERY(id, service, name, result, how, doc)   how: ONE (sum), MANY, SETTLED; END(service_name)
 *     FOLLOW(id, source, noun, verb, how, doc)     how: COPY; END(on_noun_verb);
 *                                                  REACTION, FEEDBACK; END(react_noun_verb): one
 *                                                  event may be copied and reacted to
 *
 *     INDEX(id, name, entity, doc)                 sorted keys of an entity, for scans; no fields
 *     EFFECT(id, entity, index, doc)               rows of the index wait to be sent: attempt_ and
 *                                                  outcome_<entity> (service.h); no fields
 *     REFUSAL(name, sentence)                      a rule that says no; no fields
 *     OPTION(name, kind, default, min, max, doc)   an int64_t (a text: struct text) of struct
 *                                                  <service>_options; kind: INTEGER, DURATION,
 *                                                  BOOL, TEXT; no fields
 *
 * Fields (need: REQUIRED or OPTIONAL; audience: PROVIDER, CLIENT, PERSONAL, CLIENT_PERSONAL,
 * CLIENT_COUNTED, CLIENT_UNCOUNTED, see msg.h):
 *
 *     TEXT(name, max, need, audience, doc)          REFERENCE(name, entity, need, audience, doc)
 *     NAMED(name, entity, need, audience, doc)      a reference to what is called by a free name
 *     INTEGER(name, min, max, need, audience, doc)
 *     DECIMAL(name, scale, min, max, need, audience, doc)
 *     BOOL(name, need, audience, doc)               ENUM(name, enumeration, need, audience, doc)
 *     INSTANT(name, need, audience, doc)            DURATION(name, min, max, need, audience, doc)
 *     DATE(name, need, audience, doc)               TIME(name, need, audience, doc)
 *     LOCAL_TIME(name, need, audience, doc)         LIST(name, record, max, need, audience, doc)
 *     MAP(name, max, need, audience, doc)
 *
 * Ids are forever: reusing one among the entities, commands, events and queries of a service does
 * not compile.
 */
#include "common/msg/msg.h"

/* The ids of a model; n is from 1 to 3 or 20 to 49, and a mirror has that of its model. */
#define DEF_MODEL_SET(n)     (98 + 2 * (n))
#define DEF_MODEL_REMOVE(n)  (99 + 2 * (n))
#define DEF_MODEL_CHANGED(n) (198 + 2 * (n))
#define DEF_MODEL_REMOVED(n) (199 + 2 * (n))
#define DEF_MODEL_ALL(n)     (298 + 2 * (n))
#define DEF_MODEL_ONE(n)     (299 + 2 * (n))
#define DEF_MODEL_BY_ID(n)   (400 + (n))
#define DEF_MIRROR(n)        (50 + (n))
#define DEF_MIRROR_CHANGED(n) (600 + 2 * (n))
#define DEF_MIRROR_REMOVED(n) (601 + 2 * (n))

/* Pass 1: enumerations, ids, refusals. */
#include "common/def_none.h"
#undef ENUMERATION
#undef VALUE
#undef END_ENUMERATION
#define ENUMERATION(name) enum name {
#define VALUE(enumeration, name, number, doc) enumeration##_##name = (number),
#define END_ENUMERATION(name)                                                                      \
    }                                                                                              \
    ;
#include DEF_FILE

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
#define ENTITY(id, name, plural, how, doc) ENTITY_##name = (id),
#define AGGREGATE(id, name, doc) AGGREGATE_##name = (id),
#define MODEL(n, noun, plural, how, doc)                                                           \
    ENTITY_##noun = (n), EVENT_##noun##_changed = DEF_MODEL_CHANGED(n),                            \
    EVENT_##noun##_removed = DEF_MODEL_REMOVED(n), INDEX_##noun##_by_id = DEF_MODEL_BY_ID(n),
#define MIRROR(n, source, noun, plural, doc) ENTITY_##noun = DEF_MIRROR(n),
#define INDEX(id, name, entity, doc) INDEX_##name = (id),
#define COMMAND(id, noun, verb, how, doc) COMMAND_##noun##_##verb = (id),
#define EVENT(id, noun, verb, doc) EVENT_##noun##_##verb = (id),
#define QUERY(id, service, name, result, how, doc) QUERY_##service##_##name = (id),
#define FOLLOW(id, source, noun, verb, how, doc) FOLLOW_##how##_##noun##_##verb = (id),
#define EFFECT(id, entity, index, doc) EFFECT_OF_##entity = (id),
enum {
#include DEF_FILE
};

#include "common/def_none.h"
#undef REFUSAL
#define REFUSAL(name, sentence) REFUSAL_##name,
enum {
    REFUSAL_none,
#include DEF_FILE
};

/* Pass 2: struct X_has, one bool a field. */
#include "common/def_none.h"
#include "common/def_each.h"
#undef DEF_OPEN
#undef DEF_CLOSE
#undef DEF_FIELD
#define DEF_OPEN(name) struct name##_has {
#define DEF_CLOSE(name)                                                                            \
    }                                                                                              \
    ;
#define DEF_FIELD(type, name) bool name;
#include DEF_FILE

/* Pass 3: struct X, and struct X_list of every RECORD: only those are in lists, so that a query may
 * be called `list`. */
#undef RECORD
#undef DEF_OPEN
#undef DEF_CLOSE
#undef DEF_FIELD
#define RECORD(name, doc)                                                                          \
    struct name##_list {                                                                           \
        const struct name *at;                                                                     \
        uint32_t count;                                                                            \
    };                                                                                             \
    DEF_OPEN(name)
#define DEF_OPEN(name)                                                                             \
    struct name {                                                                                  \
        struct name##_has has;
#define DEF_CLOSE(name)                                                                            \
    }                                                                                              \
    ;
#define DEF_FIELD(type, name) type name;
#include DEF_FILE

/* Pass 4: the records of a model besides its own: of a removal, and of the queries. */
#include "common/def_none.h"
#undef MODEL
#define MODEL(n, noun, plural, how, doc)                                                           \
    struct noun##_named {                                                                          \
        struct {                                                                                   \
            bool noun;                                                                             \
        } has;                                                                                     \
        struct text noun;                                                                          \
    };
#include DEF_FILE

/* Pass 5: struct <service>_options. */
#include "common/def_none.h"
#undef OPTION
#define DEF_OPTION_INTEGER  int64_t
#define DEF_OPTION_DURATION int64_t
#define DEF_OPTION_BOOL     int64_t
#define DEF_OPTION_TEXT     struct text
#define DEF_OPTION_DATE     int64_t
#define OPTION(name, kind, fallback, min, max, doc) DEF_OPTION_##kind name;
#undef CHOICE
#define CHOICE(name, enumeration, fallback, doc) int64_t name;
#define DEF_PASTE_(a, b) a##b
#define DEF_PASTE(a, b) DEF_PASTE_(a, b)
struct DEF_PASTE(DEF_SERVICE, _options) {
#include DEF_FILE
};

/* The runtime answers <service>.history itself (history.h): a row that takes the name is declared
 * twice, which no compiler accepts. */
enum { DEF_PASTE(QUERY_, DEF_PASTE(DEF_SERVICE, _history)) };
#include "common/def_none.h"
