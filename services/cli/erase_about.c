/* erase_about: which events are about who is erased: themselves, what belongs to them, what they
 * said, and what was made of that. Table-driven: the names of fields say what they mean. */
#include <errno.h>
#include <stdio.h>

#include "common/store/state.h"
#include "services/cli/erase.h"
#include "services/edge/convert.h"

enum { PASSES_MAX = 16 /* over all logs; what follows from what is a few steps long */ };

int erase_event_read(const struct service_type *s, const struct entry *e, struct erase_event *ret)
{
    struct envelope env;
    struct msg_error error;
    int r = envelope_read(e->envelope, e->envelope_size, &env, &error);
    if (r < 0)
        return r;
    *ret = (struct erase_event){ .row = service_event_named(s, env.type),
                                 .subject = env.subject,
                                 .key = env.partition_key,
                                 .event = env.id,
                                 .cause = env.causation_id,
                                 .first = e->previous == 0,
                                 .data = env.data,
                                 .data_size = env.data_size };
    ret->noun = ret->row ? ret->row->noun : NULL;
    subject_split(env.subject, &ret->client, &ret->id);
    return 0;
}

/* --- fields ----------------------------------------------------------------------------------- */

static const struct field *field_of(const struct erase_event *e, const char *name)
{
    return record_field(e->row->record, text_from(name));
}

static struct text text_of(const struct erase_event *e, const struct field *f)
{
    const void *at;
    size_t size;
    struct text t;
    if (msg_member(e->data, e->data_size, f->name, &at, &size) < 0 ||
        msg_read_text(at, size, &t) < 0)
        return (struct text){ 0 };
    return t;
}

static bool refers_to(const struct field *f, const char *noun)
{
    return f && f->kind == KIND_REFERENCE && strcmp(f->reference, noun) == 0;
}

/* The field called like the noun names it: this is theirs. */
static bool names_it(const struct erase *x, const struct erase_event *e)
{
    const struct field *f = field_of(e, x->noun);
    return refers_to(f, x->noun) && text_equal(text_of(e, f), text_from(x->id));
}

/* The field `contact` says whose words an event holds: by id, or as they were called elsewhere. */
static bool is_speaker(const struct erase *x, const struct erase_event *e)
{
    const struct field *f = field_of(e, "contact");
    struct mentioned found;
    if (!f || !(refers_to(f, x->noun) || f->kind == KIND_TEXT))
        return false;
    const struct text t = text_of(e, f);
    return text_equal(t, text_from(x->id)) ||
           (mention_find(&x->words, MENTION_TEXT, true, t.at, t.length, 0, &found) &&
            found.size == t.length);
}

/* Whether the entity of an event keeps a field of that name. */
static bool keeps(const struct service_type *s, const struct erase_event *e, const char *name)
{
    for (size_t i = 0; i < s->entity_count; i++)
        if (s->entities[i].how != TOTAL && strcmp(s->entities[i].name, e->noun) == 0)
            return record_field(s->entities[i].record, text_from(name)) != NULL;
    return false;
}

/* --- what it said, and what was made of that ---------------------------------------------------
 */

static void name_born(const char *noun, struct text client, struct text id,
                      char out[static ERASE_NAME_BYTES])
{
    snprintf(out, ERASE_NAME_BYTES, "%s %.*s/%.*s", noun, TEXT_ARG(client), TEXT_ARG(id));
}

/* A message (of which there is a copy, by its digest) tells of something that began so. */
static bool tells_of_born(const struct erase *x, const struct service_type *s,
                          const struct erase_event *e)
{
    struct field_rows rows = e->row->record->fields();
    bool any = false;
    char name[ERASE_NAME_BYTES];
    if (x->born.count == 0 || !keeps(s, e, "digest"))
        return false;
    for (size_t i = 0; i < rows.count && !any; i++) {
        if (rows.at[i].kind != KIND_REFERENCE)
            continue;
        name_born(rows.at[i].reference, e->client, text_of(e, &rows.at[i]), name);
        any = names_has(&x->born, name);
    }
    return any;
}

static bool follows(const struct erase *x, const struct erase_event *e)
{
    char id[ERASE_NAME_BYTES];
    snprintf(id, sizeof id, "%.*s", TEXT_ARG(e->cause));
    return names_has(&x->said, id);
}

static bool is_said(struct erase *x, const struct service_type *s, const struct erase_event *e,
                    const char *entity)
{
    char name[ERASE_NAME_BYTES];
    const bool speaks = is_speaker(x, e);
    if (!speaks && !follows(x, e) && !tells_of_born(x, s, e))
        return false;
    snprintf(name, sizeof name, "%.*s", TEXT_ARG(e->event));
    names_add(&x->said, name);
    if (e->first) {
        name_born(e->noun, e->client, e->id, name);
        names_add(&x->born, name);
    }
    if (keeps(s, e, "digest") || (speaks && keeps(s, e, "contact")))
        names_add(&x->about, entity);
    return true;
}

/* --- one event --------------------------------------------------------------------------------
 */

bool erase_is_about(struct erase *x, const struct service_type *s, const struct erase_event *e)
{
    char name[ERASE_NAME_BYTES];
    if (s == x->catalog && e->noun && strcmp(e->noun, x->noun) == 0 &&
        text_equal(e->id, text_from(x->id)))
        return true;
    if (!s->single && strcmp(x->noun, "client") == 0 && text_equal(e->key, text_from(x->id)))
        return true;
    if (!e->noun)
        return false;
    /* Who is still there may have belonged to it, and tells of themselves now. */
    snprintf(name, sizeof name, "%s/%.*s", e->noun, TEXT_ARG(e->id));
    if (s == x->catalog && names_has(&x->living, name))
        return false;
    snprintf(name, sizeof name, "%s %s %.*s", s->name, e->noun, TEXT_ARG(e->subject));
    if (names_it(x, e))
        names_add(&x->about, name);
    return (s != x->catalog && is_said(x, s, e, name)) || names_has(&x->about, name);
}

/* --- all of them ------------------------------------------------------------------------------
 */

struct pass {
    struct erase *x;
    const struct service_type *service;
};

static int look(void *arg, uint64_t sequence, const struct entry *e, struct arena *a)
{
    struct pass *p = arg;
    struct erase_event event;
    int r = erase_event_read(p->service, e, &event);
    (void)sequence, (void)a;
    if (r == 0)
        (void)erase_is_about(p->x, p->service, &event);
    return r;
}

static uint64_t known(const struct erase *x)
{
    return (uint64_t)x->about.count + x->said.count + x->born.count;
}

int erase_find_about(struct erase *x, const struct erase_task **ret_task, struct msg_error *reterr)
{
    uint64_t before;
    int passes = 0;
    do {
        before = known(x);
        for (uint32_t i = 0; i < x->task_count; i++) {
            char directory[SUITE_PATH_MAX];
            struct pass p = { x, x->tasks[i].service };
            *ret_task = &x->tasks[i];
            suite_partition_directory(&x->suite, p.service->name, x->tasks[i].number, directory);
            int r = rewrite_walk(directory, look, &p, reterr);
            cli_progress("looking through logs", i + 1, x->task_count);
            if (r < 0 && r != -ENOENT) /* never opened */
                return r;
        }
    } while (known(x) > before && ++passes < PASSES_MAX);
    return 0;
}
