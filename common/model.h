/* model: entities that are set and removed as a whole, and that name each other. What a MODEL row
 * of a .def file says is all there is to one; its functions are here, the same for all.
 *
 * <noun>.set says everything: what is not said is not there any more. Setting what is there already
 * is known and changes nothing. <noun>.remove takes it out. Never half a reference: what a field
 * names exists, and nothing goes while something else names it; who names whom is counted as it is
 * said (AGGREGATE named), so that a removal looks at one row.
 *
 * A service with models declares
 *
 *     AGGREGATE(id, named, doc)  with  INTEGER(times, 0, INT64_MAX, REQUIRED, PROVIDER, doc)
 *     REFUSAL(id_form, ...)  REFUSAL(not_in_catalog, ...)  REFUSAL(still_named, ...)
 *
 * and each model has the row of its id first: TEXT(id, ...) is a word (model_id_fits), NAMED(id,
 * noun,
 * ...) any text. With the noun and a slash it has at most ENTITY_ID_MAX bytes. REFERENCE and NAMED
 * fields that name an entity of this service are looked up and counted, in lists too.
 */
#ifndef REDRESS_MODEL_H
#define REDRESS_MODEL_H

#include "common/service.h"

/* Whether it may be so: `now` is what is to be, NULL for a removal; `is` what there is, NULL when
 * there is none. Called when something changes, after ids and references were looked at; may
 * refuse, naming a field. */
typedef void model_check_fn(const struct context *ctx, struct view *v, const void *now,
                            const void *is, struct decision *d);

/* LIVES only: further events that follow from the change; it has been emitted by then. The view
 * shows what was before. */
typedef model_check_fn model_after_fn;

struct model {
    const struct service_type *service;
    int entity, changed, removed, by_id, named;
    const char *noun;
    const struct record *record;
    model_check_fn *check;
    model_after_fn *after; /* NULL for one that only stands */
    int form_refused, unknown_refused, needed_refused;
};

void model_set(const struct model *m, const struct context *ctx, struct view *v, struct text id,
               const void *command, struct decision *d);
void model_remove(const struct model *m, const struct context *ctx, struct view *v, struct text id,
                  struct decision *d);
void model_changed(const struct model *m, struct fold *f, const void *event, void *entity);
void model_removed(const struct model *m, struct fold *f, void *entity);
void model_all(const struct model *m, const struct context *ctx, struct view *v,
               const void *parameters, struct answer *a);
void model_one(const struct model *m, const struct context *ctx, struct view *v, struct text id,
               struct answer *a);
index_fn model_key;

/* {id, client}: of a removal; {id}: what is read of one by who keeps copies; and what a list is
 * asked for. */
extern const struct record model_gone, model_forgotten, model_which;

/* For entities that are no models, but name some: counts in a fold, up or down. */
void model_count(struct fold *f, int named, const char *noun, struct text id, int64_t by);

/* How often the model of that noun and id is named. */
int64_t model_times(struct view *v, int named, const char *noun, struct text id);

/* A word: letters, digits and . _ : - */
bool model_id_fits(struct text id);

#endif
