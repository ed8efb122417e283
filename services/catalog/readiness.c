/* readiness: the eleven questions of the checklist for a service model, answered from the catalog.
 */
#include "services/catalog/readiness.h"

static const struct question {
    const char *question, *yes, *partly, *no;
    readiness_look_fn *look;
    const char *of; /* what there must be at all; NULL where having none is an answer, too */
} questions[] = {
    { .question = "What products or services need to be supported?",
      .yes = "Every service has somebody who answers for it, says what it does, and is under "
             "contract.",
      .partly = "Not every service has an owner, a description and a contract.",
      .no = "No service is both described and under contract.",
      .look = look_services,
      .of = "service" },
    { .question = "What are the critical components?",
      .yes = "Every service says without which components it is not there.",
      .partly = "Some services do not say without which components they are not there.",
      .no = "No component is known to be critical.",
      .look = look_critical,
      .of = "component" },
    { .question = "What does the new service and support model look like?",
      .yes = "It is said who serves each client, and which processes go down to the teams and up "
             "again.",
      .partly = "It is not said for all who serves them, or which processes go down and up.",
      .no = "Nobody says who serves whom.",
      .look = look_model,
      .of = "role" },
    { .question =
          "Are there additional staff required; what about rostering and after hours support?",
      .yes = "What is supported at every hour has a roster, in which there is no gap.",
      .partly = "Not all that is supported at every hour has a roster for it, or there are gaps.",
      .no = "Nobody is on a roster.",
      .look = look_staff,
      .of = "roster" },
    { .question =
          "Where is the first point of contact for your customers and what level of service "
          "will that first point of contact provide?",
      .yes = "Every client has a first point of contact, which says what it solves itself.",
      .partly = "A client has no first point of contact, or one that does not say what it solves.",
      .no = "There is no first point of contact.",
      .look = look_contact,
      .of = "desk" },
    { .question =
          "Is multi-channel support and self-service an option? What level of support will be "
          "available as self-service and at what point will a customer need to engage with "
          "a real person?",
      .yes =
          "Every first point of contact is reached in several ways; where people help themselves, "
          "it is said when somebody real takes over, and how soon.",
      .partly = "A first point of contact is reached in one way only, or does not say how soon "
                "somebody real takes over.",
      .no = "No first point of contact is reached in several ways.",
      .look = look_channels,
      .of = "desk" },
    { .question = "Who are the second level support teams and are they in-house or an external "
                  "support agency?",
      .yes = "The groups of the second level are known, and who is in them or whose they are.",
      .partly = "A group of the second level is nobody's, or a critical component has no group.",
      .no = "There is no group of the second level.",
      .look = look_second,
      .of = "group" },
    { .question =
          "Who are the partners? Are some to be dropped? Are new partners to be on-boarded? "
          "What is the scope of their roles and responsibilities?",
      .yes = "Every partner has a scope, somebody who looks after it, and an agreement.",
      .partly = "Not every partner has a scope, somebody who looks after it, and an agreement.",
      .no = "No partner has a scope, somebody who looks after it, and an agreement.",
      .look = look_partners },
    { .question =
          "What about monitoring, alerts and alarms, who's responsibility is it to manage and "
          "maintain these?",
      .yes =
          "Somebody is responsible, and somebody accountable, for the monitoring of every critical "
          "component.",
      .partly = "The monitoring of some critical components is nobody's.",
      .no = "The monitoring of critical components is nobody's.",
      .look = look_monitoring,
      .of = "component" },
    { .question =
          "What kind of reporting will be provided? Is there an executive dashboard to assist "
          "with report generation and does the final report make sense to the recipients?",
      .yes = "Every client gets reports that make sense to it, some of them from the dashboard.",
      .partly =
          "A client gets no report, none is made from the dashboard, or it is not known to make "
          "sense.",
      .no = "No report is known to make sense to those who get it.",
      .look = look_reporting,
      .of = "report" },
    { .question =
          "Run a sanity check against the most recent service or customer transitioned through "
          "the project and ensure \"lessons learned\" is included in the report",
      .yes = "The lessons of the last transition were put to use.",
      .partly =
          "Not all lessons of the last transition were put to use, or none were written down.",
      .no = "No transition was completed.",
      .look = look_lessons,
      .of = "transition" },
};

/* --- what is found ------------------------------------------------------------------------------
 */

void readiness_has(struct asked *q, const char *of, struct text id, struct text words)
{
    if (q->it.found++ < READINESS_SHOWN_MAX)
        q->evidence[q->it.evidence.count++] =
            (struct fact){ .of = text_from(of), .id = id, .words = words };
}

void readiness_lacks(struct asked *q, const char *of, struct text id, const char *words)
{
    if (q->it.lacking++ < READINESS_SHOWN_MAX)
        q->missing[q->it.missing.count++] =
            (struct fact){ .of = text_from(of), .id = id, .words = text_from(words) };
}

void readiness_each(struct asked *q, int index, readiness_each_fn *each, void *arg)
{
    struct found found;
    struct walk *w = view_walk(q->view, index, NULL, READINESS_LOOKED_MAX + 1);
    for (uint32_t n = 0; view_next(w, &found); n++) {
        if (n == READINESS_LOOKED_MAX)
            q->it.more = true;
        else
            each(q, arg, found.entity);
    }
}

/* --- what it is about
 * ----------------------------------------------------------------------------- */

static void take_service(struct asked *q, void *arg, const void *entity)
{
    (void)arg;
    q->services[q->service_count++] = entity;
}

/* They came by their ids. */
static void cover(struct asked *q, struct text service)
{
    uint32_t low = 0, high = q->service_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (text_compare(q->services[middle]->id, service) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low <
        q->service_count) /* what is named is there, unless there are more than are looked at */
        q->is_covered[low] = true;
}

/* Contracts come by client, so that a client is met once, or several times in a row. */
static void take_contract(struct asked *q, void *arg, const void *entity)
{
    const struct contract *c = entity;
    bool covers = text_empty(q->service);
    (void)arg;
    if (!in_force(c->start, c->end, q->today) ||
        (!text_empty(q->client) && !text_equal(c->client, q->client)))
        return;
    for (uint32_t i = 0; i < c->services.count; i++) {
        cover(q, c->services.at[i].service);
        covers = covers || text_equal(c->services.at[i].service, q->service);
    }
    if (!covers || (q->client_count && text_equal(q->clients[q->client_count - 1]->id, c->client)))
        return;
    q->clients[q->client_count++] = view_get_of(q->view, ENTITY_client, PROVIDER_CLIENT, c->client);
}

/* Of all services those that are asked about. */
static void choose_services(struct asked *q)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < q->service_count; i++) {
        bool is_asked = text_empty(q->service) ? text_empty(q->client) || q->is_covered[i]
                                               : text_equal(q->services[i]->id, q->service);
        if (!is_asked)
            continue;
        q->services[kept] = q->services[i];
        q->is_covered[kept++] = q->is_covered[i];
    }
    q->service_count = kept;
}

static void take_component(struct asked *q, void *arg, const void *entity)
{
    const struct component *c = entity;
    bool any = false;
    (void)arg;
    for (uint32_t i = 0; i < q->service_count; i++)
        any = any || component_is_part(c, q->services[i]->id);
    if (any)
        q->components[q->component_count++] = c;
}

/* --- the answers
 * ---------------------------------------------------------------------------------- */

static bool answer_question(struct asked *q, uint32_t i, struct answer *a)
{
    const struct question *is = &questions[i];
    q->it = (struct answered){ .number = i + 1,
                               .question = text_from(is->question),
                               .evidence.at = q->evidence,
                               .missing.at = q->missing,
                               .more = q->more };
    is->look(q);
    if (q->it.found + q->it.lacking == 0 && is->of)
        readiness_lacks(q, is->of, (struct text){ 0 }, "There is none.");
    bool any = q->it.found || !q->it.lacking;
    q->it.state = !any ? readiness_no : q->it.lacking ? readiness_partly : readiness_yes;
    const char *sentence = !any ? is->no : q->it.lacking ? is->partly : is->yes;
    q->it.sentence = text_from(sentence);
    return answer_computed(a, &q->it);
}

void query_catalog_readiness(const struct context *ctx, struct view *v, const void *parameters,
                             struct answer *a)
{
    const struct catalog_readiness *p = parameters;
    struct asked q = { .ctx = ctx,
                       .view = v,
                       .now = ctx->now,
                       .today = ctx->now / DAYS,
                       .client = p->client,
                       .service = p->service };
    if (!is_providers(ctx))
        return;
    readiness_each(&q, INDEX_service_by_id, take_service, NULL);
    readiness_each(&q, INDEX_contract_by_client, take_contract, NULL);
    choose_services(&q);
    const struct client *c = view_get_of(v, ENTITY_client, PROVIDER_CLIENT, p->client);
    if (c && q.client_count == 0)
        q.clients[q.client_count++] = c; /* asked for by name, contract or not */
    readiness_each(&q, INDEX_component_by_id, take_component, NULL);
    q.more = q.it.more;
    for (uint32_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (!answer_question(&q, i, a))
            return;
}
