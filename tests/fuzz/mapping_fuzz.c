/* mapping_fuzz: any JSON through the shipped mappings of documents gives facts that keep every rule
 * and come out alike again, or an error that says what is wrong where. */
#include <errno.h>
#include <stdlib.h>

#include "common/msg/json.h"
#include "services/edge/mapping.h"

extern const struct service_type escalation_service;
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAPPINGS = 2 };

static struct mapping *mappings[MAPPINGS];
static const struct record *record;

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const files[MAPPINGS] = { "deploy/maps/alertmanager.yaml",
                                                 "deploy/maps/pagerduty.yaml" };
    struct mapping_error e;
    (void)argc, (void)argv;
    for (size_t i = 0; i < escalation_service.command_count; i++)
        if (strcmp(escalation_service.commands[i].name, "ticket.record") == 0)
            record = escalation_service.commands[i].record;
    for (int i = 0; i < MAPPINGS; i++)
        must(mapping_load(files[i], record, &mappings[i], &e) == 0);
    return 0;
}

/* A message of ours must be fit to be sent back. */
static void must_be_text(const char *t)
{
    json_t *value = json_string(t);
    must(value);
    json_decref(value);
}

static void check_facts(const struct mapped *a, const struct mapped *b, uint32_t count,
                        struct arena *arena)
{
    struct msg_error e;
    for (uint32_t i = 0; i < count; i++) {
        void *value = arena_alloc(arena, record->size);
        must(client_id_valid(a[i].client) && text_equal(a[i].client, b[i].client));
        must(msg_scan(a[i].body, a[i].body_size, MSG_FRAME_MAX, &e) == 0);
        must(msg_decode(record, a[i].body, a[i].body_size, arena, value, &e) == 0);
        must(a[i].body_size == b[i].body_size);
        must(memcmp(a[i].body, b[i].body, a[i].body_size) == 0);
    }
}

static void check_reply(const struct mapping *m, const json_t *document, const struct mapped *first,
                        const struct msg_error *why)
{
    json_t *body = NULL;
    if (mapping_reply(m, document, first, why, &body))
        must(json_is_object(body));
    json_decref(body);
}

static void try_mapping(const struct mapping *m, const json_t *document, struct arena *a)
{
    static const struct mapping_context ctx = {
        .client = TEXT_OF("acme"),
        .source = TEXT_OF("desk"),
        .received_at = INT64_C(1772359200000000),
    };
    struct mapped *first = NULL, *again = NULL;
    uint32_t count = 0, same = 0;
    struct msg_error e = { { 0 }, { 0 } };
    int r = mapping_json(m, document, &ctx, a, &first, &count, &e);
    must(mapping_json(m, document, &ctx, a, &again, &same, &e) == r && count == same);
    if (r == 0) {
        check_facts(first, again, count, a);
        check_reply(m, document, count ? first : NULL, NULL);
        return;
    }
    must(r == -EINVAL || r == -E2BIG);
    must(e.field[0] && e.rule[0] && !first);
    must_be_text(e.field);
    must_be_text(e.rule);
    check_reply(m, document, NULL, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    struct msg_error e;
    struct text token;
    json_t *document = json_parse((struct text){ (const char *)data, (uint32_t)size }, &e);
    for (int i = 0; i < MAPPINGS && document; i++) {
        try_mapping(mappings[i], document, &arena);
        if (mapping_token(mappings[i], document, &token) == 0)
            must(token.length > 0);
        arena_reset(&arena);
    }
    json_decref(document);
    return 0;
}
