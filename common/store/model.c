/* model: setting, removing, folding and listing what the MODEL rows of a .def file declare. */
#include "common/model.h"

#include "common/store/turn.h"

#include <stdio.h>
#include <string.h>

enum { PATH_MAX_BYTES = 160, DEEPEST = 4 /* lists within lists */ };

/* --- the records that all models share --------------------------------------------------------
 */

struct gone {
    struct {
        bool id, client;
    } has;
    struct text id, client;
};

struct which {
    struct {
        bool names;
    } has;
    struct text names;
};

static const struct field gone_rows[] = {
    { .name = "id",
      .name_length = 2,
      .kind = KIND_TEXT,
      .need = REQUIRED,
      .max = ENTITY_ID_MAX,
      .offset = offsetof(struct gone, id),
      .has_offset = offsetof(struct gone, has.id),
      .doc = "Its id." },
    { .name = "client",
      .name_length = 6,
      .kind = KIND_TEXT,
      .max = CLIENT_MAX,
      .offset = offsetof(struct gone, client),
      .has_offset = offsetof(struct gone, has.client),
      .doc = "Whose it was, of what belongs to one client." },
};

static struct field_rows gone_fields(void)
{
    return (struct field_rows){ gone_rows, 2 };
}

static struct field_rows forgotten_fields(void)
{
    return (struct field_rows){ gone_rows, 1 };
}

static struct field_rows which_fields(void)
{
    static const struct field rows[] = {
        { .name = "names",
          .name_length = 5,
          .kind = KIND_TEXT,
          .max = ENTITY_ID_MAX,
          .offset = offsetof(struct which, names),
          .has_offset = offsetof(struct which, has.names),
          .doc = "Only those that name this, by kind and id: person/ann." },
    };
    return (struct field_rows){ rows, 1 };
}

const struct record model_gone = { "gone", "", sizeof(struct gone), gone_fields };
const struct record model_forgotten = { "forgotten", "", sizeof(struct gone), forgotten_fields };
const struct record model_which = { "which", "", sizeof(struct which), which_fields };

/* --- who names whom ----------------------------------------------------------------------------
 */

/* Called for everything that a value names; the path of the field, and the noun that it is of. */
typedef void visit_fn(void *arg, const char *path, const struct entity_row *of, struct text id);

/* An entity of this service that others may name; NULL for a name that is not looked up. */
static const struct entity_row *entity_called(const struct service_type *s, const char *noun)
{
    for (size_t i = 0; i < s->entity_count; i++)
        if (s->entities[i].how != TOTAL && s->entities[i].how != COPIED &&
            strcmp(s->entities[i].name, noun) == 0)
            return &s->entities[i];
    return NULL;
}

struct visitor {
    const struct service_type *service;
    visit_fn *visit;
    void *arg;
    char path[PATH_MAX_BYTES];
};

static void visit_record(struct visitor *to, const struct record *r, const void *value,
                         size_t path_length, int depth)
{
    struct field_rows rows = r->fields();
    for (size_t i = 0; i < rows.count; i++) {
        const struct field *f = &rows.at[i];
        const void *at = (const char *)value + f->offset;
        if (f->kind == KIND_LIST && depth < DEEPEST) {
            const struct list *l = at;
            for (uint32_t n = 0; n < l->count; n++) {
                int k = snprintf(to->path + path_length, PATH_MAX_BYTES - path_length, "%s[%u].",
                                 f->name, n);
                visit_record(to, f->record, (const char *)l->at + n * f->record->size,
                             path_length + (size_t)k, depth + 1);
            }
        } else if (f->kind == KIND_REFERENCE && (depth > 0 || strcmp(f->name, "id") != 0)) {
            const struct text *id = at;
            const struct entity_row *of = entity_called(to->service, f->reference);
            snprintf(to->path + path_length, PATH_MAX_BYTES - path_length, "%s", f->name);
            if (of && !text_empty(*id))
                to->visit(to->arg, to->path, of, *id);
        }
    }
}

static void visit_all(const struct model *m, const void *value, visit_fn *visit, void *arg)
{
    struct visitor to = { .service = m->service, .visit = visit, .arg = arg };
    visit_record(&to, m->record, value, 0, 0);
}

/* "person/ann" */
static struct text name_of(const char *noun, struct text id, char out[static ENTITY_ID_MAX + 1])
{
    int n = snprintf(out, ENTITY_ID_MAX + 1, "%s/%.*s", noun, TEXT_ARG(id));
    return (struct text){ out, n > ENTITY_ID_MAX ? ENTITY_ID_MAX : (uint32_t)n };
}

struct named {
    struct {
        bool times;
    } has;
    int64_t times;
};

void model_count(struct fold *f, int named, const char *noun, struct text id, int64_t by)
{
    char name[ENTITY_ID_MAX + 1];
    struct named *n = fold_aggregate(f, named, name_of(noun, id, name));
    n->times += by;
}

int64_t model_times(struct view *v, int named, const char *noun, struct text id)
{
    char name[ENTITY_ID_MAX + 1];
    const struct named *n = view_get_of(v, named, (struct text){ 0 }, name_of(noun, id, name));
    return n ? n->times : 0;
}

struct counting {
    struct fold *fold;
    int named;
    int64_t by;
};

static void count_one(void *arg, const char *path, const struct entity_row *of, struct text id)
{
    const struct counting *c = arg;
    (void)path;
    model_count(c->fold, c->named, of->name, id, c->by);
}

static void count_all(const struct model *m, struct fold *f, const void *value, int64_t by)
{
    struct counting c = { f, m->named, by };
    visit_all(m, value, count_one, &c);
}

/* --- decide ------------------------------------------------------------------------------------
 */

struct looking {
    const struct model *model;
    struct view *view;
    struct decision *decision;
    bool found;
};

static void look_up(void *arg, const char *path, const struct entity_row *of, struct text id)
{
    struct looking *l = arg;
    if (!l->found || view_get(l->view, of->id, id))
        return;
    char *field = decision_alloc(l->decision, strlen(path) + 1);
    memcpy(field, path, strlen(path));
    decision_refuse(l->decision, l->model->unknown_refused, field);
    l->found = false;
}

bool model_id_fits(struct text id)
{
    for (uint32_t i = 0; i < id.length; i++) {
        char c = id.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              c == '.' || c == '_' || c == ':' || c == '-'))
            return false;
    }
    return id.length > 0;
}

/* Of a word the form is looked at; of any id, that it can be counted under its name. */
static bool id_fits(const struct model *m, struct text id)
{
    bool word = m->record->fields().at[0].kind == KIND_TEXT;
    return (!word || model_id_fits(id)) && strlen(m->noun) + 1 + id.length <= ENTITY_ID_MAX;
}

void model_set(const struct model *m, const struct context *ctx, struct view *v, struct text id,
               const void *command, struct decision *d)
{
    const void *is = view_get(v, m->entity, id);
    struct looking l = { .model = m, .view = v, .decision = d, .found = true };
    if (is && msg_equal(m->record, command, is)) {
        decision_known(d);
        return;
    }
    if (!id_fits(m, id)) {
        decision_refuse(d, m->form_refused, "id");
        return;
    }
    visit_all(m, command, look_up, &l);
    if (l.found)
        m->check(ctx, v, command, is, d);
    if (d->refusal)
        return;
    decision_emit(d, m->changed, id, command, m->record->size);
    if (m->after)
        m->after(ctx, v, command, is, d);
}

/* The one client that a model belongs to, when it says one: whoever follows what happens to clients
 * cannot look it up any more. */
static struct text client_of(const struct model *m, const void *value)
{
    struct field_rows rows = m->record->fields();
    struct text client = { 0 };
    for (size_t i = 0; i < rows.count; i++)
        if (rows.at[i].kind == KIND_REFERENCE && strcmp(rows.at[i].name, "client") == 0)
            memcpy(&client, (const char *)value + rows.at[i].offset, sizeof client);
    return client;
}

void model_remove(const struct model *m, const struct context *ctx, struct view *v, struct text id,
                  struct decision *d)
{
    const void *is = view_get(v, m->entity, id);
    const struct gone gone = { .id = id, .client = client_of(m, is) };
    if (model_times(v, m->named, m->noun, id) > 0) {
        decision_refuse(d, m->needed_refused, m->noun);
        return;
    }
    m->check(ctx, v, NULL, is, d);
    if (d->refusal)
        return;
    decision_emit(d, m->removed, id, &gone, sizeof gone);
    if (m->after)
        m->after(ctx, v, NULL, is, d);
}

/* --- fold --------------------------------------------------------------------------------------
 */

void model_changed(const struct model *m, struct fold *f, const void *event, void *entity)
{
    count_all(m, f, entity, -1); /* not born is all zero, and names nobody */
    memcpy(entity, event, m->record->size);
    count_all(m, f, entity, 1);
}

void model_removed(const struct model *m, struct fold *f, void *entity)
{
    count_all(m, f, entity, -1);
    memset(entity, 0, m->record->size);
}

/* --- queries -----------------------------------------------------------------------------------
 */

bool model_key(struct text client, struct text id, const void *entity, struct key *k)
{
    (void)client, (void)entity;
    key_text(k, id);
    return true;
}

/* Whoever asks in the name of one client sees nothing that belongs to the provider. */
static bool is_providers(const struct context *ctx)
{
    return text_empty(ctx->client) || text_equal(ctx->client, PROVIDER_CLIENT);
}

struct wanted {
    struct text name;
    bool found;
};

static void compare(void *arg, const char *path, const struct entity_row *of, struct text id)
{
    struct wanted *w = arg;
    char name[ENTITY_ID_MAX + 1];
    (void)path;
    w->found = w->found || text_equal(w->name, name_of(of->name, id, name));
}

static bool is_wanted(const struct model *m, const void *value, struct text names)
{
    struct wanted w = { .name = names };
    if (!text_empty(names))
        visit_all(m, value, compare, &w);
    return text_empty(names) || w.found;
}

void model_all(const struct model *m, const struct context *ctx, struct view *v,
               const void *parameters, struct answer *a)
{
    const struct which *q = parameters;
    struct found found;
    if (!is_providers(ctx))
        return;
    struct walk *w = answer_walk(a, v, m->by_id, NULL);
    while (view_next(w, &found))
        if (is_wanted(m, found.entity, q->names) && !answer_row(a, found.entity))
            break;
}

void model_one(const struct model *m, const struct context *ctx, struct view *v, struct text id,
               struct answer *a)
{
    if (is_providers(ctx))
        answer_entity(a, v, m->entity, PROVIDER_CLIENT, id);
}
