/* def_each: reduces the .def grammar to DEF_OPEN(name), DEF_FIELD(type, name) and
 * DEF_CLOSE(name), for passes that treat every kind of record alike. Include after def_none.h. */
#undef RECORD
#undef ENTITY
#undef AGGREGATE
#undef MODEL
#undef MIRROR
#undef COMMAND
#undef EVENT
#undef QUERY
#undef FOLLOW
#undef END
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
#define RECORD(name, doc) DEF_OPEN(name)
#define ENTITY(id, name, plural, how, doc) DEF_OPEN(name)
#define AGGREGATE(id, name, doc) DEF_OPEN(name)
#define MODEL(n, noun, plural, how, doc) DEF_OPEN(noun)
#define MIRROR(n, source, noun, plural, doc) DEF_OPEN(noun)
#define COMMAND(id, noun, verb, how, doc) DEF_OPEN(noun##_##verb)
#define EVENT(id, noun, verb, doc) DEF_OPEN(noun##_##verb)
#define QUERY(id, service, name, result, how, doc) DEF_OPEN(service##_##name)
#define FOLLOW(id, source, noun, verb, how, doc) DEF_OPEN_##how(noun##_##verb)
#define DEF_OPEN_COPY(name) DEF_OPEN(on_##name)
#define DEF_OPEN_REACTION(name) DEF_OPEN(react_##name)
#define DEF_OPEN_FEEDBACK(name) DEF_OPEN(react_##name)
#define END(name) DEF_CLOSE(name)
#define TEXT(name, max, need, audience, doc) DEF_FIELD(struct text, name)
#define REFERENCE(name, entity, need, audience, doc) DEF_FIELD(struct text, name)
#define NAMED(name, entity, need, audience, doc) DEF_FIELD(struct text, name)
#define INTEGER(name, min, max, need, audience, doc) DEF_FIELD(int64_t, name)
#define DECIMAL(name, scale, min, max, need, audience, doc) DEF_FIELD(int64_t, name)
#define BOOL(name, need, audience, doc) DEF_FIELD(bool, name)
#define ENUM(name, enumeration, need, audience, doc) DEF_FIELD(int32_t, name)
#define INSTANT(name, need, audience, doc) DEF_FIELD(int64_t, name)
#define DURATION(name, min, max, need, audience, doc) DEF_FIELD(int64_t, name)
#define LOCAL_TIME(name, need, audience, doc) DEF_FIELD(int64_t, name)
#define DATE(name, need, audience, doc) DEF_FIELD(int64_t, name)
#define TIME(name, need, audience, doc) DEF_FIELD(int64_t, name)
#define LIST(name, record, max, need, audience, doc) DEF_FIELD(struct record##_list, name)
#define MAP(name, max, need, audience, doc) DEF_FIELD(struct text_map, name)
