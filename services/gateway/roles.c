/* roles: see roles.h. */
#include "services/gateway/roles.h"

/* What the provider does for a client, in its fields that are for clients (audience.h). */
static const char *const for_clients[] = { "escalation", "kpi", "sip", NULL };

static const struct role roles[] = {
    { .name = "viewer", .reads = true },
    { .name = "operator", .reads = true, .commands = true },
    { .name = "administrator",
      .reads = true,
      .commands = true,
      .administers = true,
      .reports = true },
    { .name = "ingest", .reports = true },
    { .name = "client", .reads = true, .as_client = true, .only = for_clients },
};

const struct role *role_find(struct text name)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (text_equal(text_from(roles[i].name), name))
            return &roles[i];
    return NULL;
}

bool role_may_query(const struct role *r, const struct service_type *s)
{
    const char *const *only = r->only;
    while (only && *only && strcmp(*only, s->name) != 0)
        only++;
    return r->reads && (!only || *only);
}

/* Commands of the catalog that are work: who takes over a shift changes nothing of the roster. */
static const char *const work[] = { "duty.accept", "override.set", "override.remove" };

bool role_may_command(const struct role *r, const struct service_type *s,
                      const struct command_row *row)
{
    bool works = !s->single;
    for (size_t i = 0; i < sizeof work / sizeof *work; i++)
        works = works || strcmp(row->name, work[i]) == 0;
    return works ? r->commands : r->administers;
}

bool principal_sees(const struct principal *p, struct text client)
{
    for (uint32_t i = 0; i < p->client_count; i++)
        if (text_equal(p->clients[i], client))
            return true;
    return p->client_count == 0;
}
