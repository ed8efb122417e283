/* print_openapi: what print_openapi.c, which knows the tables, and print_openapi_fixed.c, which
 * knows what no table says, give each other. */
#ifndef REDRESS_PRINT_OPENAPI_H
#define REDRESS_PRINT_OPENAPI_H

#include <jansson.h>

/* Reads a literal written with ' for ", which keeps it legible in C. */
json_t *openapi_literal(const char *text);

json_t *openapi_operation(const char *id, const char *tag, const char *summary);
json_t *openapi_answer(const char *description, const char *type, json_t *schema);
void openapi_problems(json_t *responses, const int *statuses); /* 0 ends the list */
void openapi_path(json_t *paths, const char *path, const char *method, json_t *operation);

/* The document without paths and schemas. */
json_t *openapi_head(void);

/* The routes of routes.def. */
void openapi_routes(json_t *paths);

/* http.reply, http.event (whose data is any of `data`, stolen), http.problem. */
void openapi_schemas(json_t *schemas, json_t *data);

/* Gives the request and the answer of every operation an example that fits its schema. */
void openapi_examples(json_t *paths, const json_t *schemas);

/* Takes out the schemas and responses that nothing refers to. */
void openapi_prune(json_t *document);

#endif
