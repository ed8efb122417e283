/* print_asyncapi: commands, queries, live events and replay of all services as AsyncAPI 3.0.
 *
 * There is no ZeroMQ binding in AsyncAPI, so sockets and frames stand under x-zeromq. The envelopes
 * are those of the wire contract; they are written here once and every message refers to them.
 */
#include "proto/print.h"

#include "common/msg/wire.h"
#include "common/store/history.h"

static const struct place COMPONENTS = { "#/components/schemas/", true };

/* What the wire contract calls them; the data of a message is added by its own schema. */
static const char ENVELOPES[] =
    "{'event': {'type': 'object',"
    "  'required': ['specversion', 'id', 'source', 'type', 'subject', 'time', 'partitionkey',"
    "    'epoch', 'sequence', 'causationid', 'actor', 'dataversion', 'data'],"
    "  'properties': {"
    "    'specversion': {'const': '1.0'},"
    "    'id': {'type': 'string', 'description': 'service/partition/epoch/sequence, unique for "
    "ever',"
    "      'pattern': '^[a-z]+/[0-9]{3}/[0-9]+/[0-9]+$'},"
    "    'source': {'type': 'string', 'description': '/redress/<install>/<service>/<partition>'},"
    "    'type': {'type': 'string'},"
    "    'subject': {'type': 'string', 'description': 'client/entity'},"
    "    'time': {'type': 'string', 'format': 'date-time', 'description': 'When it was committed'},"
    "    'partitionkey': {'type': 'string', 'description': 'The client'},"
    "    'epoch': {'type': 'integer', 'minimum': 1},"
    "    'sequence': {'type': 'integer', 'minimum': 1,"
    "      'description': 'From 1, without gaps within service and partition'},"
    "    'causationid': {'type': 'string', 'description': 'Id of the command or event behind it'},"
    "    'actor': {'type': 'string'},"
    "    'traceparent': {'type': 'string'},"
    "    'dataversion': {'type': 'integer'},"
    "    'redacted': {'const': true, 'description': 'Words were taken out of it (redress erase): "
    "texts are [erased], personal values that are no texts may lack'},"
    "    'digest': {'type': 'string', 'pattern': '^[0-9a-f]{64}$', 'description': 'Of one that is "
    "redacted: the BLAKE2b-256 of its record as it was, over which the chain runs'},"
    "    'data': {'type': 'object'}}},"
    " 'beacon': {'type': 'object', 'required': ['epoch', 'head', 'time', 'chain'],"
    "  'properties': {"
    "    'epoch': {'type': 'integer'}, 'head': {'type': 'integer', 'description': 'Last sequence'},"
    "    'time': {'type': 'string', 'format': 'date-time'},"
    "    'chain': {'description': 'Digest over the log up to head'}}},"
    " 'command': {'type': 'object', 'required': ['op', 'id', 'type', 'client', 'data'],"
    "  'properties': {"
    "    'op': {'const': 'command'},"
    "    'id': {'type': 'string', 'format': 'uuid',"
    "      'description': 'UUIDv7 of the sender; the same id is decided once'},"
    "    'type': {'type': 'string'}, 'client': {'type': 'string'}, 'data': {'type': 'object'},"
    "    'actor': {'type': 'string'}, 'traceparent': {'type': 'string'},"
    "    'expect': {'type': 'integer', 'minimum': 0,"
    "      'description': 'Version the entity must have; 0: it must not exist'},"
    "    'after': {'$ref': '#/components/schemas/wire.after'}}},"
    " 'query': {'type': 'object', 'required': ['op', 'id', 'type', 'data'],"
    "  'properties': {"
    "    'op': {'const': 'query'}, 'id': {'type': 'string', 'format': 'uuid'},"
    "    'type': {'type': 'string'}, 'client': {'type': 'string'}, 'data': {'type': 'object'},"
    "    'after': {'$ref': '#/components/schemas/wire.after'},"
    "    'limit': {'type': 'integer', 'minimum': 1}, 'cursor': {'type': 'string'}}},"
    " 'after': {'type': 'object', 'maxProperties': 64,"
    "  'description': 'Sequences to wait for: service/partition to sequence',"
    "  'additionalProperties': {'type': 'integer'}},"
    " 'fetch': {'type': 'object', 'required': ['op', 'partition', 'from', 'credit'],"
    "  'properties': {"
    "    'op': {'const': 'fetch'}, 'partition': {'type': 'integer'}, 'epoch': {'type': 'integer'},"
    "    'from': {'type': 'integer', 'minimum': 1},"
    "    'credit': {'type': 'integer', 'maximum': 262144, 'description': 'Bytes wanted'}}},"
    " 'batch': {'type': 'object', 'required': ['op'],"
    "  'properties': {"
    "    'op': {'enum': ['batch', 'gap', 'skip', 'too_old', 'epochs', 'moved', 'error']},"
    "    'partition': {'type': 'integer'}, 'epoch': {'type': 'integer'},"
    "    'from': {'type': 'integer'}, 'to': {'type': 'integer'}, 'count': {'type': 'integer'},"
    "    'head': {'type': 'integer'}, 'low': {'type': 'integer'}, 'endpoint': {'type': 'string'},"
    "    'epochs': {'type': 'array', 'items': {'type': 'object'}},"
    "    'code': {'type': 'string'}, 'message': {'type': 'string'}}}}";

/* Reads a literal written with ' for ", which keeps it legible in C. */
static json_t *literal(const char *text)
{
    size_t n = strlen(text);
    char *copy = strdup(text);
    for (size_t i = 0; copy && i < n; i++)
        if (copy[i] == '\'')
            copy[i] = '"';
    json_t *value = copy ? json_loads(copy, 0, NULL) : NULL;
    free(copy);
    if (!value)
        abort();
    return value;
}

static json_t *ref(const char *path, const char *a, const char *b)
{
    json_t *value = json_object();
    member(value, "$ref", json_sprintf("#/%s%s%s", path, a, b));
    return value;
}

/* --- schemas and messages --------------------------------------------------------------------- */

/* The statuses of wire.h, so that a new one shows up here. */
static json_t *reply_schema(void)
{
    json_t *schema = literal(
        "{'type': 'object', 'required': ['id', 'status'], 'properties': {"
        "'id': {'type': 'string', 'format': 'uuid'}, 'status': {'type': 'string'},"
        "'sequence': {'type': 'integer'}, 'version': {'type': 'integer'}, 'result': {},"
        "'code': {'type': 'string'}, 'field': {'type': 'string'}, 'message': {'type': 'string'},"
        "'retry_after_ms': {'type': 'integer'}, 'endpoint': {'type': 'string'},"
        "'replayed': {'type': 'boolean'}, 'cursor': {'type': 'string'}}}");
    json_t *names = json_array();
    for (int i = 0; i < STATUS_COUNT; i++)
        append(names, json_string(status_name((enum status)i)));
    member(json_object_get(json_object_get(schema, "properties"), "status"), "enum", names);
    return schema;
}

/* An envelope whose `type` is the name and whose `data` is the record. */
static json_t *payload(const char *envelope, const char *type, json_t *data)
{
    json_t *schema = json_object(), *parts = json_array(), *own = json_object();
    json_t *properties = json_object(), *constant = json_object();
    append(parts, ref("components/schemas/wire.", envelope, ""));
    if (type) {
        member_text(constant, "const", type);
        member(properties, "type", constant);
    } else {
        json_decref(constant);
    }
    if (data)
        member(properties, type ? "data" : "result", data);
    member(own, "properties", properties);
    append(parts, own);
    member(schema, "allOf", parts);
    return schema;
}

static void message_add(json_t *messages, const char *key, const char *title, const char *doc,
                        json_t *of)
{
    json_t *message = json_object();
    member_text(message, "name", title);
    member_text(message, "title", title);
    if (doc && *doc)
        member_text(message, "summary", doc);
    member_text(message, "contentType", "application/msgpack");
    member(message, "payload", of);
    member(messages, key, message);
}

/* Everything that goes over one of a service's channels, by what it is. */
struct pile {
    const struct service_type *service;
    json_t *messages; /* components */
    json_t *channel_messages; /* of the channel being filled */
    json_t *operations;
    const char *channel;
};

/* Adds a message to components and channel; key is "<service>.<kind>.<name>". */
static void pile_message(struct pile *p, const char *kind, const char *name, const char *doc,
                         json_t *of)
{
    char key[PRINT_NAME_MAX];
    print_name(&COMPONENTS, p->service->name, kind, name, key);
    message_add(p->messages, key, name, doc, of);
    member(p->channel_messages, key, ref("components/messages/", key, ""));
}

static json_t *channel_message(struct pile *p, const char *kind, const char *name)
{
    char key[PRINT_NAME_MAX], path[PRINT_NAME_MAX];
    print_name(&COMPONENTS, p->service->name, kind, name, key);
    snprintf(path, sizeof path, "channels/%s.%s/messages/", p->service->name, p->channel);
    return ref(path, key, "");
}

/* An operation with one message and, for requests, one reply over the same channel. */
static void pile_operation(struct pile *p, const char *action, const char *kind, const char *name,
                           const char *doc, const char *reply_kind, const char *reply_name)
{
    char key[PRINT_NAME_MAX], channel[PRINT_NAME_MAX];
    json_t *operation = json_object(), *messages = json_array();
    print_name(&COMPONENTS, p->service->name, kind, name, key);
    snprintf(channel, sizeof channel, "%s.%s", p->service->name, p->channel);
    member_text(operation, "action", action);
    member(operation, "channel", ref("channels/", channel, ""));
    if (doc && *doc)
        member_text(operation, "summary", doc);
    append(messages, channel_message(p, kind, name));
    member(operation, "messages", messages);
    if (reply_kind) {
        json_t *reply = json_object(), *answers = json_array();
        append(answers, channel_message(p, reply_kind, reply_name));
        member(reply, "channel", ref("channels/", channel, ""));
        member(reply, "messages", answers);
        member(operation, "reply", reply);
    }
    member(p->operations, key, operation);
}

/* --- channels --------------------------------------------------------------------------------- */

static void channel_open(struct pile *p, json_t *channels, const char *kind, const char *address,
                         const char *doc, json_t *zeromq)
{
    char key[PRINT_NAME_MAX];
    json_t *channel = json_object(), *partition = json_object(), *parameters = json_object();
    json_t *servers = json_array();
    p->channel = kind;
    p->channel_messages = json_object();
    snprintf(key, sizeof key, "%s.%s", p->service->name, kind);
    member(channel, "address", json_sprintf("%s%s/{partition}", address, p->service->name));
    member_text(channel, "description", doc);
    member(channel, "messages", p->channel_messages);
    member_text(partition, "description", "Number of the partition, three digits");
    member(parameters, "partition", partition);
    member(channel, "parameters", parameters);
    append(servers, ref("servers/", p->service->name, ""));
    member(channel, "servers", servers);
    member(channel, "x-zeromq", zeromq);
    member(channels, key, channel);
}

static void events_print(struct pile *p, json_t *channels)
{
    const struct service_type *s = p->service;
    channel_open(p, channels, "events", "E/",
                 "Live events. They may be skipped: whoever sees a gap, or a beacon's head beyond "
                 "what it has, replays.",
                 literal("{'service': 'PUB', 'peer': 'SUB', 'subscribe': 'E/ and H/ with service "
                         "and partition', 'frames': ['topic', 'message'], 'beacon_ms': 250}"));
    for (size_t i = 0; i < s->event_count; i++) {
        const struct event_row *e = &s->events[i];
        pile_message(p, "event", e->name, e->doc,
                     payload("event", e->name, print_ref(&COMPONENTS, s->name, "event", e->name)));
        pile_operation(p, "send", "event", e->name, e->doc, NULL, NULL);
    }
    pile_message(p, "live", "beacon", "Where the log's end is", payload("beacon", NULL, NULL));
    pile_operation(p, "send", "live", "beacon", "At least every 250 ms, under H/ instead of E/",
                   NULL, NULL);
}

static void replay_print(struct pile *p, json_t *channels)
{
    channel_open(p, channels, "replay", "replay/",
                 "Events from the log, as many bytes as the credit allows, one request at a time.",
                 literal("{'service': 'ROUTER', 'peer': 'DEALER', 'frames': ['message', "
                         "'count frames, each an event, behind a batch'], 'credit_max': 262144}"));
    pile_message(p, "replay", "fetch", "Asks for events", payload("fetch", NULL, NULL));
    pile_message(p, "replay", "batch", "Events, or why there are none",
                 payload("batch", NULL, NULL));
    pile_operation(p, "receive", "replay", "fetch", "Events from a sequence on", "replay", "batch");
}

static void query_print(struct pile *p, const struct query_row *q, json_t *row)
{
    json_t *data = print_ref(&COMPONENTS, p->service->name, "query", q->name);
    json_t *result = row;
    if (q->how == MANY) {
        result = literal("{'type': 'array'}");
        member(result, "items", row);
    }
    pile_message(p, "query", q->name, q->doc, payload("query", q->name, data));
    pile_message(p, "result", q->name, q->doc, payload("reply", NULL, result));
    pile_operation(p, "receive", "query", q->name, q->doc, "result", q->name);
}

static void commands_print(struct pile *p, json_t *channels)
{
    const struct service_type *s = p->service;
    channel_open(p, channels, "command", "command/",
                 "Commands and queries. A reply to a command is sent only once it is durable; no "
                 "reply means unknown: ask again with the same id.",
                 literal("{'service': 'ROUTER', 'peer': 'DEALER', 'frames': ['message'], "
                         "'frame_max_bytes': 1048576}"));
    pile_message(p, "reply", "command", "What became of a command", payload("reply", NULL, NULL));
    for (size_t i = 0; i < s->command_count; i++) {
        const struct command_row *c = &s->commands[i];
        json_t *data = print_ref(&COMPONENTS, s->name, "command", c->name);
        pile_message(p, "command", c->name, c->doc, payload("command", c->name, data));
        pile_operation(p, "receive", "command", c->name, c->doc, "reply", "command");
    }
    for (size_t i = 0; i < s->query_count; i++) {
        const struct query_row *q = &s->queries[i];
        query_print(p, q, print_ref(&COMPONENTS, s->name, "result", q->name));
    }
    char name[HISTORY_NAME_MAX];
    const struct query_row history = history_row(s, name);
    query_print(p, &history, ref("components/schemas/wire.", "event", ""));
}

/* --- the document ----------------------------------------------------------------------------- */

static json_t *server_print(const struct service_type *s)
{
    json_t *server = literal(
        "{'host': 'localhost', 'protocol': 'zmtp', 'protocolVersion': '3.1',"
        " 'x-zeromq': {'discover': 'redress endpoints -o json', 'transports': ['ipc', 'tcp'],"
        " 'security': 'ipc: owner only; tcp: CURVE'}}");
    member_text(server, "description", s->doc);
    return server;
}

json_t *print_asyncapi(const struct service_type *const *services)
{
    json_t *document = literal("{'asyncapi': '3.0.0', 'info': {'title': 'Redress', 'version': "
                               "'1.0.0', 'description': 'Events, commands and queries of the "
                               "suite; bodies are MessagePack maps with string keys.'},"
                               "'defaultContentType': 'application/msgpack'}");
    json_t *servers = json_object(), *channels = json_object(), *operations = json_object();
    json_t *components = json_object(), *messages = json_object(), *schemas = json_object();
    json_t *envelopes = literal(ENVELOPES), *schema;
    const char *key;
    json_object_foreach(envelopes, key, schema)
    {
        char name[PRINT_NAME_MAX];
        snprintf(name, sizeof name, "wire.%s", key);
        member(schemas, name, json_incref(schema));
    }
    json_decref(envelopes);
    member(schemas, "wire.reply", reply_schema());
    for (size_t i = 0; services[i]; i++) {
        struct pile p = { .service = services[i], .messages = messages, .operations = operations };
        member(servers, services[i]->name, server_print(services[i]));
        print_schemas(services[i], &COMPONENTS, schemas);
        events_print(&p, channels);
        replay_print(&p, channels);
        commands_print(&p, channels);
    }
    member(components, "schemas", schemas);
    member(components, "messages", messages);
    member(document, "servers", servers);
    member(document, "channels", channels);
    member(document, "operations", operations);
    member(document, "components", components);
    return document;
}
