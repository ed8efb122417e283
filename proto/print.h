/* print: the documents of the contract, printed from the tables of the linked services. Nothing
 * printed is committed. */
#ifndef REDRESS_PRINT_H
#define REDRESS_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "common/service.h"

/* Where the schema of a record, event or command of a service is found inside one document:
 * "#/$defs/". */
enum { PRINT_NAME_MAX = 256 };
struct place {
    const char *prefix; /* of every $ref */
    bool with_service; /* whether the service's name follows the prefix */
};

/* Sets a member, stealing the value, and ends the process when memory is out: half a document is no
 * document. */
void member(json_t *object, const char *key, json_t *value);
void member_text(json_t *object, const char *key, const char *value);
void append(json_t *array, json_t *value);

/* "<service>.<kind>.<name>", or without the service. */
void print_name(const struct place *p, const char *service, const char *kind, const char *name,
                char out[static PRINT_NAME_MAX]);
json_t *print_ref(const struct place *p, const char *service, const char *kind, const char *name);

/* Adds the schemas of everything a service says, by name, to an object of schemas. */
void print_schemas(const struct service_type *s, const struct place *p, json_t *into);

/* <service>.json: JSON Schema 2020-12. */
json_t *print_schema(const struct service_type *s);

/* asyncapi.json: AsyncAPI 3.0 of all services. */
json_t *print_asyncapi(const struct service_type *const *services);

/* openapi.json: OpenAPI 3.1 of the gateway (http.h). */
json_t *print_openapi(const struct service_type *const *services);

/* Every follow names an event of a linked service, takes whatever that event may hold, and the
 * graph has no circle but through feedback. Says what is wrong; the number of faults. */
int follows_check(const struct service_type *const *services, FILE *complaints);
void print_follows_dot(const struct service_type *const *services, FILE *out);
void print_follows_table(const struct service_type *const *services, FILE *out);

/* reference.md: the tables, for people. */
void print_reference(const struct service_type *const *services, FILE *out);

/* Words of the tables. */
const char *command_how_name(enum command_how how);
const char *query_how_name(enum query_how how);
const char *follow_how_name(enum follow_how how);

#endif
