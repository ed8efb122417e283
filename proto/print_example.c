/* print_example: an example of whatever the OpenAPI document describes, made of the description
 * itself: of kinds, ranges, words and names. So there is one for every operation, it fits its
 * schema, and nobody writes or forgets one.
 */
#include "proto/print_openapi.h"

#include <stdio.h>
#include <string.h>

#include "common/msg/msg.h"
#include "proto/print.h"

/* What things, people and texts of these names are called: those of deploy/example where it has
 * any. Other texts are called by the name of their field. */
static const struct word {
    const char *name, *text;
} words[] = {
    { "actor", "person:ann" },
    { "by", "person:ann" },
    { "calendar", "office-berlin" },
    { "causationid", "01a2038c-94c6-7dc0-96f5-ba44f49123cc" },
    { "client", "harbor-hospital" },
    { "component", "records-db" },
    { "contact", "okafor" },
    { "currency", "EUR" },
    { "cursor", "AR1HmW9Hc2TPPgT4xAEB" },
    { "days", "mon-fri" },
    { "escalation", "esc-01a2038c-94c6-8dc0-96f5-ba44f49123cc" },
    { "group", "Service desk" },
    { "owner", "ann" },
    { "partitionkey", "harbor-hospital" },
    { "partner", "cloudharbor" },
    { "person", "ann" },
    { "primary_contact", "okafor" },
    { "role", "service-manager" },
    { "roster", "service-desk" },
    { "secret", "file:hook-secret" },
    { "service", "patient-records" },
    { "skill", "database-recovery" },
    { "source", "servicenow" },
    { "subject", "harbor-hospital/esc-01a2038c-94c6-8dc0-96f5-ba44f49123cc" },
    { "ticket", "servicenow:INC0042" },
    { "title", "Patient records unreachable" },
    { "to", "ann@northgate.example.org" },
    { "token", "rdt_DSBzCo-j1CJd0DEFa-2RiISouKuGnQi6tdJxI1sjLaA" },
    { "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
    { "type", "escalation.raised" },
    { "tzdata", "2025b" },
    { "unit", "percent" },
    { "zone", "Europe/Berlin" },
};

/* Texts of a form that their schema says as a pattern or a format. */
static const struct word forms[] = {
    { "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$", "2026-11-23T09:00:00" },
    { "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", "09:00" },
    { "^[0-9]+$", "42" },
    { "^[0-9a-f]{64}$", "c51dd9145be1049bc8b5c447f21387229160d684473b729c0648c548b2f359df" },
    { "uuid", "01a2038c-94c6-7dc0-96f5-ba44f49123cc" },
    { "uri", "about:blank" },
};

/* What is sent and is no JSON. */
static const struct word media[] = {
    { "image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>" },
    { "text/calendar", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n" },
    { "text/css", "body { margin: 0; }" },
    { "text/event-stream", "id: AR1HmW9Hc2TPPgT4xAEB\ndata: {\"specversion\":\"1.0\"}\n\n" },
    { "text/html", "<!doctype html>" },
    { "text/plain", "redress_up 1\n" },
};

struct maker {
    const json_t *schemas;
    const char *noun; /* what it is about: whose id an id is */
    bool least; /* only what is needed, at the top, */
    bool whose; /* and which client's it is, which nothing else says */
};

#define find(table, name) find_in((table), sizeof(table) / sizeof *(table), (name))
static const char *find_in(const struct word *all, size_t count, const char *name)
{
    for (size_t i = 0; name && i < count; i++)
        if (strcmp(all[i].name, name) == 0)
            return all[i].text;
    return NULL;
}

static const char *text_of(const json_t *schema, const char *name)
{
    return json_string_value(json_object_get(schema, name));
}

static struct text bound(const json_t *schema, const char *name)
{
    const char *s = text_of(schema, name);
    return text_from(s ? s : "");
}

/* --- texts ------------------------------------------------------------------------------------ */

/* "root_cause" as "Root cause", in `most` bytes; an id has no blanks. */
static json_t *called(const char *name, size_t most, bool is_id)
{
    char out[PRINT_NAME_MAX];
    snprintf(out, sizeof out, is_id ? "%s-1" : "%s", name);
    for (char *at = out; *at; at++)
        if (*at == '_')
            *at = is_id ? '-' : ' ';
    if (!is_id && *out >= 'a' && *out <= 'z')
        *out = (char)(*out - 'a' + 'A');
    size_t n = strlen(out);
    return json_stringn(out, n < most ? n : most);
}

static json_t *word_of(const struct maker *m, const json_t *schema, const char *name)
{
    const json_t *limit = json_object_get(schema, "maxLength");
    size_t most = limit ? (size_t)json_integer_value(limit) : SIZE_MAX;
    const char *thing = text_of(schema, "x-reference");
    if (!thing && strcmp(name, "id") == 0)
        thing = m->noun;
    size_t length = strlen(name);
    if (!thing && length > 3 && strcmp(name + length - 3, "_by") == 0)
        name = "by"; /* somebody did it */
    const char *known = find(words, thing ? thing : name);
    if (known && strlen(known) <= most)
        return json_string(known);
    return called(thing ? thing : name, most, thing != NULL);
}

/* Half an hour, or what is nearest to it. */
static json_t *duration_of(const json_t *schema)
{
    char out[DURATION_TEXT_MAX];
    int64_t value = 30 * MINUTES, least, most;
    if (duration_parse(bound(schema, "x-minimum"), &least) == 0 && value < least)
        value = least;
    if (duration_parse(bound(schema, "x-maximum"), &most) == 0 && value > most)
        value = most;
    return json_stringn(out, duration_print(value, out));
}

/* Ten, or what is nearest to it. */
static json_t *decimal_of(const json_t *schema)
{
    char out[DECIMAL_TEXT_MAX];
    int scale = (int)json_integer_value(json_object_get(schema, "x-scale"));
    int64_t value = 10, least, most;
    for (int i = 0; i < scale; i++)
        value *= 10;
    if (decimal_parse(bound(schema, "x-minimum"), scale, &least) == 0 && value < least)
        value = least;
    if (decimal_parse(bound(schema, "x-maximum"), scale, &most) == 0 && value > most)
        value = most;
    return json_stringn(out, decimal_print(value, scale, out));
}

/* `nth`: its place among its like; what comes behind is later. */
static json_t *string_of(const struct maker *m, const json_t *schema, const char *name, size_t nth)
{
    enum { MONDAY = 20780 /* 2026-11-23, in days since 1970 */ };
    char out[INSTANT_TEXT + 1];
    const char *format = text_of(schema, "format"), *pattern = text_of(schema, "pattern");
    const char *form = find(forms, format ? format : pattern);
    if (form)
        return json_string(form);
    if (json_object_get(schema, "x-scale"))
        return decimal_of(schema);
    if (format && strcmp(format, "duration") == 0)
        return duration_of(schema);
    if (format && strcmp(format, "date") == 0)
        return json_stringn(out, day_print(MONDAY + (int64_t)nth, out));
    if (format && strcmp(format, "date-time") == 0)
        return json_stringn(
            out, instant_print(MONDAY * DAYS + 8 * HOURS + (int64_t)nth * 15 * MINUTES, out));
    return word_of(m, schema, name);
}

/* --- values ----------------------------------------------------------------------------------- */

static json_t *value_of(const struct maker *m, const json_t *schema, const char *name, size_t nth);

static const json_t *resolved(const struct maker *m, const json_t *schema)
{
    const char *ref = text_of(schema, "$ref");
    return ref ? json_object_get(m->schemas, strrchr(ref, '/') + 1) : schema;
}

static bool is_needed(const json_t *schema, const char *name)
{
    const json_t *required = json_object_get(schema, "required");
    for (size_t i = 0; i < json_array_size(required); i++)
        if (strcmp(json_string_value(json_array_get(required, i)), name) == 0)
            return true;
    return false;
}

/* Of the events of all services one of the noun's own, and what it is called: "...event.<type>". */
static const json_t *event_of(const struct maker *m, const json_t *any, const char **ret_type)
{
    char wanted[PRINT_NAME_MAX];
    const json_t *found = json_array_get(any, 0);
    snprintf(wanted, sizeof wanted, ".event.%s.", m->noun);
    for (size_t i = 0; i < json_array_size(any); i++)
        if (strstr(text_of(json_array_get(any, i), "$ref"), wanted)) {
            found = json_array_get(any, i);
            break;
        }
    *ret_type = strstr(text_of(found, "$ref"), ".event.") + strlen(".event.");
    return found;
}

/* A field whose list of examples is empty is of an exception, which no example shows. */
static bool is_shown(const struct maker *m, const json_t *schema, const char *name)
{
    const json_t *one = json_object_get(json_object_get(schema, "properties"), name);
    const json_t *given = json_object_get(one, "examples");
    if (given && json_array_size(given) == 0)
        return false;
    return !m->least || is_needed(schema, name) || (m->whose && strcmp(name, "client") == 0);
}

static json_t *object_of(const struct maker *m, const json_t *schema)
{
    json_t *object = json_object(), *properties = json_object_get(schema, "properties"), *one;
    const json_t *other = json_object_get(schema, "additionalProperties");
    const struct maker inside = { .schemas = m->schemas, .noun = m->noun };
    const char *name, *type = NULL;
    size_t nth = 0;
    json_object_foreach(properties, name, one)
    {
        const json_t *any = json_object_get(one, "anyOf");
        const json_t *of = any ? event_of(m, any, &type) : one;
        if (is_shown(m, schema, name))
            member(object, name, value_of(&inside, of, name, nth));
        nth++;
    }
    if (type) /* an event's data are of its type */
        member_text(object, "type", type);
    if (!properties && json_is_object(other))
        member(object, "source", value_of(&inside, other, "source", 0));
    return object;
}

static json_t *integer_of(const json_t *schema)
{
    const json_t *least = json_object_get(schema, "minimum");
    const json_t *most = json_object_get(schema, "maximum");
    json_int_t value = 1;
    if (least && value < json_integer_value(least))
        value = json_integer_value(least);
    if (most && value > json_integer_value(most))
        value = json_integer_value(most);
    return json_integer(value);
}

static json_t *value_of(const struct maker *m, const json_t *schema, const char *name, size_t nth)
{
    const json_t *s = resolved(m, schema);
    const json_t *given = json_array_get(json_object_get(s, "examples"), 0);
    const json_t *choice = json_array_get(json_object_get(s, "enum"), 0);
    const char *type = text_of(s, "type");
    if (!given)
        given = json_object_get(s, "const");
    if (given || choice)
        return json_deep_copy(given ? given : choice);
    if (strcmp(type, "object") == 0)
        return object_of(m, s);
    if (strcmp(type, "array") == 0) {
        json_t *list = json_array();
        append(list, value_of(m, json_object_get(s, "items"), name, nth));
        return list;
    }
    if (strcmp(type, "integer") == 0)
        return integer_of(s);
    return strcmp(type, "boolean") == 0 ? json_true() : string_of(m, s, name, nth);
}

/* --- operations ------------------------------------------------------------------------------- */

/* Of a request: what is needed, and all that may be said where that is more. */
static void request_examples(const struct maker *m, json_t *of)
{
    const json_t *schema = json_object_get(of, "schema");
    struct maker short_one = *m;
    short_one.least = true;
    json_t *all = value_of(m, schema, "", 0), *least = value_of(&short_one, schema, "", 0);
    if (json_equal(all, least)) {
        json_decref(least);
        member(of, "example", all);
        return;
    }
    json_t *examples = json_object(), *one = json_object(), *other = json_object();
    member_text(one, "summary", "What is needed");
    member(one, "value", least);
    member_text(other, "summary", "All that may be said");
    member(other, "value", all);
    member(examples, "least", one);
    member(examples, "all", other);
    member(of, "examples", examples);
}

static void operation_examples(const struct maker *m, json_t *operation)
{
    json_t *response, *of;
    const char *status, *type;
    json_t *body = json_object_get(operation, "requestBody");
    json_object_foreach(json_object_get(body, "content"), type, of)
    {
        request_examples(m, of);
    }
    json_object_foreach(json_object_get(operation, "responses"), status, response)
    {
        if (*status != '2')
            continue;
        json_object_foreach(json_object_get(response, "content"), type, of)
        {
            const char *known = find(media, type);
            member(of, "example",
                   known ? json_string(known) : value_of(m, json_object_get(of, "schema"), "", 0));
        }
    }
}

/* "/v1/components/{id}" is about a component, as GET of it says; a query's last word may be either
 * form of a noun. */
static const char *noun_of(const json_t *paths, const char *path, char out[static PRINT_NAME_MAX])
{
    char one[PRINT_NAME_MAX + 16];
    const char *begin = strncmp(path, "/v1/", 4) == 0 ? path + 4 : "";
    if (strncmp(begin, "queries/", 8) == 0 && strchr(begin, '.'))
        begin = strrchr(begin, '.') + 1;
    snprintf(out, PRINT_NAME_MAX, "%.*s", (int)strcspn(begin, "/"), begin);
    snprintf(one, sizeof one, "/v1/%s/{id}", out);
    const char *id = text_of(json_object_get(json_object_get(paths, one), "get"), "operationId");
    if (id && strncmp(id, "get-", 4) == 0)
        snprintf(out, PRINT_NAME_MAX, "%s", id + 4);
    return out;
}

void openapi_examples(json_t *paths, const json_t *schemas)
{
    const char *path, *method;
    json_t *item, *operation;
    json_object_foreach(paths, path, item)
    {
        char noun[PRINT_NAME_MAX];
        const struct maker m = { .schemas = schemas,
                                 .noun = noun_of(paths, path, noun),
                                 .whose = !strstr(path, "{id}") };
        json_object_foreach(item, method, operation)
        {
            operation_examples(&m, operation);
        }
    }
}
