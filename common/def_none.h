/* def_none: every macro of the .def grammar, expanding to nothing; a pass then redefines the ones
 * it wants. */
#undef DEF_OPEN
#undef DEF_OPEN_COPY
#undef DEF_OPEN_REACTION
#undef DEF_OPEN_FEEDBACK
#undef DEF_CLOSE
#undef DEF_FIELD
#undef ENUMERATION
#undef VALUE
#undef END_ENUMERATION
#undef RECORD
#undef ENTITY
#undef AGGREGATE
#undef MODEL
#undef MIRROR
#undef INDEX
#undef COMMAND
#undef EVENT
#undef QUERY
#undef END
#undef FOLLOW
#undef EFFECT
#undef REFUSAL
#undef OPTION
#undef CHOICE
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
#define ENUMERATION(name)
#define VALUE(enumeration, name, number, doc)
#define END_ENUMERATION(name)
#define RECORD(name, doc)
#define ENTITY(id, name, plural, how, doc)
#define AGGREGATE(id, name, doc)
#define MODEL(n, noun, plural, how, doc)
#define MIRROR(n, source, noun, plural, doc)
#define INDEX(id, name, entity, doc)
#define COMMAND(id, noun, verb, how, doc)
#define EVENT(id, noun, verb, doc)
#define QUERY(id, service, name, result, how, doc)
#define END(name)
#define FOLLOW(id, source, noun, verb, how, doc)
#define EFFECT(id, entity, index, doc)
#define REFUSAL(name, sentence)
#define OPTION(name, kind, fallback, min, max, doc)
#define CHOICE(name, enumeration, fallback, doc)
#define TEXT(name, max, need, audience, doc)
#define REFERENCE(name, entity, need, audience, doc)
#define NAMED(name, entity, need, audience, doc)
#define INTEGER(name, min, max, need, audience, doc)
#define DECIMAL(name, scale, min, max, need, audience, doc)
#define BOOL(name, need, audience, doc)
#define ENUM(name, enumeration, need, audience, doc)
#define INSTANT(name, need, audience, doc)
#define DURATION(name, min, max, need, audience, doc)
#define LOCAL_TIME(name, need, audience, doc)
#define DATE(name, need, audience, doc)
#define TIME(name, need, audience, doc)
#define LIST(name, record, max, need, audience, doc)
#define MAP(name, max, need, audience, doc)
