/* role: roles, and the deliveries that say who has which for a client. */
#include "services/catalog/catalog.h"

enum { PATH_MAX_BYTES = 48 };

/* "roles[7].person": the entry of a list that a refusal is about. */
static const char *entry_field(struct decision *d, const char *list, uint32_t n, const char *field)
{
    char *path = decision_alloc(d, PATH_MAX_BYTES), *at = path;
    for (const char *c = list; *c; c++)
        *at++ = *c;
    *at++ = '[';
    if (n >= 10)
        *at++ = (char)('0' + n / 10);
    *at++ = (char)('0' + n % 10);
    *at++ = ']';
    *at++ = '.';
    for (const char *c = field; *c; c++)
        *at++ = *c;
    return path;
}

static bool is_of_side(struct view *v, struct text person, int32_t side, struct text client)
{
    const struct person *p = view_get(v, ENTITY_person, person);
    return p->side == side && (side != side_client || text_equal(p->client, client));
}

/* --- roles ------------------------------------------------------------------------------------ */

static bool holder_stands(struct view *v, const struct role *r, struct decision *d)
{
    const struct group *g = text_empty(r->group) ? NULL : view_get(v, ENTITY_group, r->group);
    struct text nobody = { 0 };
    if (!text_empty(r->person) && g)
        REFUSE(d, role_form, "group");
    else if (!text_empty(r->person) && !is_of_side(v, r->person, r->side, nobody))
        REFUSE(d, role_side, "person");
    else if (g && g->side != r->side)
        REFUSE(d, role_side, "group");
    else if (!text_empty(r->backup) && !is_of_side(v, r->backup, r->side, nobody))
        REFUSE(d, role_side, "backup");
    else if (!text_empty(r->backup) && text_equal(r->backup, r->person))
        REFUSE(d, own_backup, "backup");
    else
        return true;
    return false;
}

void check_role(const struct context *ctx, struct view *v, const void *now, const void *before,
                struct decision *d)
{
    const struct role *c = now, *is = before;
    (void)ctx;
    if (!c)
        return;
    bool anybody = !text_empty(c->person) || !text_empty(c->group) || !text_empty(c->backup);
    /* Deliveries and the matrix rely on the side. */
    if (is && is->side != c->side && model_times(v, AGGREGATE_named, "role", c->id) > 0)
        REFUSE(d, still_named, "side");
    else if (c->level && c->side != side_provider)
        REFUSE(d, level_side, "level");
    else if (anybody && c->side == side_client)
        REFUSE(d, role_at_client, text_empty(c->person) ? "group" : "person");
    else
        (void)holder_stands(v, c, d);
}

/* --- deliveries ------------------------------------------------------------------------------- */

static bool is_called(const struct delivery *c)
{
    uint32_t n = c->client.length, s = c->service.length;
    if (c->id.length < n || memcmp(c->id.at, c->client.at, n) != 0)
        return false;
    if (s == 0)
        return c->id.length == n;
    return c->id.length == n + 1 + s && c->id.at[n] == ':' &&
           memcmp(c->id.at + n + 1, c->service.at, s) == 0;
}

static bool duty_stands(struct view *v, const struct delivery *c, uint32_t i, struct decision *d)
{
    const struct duty_of *e = &c->roles.at[i];
    const struct role *r = view_get(v, ENTITY_role, e->role);
    const struct group *g = text_empty(e->group) ? NULL : view_get(v, ENTITY_group, e->group);
    for (uint32_t j = 0; j < i; j++)
        if (text_equal(c->roles.at[j].role, e->role)) {
            REFUSE(d, role_twice, entry_field(d, "roles", i, "role"));
            return false;
        }
    if (text_empty(e->person) == text_empty(e->group))
        REFUSE(d, duty_form, entry_field(d, "roles", i, text_empty(e->group) ? "person" : "group"));
    else if (g && g->side != r->side)
        REFUSE(d, role_side, entry_field(d, "roles", i, "group"));
    else if (!g && !is_of_side(v, e->person, r->side, c->client))
        REFUSE(d, role_side, entry_field(d, "roles", i, "person"));
    else if (!text_empty(e->backup) && !is_of_side(v, e->backup, r->side, c->client))
        REFUSE(d, role_side, entry_field(d, "roles", i, "backup"));
    else if (!text_empty(e->backup) && text_equal(e->backup, e->person))
        REFUSE(d, own_backup, entry_field(d, "roles", i, "backup"));
    else
        return true;
    return false;
}

void check_delivery(const struct context *ctx, struct view *v, const void *now, const void *is,
                    struct decision *d)
{
    const struct delivery *c = now;
    (void)ctx, (void)is;
    if (!c)
        return;
    if (!is_called(c))
        REFUSE(d, delivery_id, "id");
    else if (!some_stand(c->roles.count, "roles", d))
        return;
    for (uint32_t i = 0; i < c->roles.count; i++)
        if (!duty_stands(v, c, i, d))
            return;
}
