/* who: who would be told, level by level and letter by letter. It is the answer of the resolver
 * that the notification service has, too; here every place that is empty is said, and why. */
#include "services/catalog/matrix.h"

#include "services/line/line.h"

enum { SEVERE_SEVERITY = 2 };

bool index_role_by_level(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)id;
    return line_role_key(entity, k);
}

static struct text line_on_duty(const struct context *ctx, struct view *v, struct text group,
                                int64_t at, int32_t *ret_how)
{
    enum duty_source source = duty_source_layer;
    struct text person = roster_person(ctx, v, group, at, &source);
    *ret_how = source == duty_source_fallback ? line_how_fallback : line_how_duty;
    return person;
}

const struct duty_of *who_delivers(const struct context *ctx, struct view *v, struct text client,
                                   struct text component, struct text role)
{
    const struct line_place place = { .client = client, .component = component, .at = ctx->now };
    const struct line_turn t = { ctx, v, &place, NULL };
    return line_delivery(&t, role);
}

/* --- rows ------------------------------------------------------------------------------------- */

struct who {
    const struct context *ctx;
    struct view *view;
    struct answer *answer;
    int64_t count; /* rows so far */
    bool full;
};

static void put(struct who *w, struct who_place row)
{
    row.place = ++w->count;
    w->full = w->full || !answer_computed(w->answer, &row);
}

static void put_person(struct who *w, struct who_place row, const struct line_person *p)
{
    row.role = p->role;
    row.letter = row.letter ? row.letter : p->letter;
    row.source = p->source;
    row.group = p->group;
    row.person = p->person;
    row.how = p->how;
    row.why = p->why;
    const struct person *person =
        text_empty(p->person) ? NULL
                              : view_get_of(w->view, ENTITY_person, PROVIDER_CLIENT, p->person);
    if (person) {
        bool addressed = person->addresses.count > 0;
        row.name = person->name;
        row.channel = addressed ? person->addresses.at[0].channel : 0;
        row.reachable = addressed;
        if (!addressed)
            row.why = line_why_no_address;
    }
    put(w, row);
}

/* --- parts ------------------------------------------------------------------------------------ */

static void put_level(struct who *w, const struct line *l, int32_t part, int64_t level)
{
    struct who_place row = { .part = part, .level = level };
    row.skipped = !line_is_held(l, level);
    if (row.skipped)
        row.instead = line_told_for(l, level);
    for (uint32_t i = 0; i < l->count; i++)
        if (l->at[i].level == level)
            put_person(w, row, &l->at[i]);
}

static void put_line(struct who *w, const struct line *l, int32_t part)
{
    for (int64_t level = 1; level <= LINE_LEVELS; level++)
        put_level(w, l, part, level);
}

static void put_group(struct who *w, const struct line_place *place)
{
    struct line l = { .count = 0 };
    line_of_group(w->ctx, w->view, place, &l);
    if (l.count)
        put_line(w, &l, who_part_group);
    else
        put(w, (struct who_place){ .part = who_part_group,
                                   .group = place->group,
                                   .skipped = true,
                                   .why = line_why_not_held });
}

static void put_letter(struct who *w, const struct line *l, int32_t letter, int32_t why)
{
    struct who_place row = { .part = who_part_matrix, .letter = letter, .skipped = true };
    bool any = false;
    for (uint32_t i = 0; i < l->count; i++)
        if (line_has_letter(&l->at[i], letter) && !text_empty(l->at[i].person))
            row.skipped = false;
    for (uint32_t i = 0; i < l->count; i++)
        if (line_has_letter(&l->at[i], letter)) {
            put_person(w, row, &l->at[i]);
            any = true;
        }
    row.why = why;
    if (!any)
        put(w, row);
}

static void put_matrix(struct who *w, const struct line *l, bool row)
{
    static const int32_t letters[] = { letter_R, letter_A, letter_C, letter_I };
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        put_letter(w, l, letters[i], row ? line_why_no_letter : line_why_no_matrix);
}

static void put_client(struct who *w, const struct client *c, int64_t severity)
{
    struct who_place row = { .part = who_part_client };
    struct line_person contact = { .source = line_source_contact, .how = line_how_named };
    contact.person = c->primary_contact;
    row.skipped = text_empty(c->primary_contact);
    contact.why = row.skipped ? line_why_not_held : 0;
    put_person(w, row, &contact);
    row.skipped = false;
    for (uint32_t i = 0; severity && severity <= SEVERE_SEVERITY && i < c->executives.count; i++)
        put_person(w, row,
                   &(struct line_person){ .source = line_source_client,
                                          .how = line_how_named,
                                          .person = c->executives.at[i].person });
}

/* --- the query -------------------------------------------------------------------------------- */

static bool is_there(struct view *v, int entity, struct text id)
{
    return text_empty(id) || view_get_of(v, entity, PROVIDER_CLIENT, id);
}

/* Nothing is said about what the catalog does not know; a group's name is the tickets' own, and one
 * that is not known has no line. */
void query_catalog_who(const struct context *ctx, struct view *v, const void *parameters,
                       struct answer *a)
{
    const struct catalog_who *q = parameters;
    const struct text incident = TEXT_OF("incident");
    struct who w = { ctx, v, a, 0, false };
    struct line_place place = { q->client, q->service, q->component, q->process, q->group, q->at };
    struct line own = { .count = 0 }, letters = { .count = 0 };
    if (!is_providers(ctx) || !is_there(v, ENTITY_client, q->client) ||
        !is_there(v, ENTITY_service, q->service) || !is_there(v, ENTITY_component, q->component) ||
        !is_there(v, ENTITY_process, q->process))
        return;
    if (!q->has.at)
        place.at = ctx->now;
    if (text_empty(q->process))
        place.process = incident;
    line_of_client(ctx, v, &place, &own);
    bool row = line_of_letters(ctx, v, &place, &letters);
    if (text_equal(place.process, incident)) /* what is escalated is an incident */
        (void)line_give_work(v, &letters, &own);
    put_line(&w, &own, who_part_line);
    if (!text_empty(q->group))
        put_group(&w, &place);
    if (!text_empty(q->component))
        put_matrix(&w, &letters, row);
    put_client(&w, view_get_of(v, ENTITY_client, PROVIDER_CLIENT, q->client), q->severity);
}
