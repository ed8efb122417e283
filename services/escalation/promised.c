/* promised: copies of what the catalog says of clients: their targets, and who confirms for them.
 * They are read when something is decided; what is decided goes into the event (RULES 8). */
#include "services/escalation/escalation.h"

static int64_t said_or(int64_t said, int64_t option)
{
    return said ? said : option;
}

const struct promised *promised_of(const struct context *ctx, struct view *v)
{
    static const struct promised nothing;
    const void *found = view_get_of(v, ENTITY_promised, PROVIDER_CLIENT, ctx->client);
    return found ? found : &nothing;
}

struct target promised_targets(const struct context *ctx, const struct promised *p,
                               int64_t priority)
{
    const struct escalation_options *o = ctx->options;
    const struct target options[SEVERITIES] = {
        { .response = o->response_1, .resolve = o->resolve_1, .update = o->update_1 },
        { .response = o->response_2, .resolve = o->resolve_2, .update = o->update_2 },
        { .response = o->response_3, .resolve = o->resolve_3, .update = o->update_3 },
        { .response = o->response_4, .resolve = o->resolve_4, .update = o->update_4 },
    };
    struct target t = options[priority - 1];
    for (uint32_t i = 0; i < p->targets.count; i++) {
        const struct target *said = &p->targets.at[i];
        if (said->priority != priority)
            continue;
        t.response = said_or(said->response, t.response);
        t.resolve = said_or(said->resolve, t.resolve);
        t.update = said_or(said->update, t.update);
    }
    return t;
}

struct text promised_contact(const struct context *ctx, struct view *v)
{
    const struct promised *p = promised_of(ctx, v);
    const struct contact *c = view_get_of(v, ENTITY_contact, PROVIDER_CLIENT, p->primary_contact);
    return c ? c->name : (struct text){ 0 };
}

void copy_client_changed(struct fold *f, const void *event)
{
    const struct on_client_changed *e = event;
    struct promised *p = fold_copy(f, ENTITY_promised, f->id);
    *p = (struct promised){ .primary_contact = e->primary_contact,
                            .targets = e->targets,
                            .zone = e->zone,
                            .calendar = e->calendar,
                            .known = true };
}

void copy_client_removed(struct fold *f, const void *event)
{
    (void)event;
    memset(fold_copy(f, ENTITY_promised, f->id), 0, sizeof(struct promised));
}

/* Only of people at clients: of others nothing is needed here, and less is known about them. */
void copy_person_changed(struct fold *f, const void *event)
{
    const struct on_person_changed *e = event;
    struct contact *c = fold_copy(f, ENTITY_contact, f->id);
    memset(c, 0, sizeof *c);
    if (!text_empty(e->client))
        c->name = e->name;
}

void copy_person_removed(struct fold *f, const void *event)
{
    (void)event;
    memset(fold_copy(f, ENTITY_contact, f->id), 0, sizeof(struct contact));
}
