/* letter: a message as it is sent: who did it by name, in whose zone, with which link, as mail or
 * hook. */
#include "services/notification/notification.h"

/* "a/b" */
static struct text joined(struct effect *e, struct text a, struct text b)
{
    struct page p = { .effect = e };
    page_add(&p, a);
    page_add(&p, (struct text)TEXT_OF("/"));
    page_add(&p, b);
    return page_text(&p);
}

/* What belongs together in a mailbox: an escalation, else a ticket, else a roster or a reminder. */
static struct text thread_of(struct effect *e, const struct message *m)
{
    struct text what = text_empty(m->ticket) ? m->about : m->ticket;
    return joined(e, m->client, text_empty(m->escalation) ? what : m->escalation);
}

/* Of a person of the catalog; an id is better than nothing. */
static struct text name_of_person(struct view *v, struct text id)
{
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, id);
    return p ? p->name : id;
}

static struct text name_of_role(struct view *v, struct text id)
{
    const struct role *r = view_get_of(v, ENTITY_role, PROVIDER_CLIENT, id);
    return r ? r->name : id;
}

/* Who did it, by name where that is a person of the catalog; timers are nobody. */
static struct text name_of(struct view *v, struct text actor)
{
    static const char service[] = "service:";
    const struct person *p = view_get_of(v, ENTITY_person, PROVIDER_CLIENT, actor_person(actor));
    if (p)
        return p->name;
    if (actor.length >= sizeof service - 1 && memcmp(actor.at, service, sizeof service - 1) == 0)
        return (struct text){ 0 };
    return actor;
}

/* Stages at which somebody at the provider should take it. */
static bool wants_ack(int32_t stage)
{
    return stage == stage_raised || stage == stage_level_raised || stage == stage_ack_expired ||
           stage == stage_update_missed;
}

static struct text ack_link(const struct context *ctx, const struct draft *l)
{
    static const char kind[] = "person:";
    const struct notification_options *o = ctx->options;
    const struct message *m = l->message;
    struct page actor = { .effect = l->effect };
    if (!reader_fits(m->reader, side_provider) || !wants_ack(m->stage) || l->escalation->ended)
        return (struct text){ 0 };
    page_add(&actor, (struct text)TEXT_OF(kind));
    page_add(&actor, m->person);
    return effect_link(l->effect, "ack", joined(l->effect, m->client, m->escalation),
                       page_text(&actor), ctx->now + o->link_lasts);
}

static void write_mail(const struct draft *l, const struct person *p, struct effect *e)
{
    const struct template *t = template_of(l->message->stage, l->message->reader);
    e->kind = EFFECT_MAIL;
    e->to_name = render_line(e, p->name);
    e->subject = render_subject(l, t->subject);
    e->plain = render_plain(l, t->body);
    e->html = render_html(l, e->subject, t->body);
}

static void write_hook(const struct draft *l, const struct address *a, struct effect *e)
{
    e->kind = EFFECT_HOOK;
    e->secret = a->secret;
    e->type = template_type(l->message->stage);
    e->data = letter_data(l);
}

void letter_write(const struct context *ctx, struct view *v, const struct enclosed *in,
                  struct effect *ret)
{
    const struct message *m = in->message;
    struct draft l = { .effect = ret,
                       .message = m,
                       .client = in->client,
                       .escalation = in->escalation,
                       .zone = in->person->zone,
                       .by = name_of(v, m->by),
                       .role = name_of_role(v, m->role),
                       .incoming = name_of_person(v, m->incoming),
                       .outgoing = name_of_person(v, m->outgoing),
                       .contact = name_of_person(v, m->contact) };
    if (text_empty(l.zone) && in->client)
        l.zone = in->client->zone;
    l.ack_link = ack_link(ctx, &l);
    if (survey_asks(m->stage)) {
        l.scale = survey_scale(ret, m);
        l.survey_link = survey_link(ret, m);
    }
    ret->id = m->id;
    ret->to = in->address->to;
    ret->thread = thread_of(ret, m);
    ret->time = m->occurred_at;
    if (in->address->channel == channel_email)
        write_mail(&l, in->person, ret);
    else
        write_hook(&l, in->address, ret);
}
