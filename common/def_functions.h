/* def_functions: the prototypes of every function that the rows of one .def file need, found by
 * name (def_tables.h). A service's internal header includes it behind proto/<service>.h, so that
 * no second list of prototypes exists.
 */
#include "common/model.h"
#include "common/service.h"

#include "common/def_none.h"
#undef ENTITY
#undef MODEL
#undef INDEX
#undef COMMAND
#undef EVENT
#undef QUERY
#undef FOLLOW
#undef EFFECT
#define DEF_ENTITY_PLAIN(name)
#define DEF_ENTITY_COPIED(name)
#define DEF_ENTITY_TIMED(name)                                                                     \
    due_fn due_##name;                                                                             \
    wake_fn wake_##name;                                                                           \
    lapse_fn lapse_##name;
#define DEF_COMMAND_CREATES(name)
#define DEF_COMMAND_ON(name)
#define DEF_COMMAND_NATURAL(name) target_fn target_##name;
#define DEF_FOLLOW_COPY(name) copy_fn copy_##name;
#define DEF_FOLLOW_REACTION(name) decide_fn react_##name;
#define DEF_FOLLOW_FEEDBACK(name) decide_fn react_##name;
#define ENTITY(id, name, plural, how, doc) DEF_ENTITY_##how(name)
#define DEF_MODEL_STANDS(noun)
#define DEF_MODEL_LIVES(noun) model_after_fn after_##noun;
#define MODEL(n, noun, plural, how, doc)                                                           \
    model_check_fn check_##noun;                                                                   \
    DEF_MODEL_##how(noun)
#define INDEX(id, name, entity, doc) index_fn index_##name;
#define COMMAND(id, noun, verb, how, doc)                                                          \
    decide_fn decide_##noun##_##verb;                                                              \
    DEF_COMMAND_##how(noun##_##verb)
#define EVENT(id, noun, verb, doc) apply_fn apply_##noun##_##verb;
#define DEF_QUERY_ONE(name)
#define DEF_QUERY_MANY(name)
#define DEF_QUERY_SETTLED(name) settle_fn settle_##name;
#define QUERY(id, service, name, result, how, doc)                                                 \
    query_fn query_##service##_##name;                                                             \
    DEF_QUERY_##how(service##_##name)
#define FOLLOW(id, source, noun, verb, how, doc) DEF_FOLLOW_##how(noun##_##verb)
#define EFFECT(id, entity, index, doc)                                                             \
    attempt_fn attempt_##entity;                                                                   \
    outcome_fn outcome_##entity;
#include DEF_FILE
#include "common/def_none.h"
