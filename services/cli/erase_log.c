/* erase_log: what is taken out of the logs, event by event. */
#include <errno.h>
#include <stdio.h>

#include "services/cli/erase.h"

#include "common/base/token.h"

struct pass {
    struct erase *x;
    const struct service_type *service;
    uint32_t number;
    bool counts; /* into the rows that are shown */
    uint64_t count;
};

/* --- what is shown ---------------------------------------------------------------------------- */

static json_t *row_of(struct pass *p, const char *type)
{
    size_t i;
    json_t *row;
    json_array_foreach(p->x->events, i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "service")), p->service->name) == 0 &&
            json_integer_value(json_object_get(row, "partition")) == (json_int_t)p->number &&
            strcmp(json_string_value(json_object_get(row, "type")), type) == 0)
            return row;
    }
    row = json_pack("{ss si ss si sI sI ss}", "service", p->service->name, "partition",
                    (int)p->number, "type", type, "events", 0, "first", (json_int_t)0, "last",
                    (json_int_t)0, "fields", "");
    json_array_append_new(p->x->events, row);
    return row;
}

static bool lists(const char *fields, const char *name, size_t size)
{
    for (const char *at = fields; *at; at += at[0] == ',') {
        size_t n = strcspn(at, ",");
        if (n == size && memcmp(at, name, n) == 0)
            return true;
        at += n;
    }
    return false;
}

static void show(struct pass *p, const char *type, uint64_t sequence,
                 const struct redact_report *report)
{
    json_t *row = row_of(p, type);
    char fields[4 * REDACT_FIELDS_MAX];
    snprintf(fields, sizeof fields, "%s", json_string_value(json_object_get(row, "fields")));
    for (const char *at = report->fields; *at; at += *at == ',') {
        size_t n = strcspn(at, ","), used = strlen(fields);
        if (!lists(fields, at, n) && used + n + 2 < sizeof fields)
            snprintf(fields + used, sizeof fields - used, "%s%.*s", used ? "," : "", (int)n, at);
        at += n;
    }
    json_int_t events = json_integer_value(json_object_get(row, "events"));
    json_object_set_new(row, "events", json_integer(events + 1));
    if (events == 0)
        json_object_set_new(row, "first", json_integer((json_int_t)sequence));
    json_object_set_new(row, "last", json_integer((json_int_t)sequence));
    json_object_set_new(row, "fields", json_string(fields));
}

/* --- one event -------------------------------------------------------------------------------- */

/* A copy of the message that was sent lies under the digest of its bytes. */
static void note_digest(struct erase *x, const struct erase_event *e)
{
    const void *at;
    size_t size;
    struct text digest;
    char name[2 * DIGEST_BYTES + 1];
    if (msg_member(e->data, e->data_size, "digest", &at, &size) < 0 ||
        msg_read_text(at, size, &digest) < 0 || digest.length != sizeof name - 1)
        return;
    snprintf(name, sizeof name, "%.*s", TEXT_ARG(digest));
    names_add(&x->digests, name);
}

/* What is left in an event although a word is said in it: ids. */
static void note_ids(struct erase *x, const struct erase_event *e, const void *envelope,
                     size_t size)
{
    struct mentioned found;
    struct reader r = reader_over(envelope, size);
    struct token t;
    if (!mention_find(&x->words, MENTION_BYTES, false, envelope, size, 0, &found))
        return;
    while (reader_left(&r) && reader_next(&r, &t)) {
        char name[MSG_FIELDS_MAX * 8];
        if (t.kind != TOKEN_TEXT || t.text.length >= sizeof name ||
            !mention_find(&x->words, MENTION_TEXT, false, t.text.at, t.text.length, 0, &found))
            continue;
        const bool is_subject = text_equal(t.text, e->subject);
        snprintf(name, sizeof name, "%.*s", TEXT_ARG(is_subject ? e->id : t.text));
        names_add(&x->ids, name);
    }
}

static int erase_one(void *arg, uint64_t sequence, const struct entry *e, struct arena *a,
                     struct entry *ret)
{
    struct pass *p = arg;
    struct erase *x = p->x;
    struct erase_event event;
    struct mentioned found;
    struct redact_report report;
    struct msg_buffer b = { .arena = a };
    int r = erase_event_read(p->service, e, &event);
    if (r < 0)
        return r;
    const bool about = erase_is_about(x, p->service, &event);
    if (about)
        note_digest(x, &event);
    else if (!mention_find(&x->words, MENTION_BYTES, false, e->envelope, e->envelope_size, 0,
                           &found))
        return 0;
    const struct record *record = event.row ? event.row->record : NULL;
    r = redact_envelope(record, e->envelope, e->envelope_size, &x->words,
                        about ? REDACT_OWN : REDACT_MENTIONS, e->digest, &b, &report);
    if (r == -EMSGSIZE)
        r = redact_envelope(record, e->envelope, e->envelope_size, &x->words, REDACT_ALL, e->digest,
                            &b, &report);
    if (r < 0)
        return r;
    note_ids(x, &event, r ? b.at : e->envelope, r ? b.size : e->envelope_size);
    if (r == 0)
        return 0;
    p->count++;
    if (p->counts)
        show(p, event.row ? event.row->name : "", sequence, &report);
    *ret = *e;
    if (redact_wants(&x->words, e->principal)) /* an import of history is its actor's */
        ret->principal = REDACTED_TEXT;
    ret->flags |= ENTRY_REDACTED;
    ret->envelope = b.at;
    ret->envelope_size = b.size;
    return 1;
}

/* --- logs ------------------------------------------------------------------------------------- */

static int count_one(void *arg, uint64_t sequence, const struct entry *e, struct arena *a)
{
    struct entry unused;
    int r = erase_one(arg, sequence, e, a, &unused);
    return r < 0 ? r : 0;
}

int erase_plan_log(struct erase *x, const struct service_type *s, uint32_t n, uint64_t *ret_count,
                   struct msg_error *reterr)
{
    char directory[SUITE_PATH_MAX];
    struct pass p = { .x = x, .service = s, .number = n, .counts = true };
    suite_partition_directory(&x->suite, s->name, n, directory);
    int r = rewrite_walk(directory, count_one, &p, reterr);
    *ret_count = p.count;
    x->event_count += p.count;
    return r == -ENOENT ? 0 : r; /* never opened */
}

int erase_prepare_log(struct erase *x, const struct service_type *s, uint32_t n,
                      struct msg_error *reterr)
{
    char directory[SUITE_PATH_MAX];
    struct pass p = { .x = x, .service = s, .number = n };
    suite_partition_directory(&x->suite, s->name, n, directory);
    return rewrite_prepare(directory, erase_one, &p, reterr);
}
