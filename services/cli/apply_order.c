/* apply_order: in which order commands go out. What is named goes before who names it; whoever lets
 * go of somebody goes before that one moves, or goes out.
 *
 * A client and its contacts name each other: a circle. It is opened between kinds: what a table
 * has first can do without what it has later (a client without its contacts), not the other way
 * round. So a new one is first set without those later kinds; of two that are there already, the
 * one of the later kind goes first; one that goes out lets go of those later kinds first. */
#include "services/cli/apply.h"
#include "services/edge/convert.h"

/* Appends to i->after: `k` lets go of it. */
static void goes_after(struct apply *a, struct apply_item *i, uint32_t k)
{
    if (i->after_count == i->after_room) {
        uint32_t room = i->after_room ? 2 * i->after_room : 4;
        uint32_t *grown = arena_alloc(&a->arena, room * sizeof *grown);
        if (i->after_count)
            memcpy(grown, i->after, i->after_count * sizeof *grown);
        i->after = grown;
        i->after_room = room;
    }
    i->after[i->after_count++] = k;
}

/* What goes out keeps nothing. */
static bool still_names(const struct apply_item *k, const struct apply_item *i)
{
    for (uint32_t n = 0; n < k->ref_count; n++)
        if (k->refs[n].kind == i->kind && text_equal(k->refs[n].id, i->id))
            return true;
    return false;
}

/* Whoever of a later kind the row names now, by the references of its record. Those of earlier
 * kinds can be set whoever names them, but they cannot go. */
static void let_go(struct apply *a, uint32_t k, const struct record *record, const json_t *row)
{
    struct field_rows rows = record->fields();
    for (size_t n = 0; n < rows.count; n++) {
        const struct field *f = &rows.at[n];
        const json_t *value = json_object_get(row, f->name);
        for (size_t e = 0; f->kind == KIND_LIST && e < json_array_size(value); e++)
            let_go(a, k, f->record, json_array_get(value, e));
        const struct apply_kind *kind =
            f->kind == KIND_REFERENCE && value ? apply_kind_of(a, f->reference) : NULL;
        struct apply_item *i =
            kind ? apply_find(a, kind, text_from(json_string_value(value))) : NULL;
        bool held = i && (i->change == CHANGE_REMOVE || kind >= a->items[k].kind);
        if (held && i != &a->items[k] && !still_names(&a->items[k], i))
            goes_after(a, i, k);
    }
}

static bool waits_for(const struct apply_item *i)
{
    return i->change != CHANGE_NONE && !i->done;
}

/* A new one that was set without somebody can be named. */
static bool is_set(const struct apply_item *i)
{
    return !waits_for(i) || (i->change == CHANGE_ADD && i->version);
}

/* Whether it names somebody who is still to be set: of earlier kinds, of later ones, or of any. */
static bool is_held(const struct apply_item *i, bool earlier, bool later)
{
    for (uint32_t n = 0; n < i->ref_count; n++) {
        const struct apply_ref *r = &i->refs[n];
        if ((r->kind < i->kind ? earlier : later) && r->item && r->item != i && !is_set(r->item))
            return true;
    }
    return false;
}

/* Whether somebody is still to let go of it. */
static bool is_kept(const struct apply *a, const struct apply_item *i)
{
    for (uint32_t n = 0; n < i->after_count; n++) {
        const struct apply_item *k = &a->items[i->after[n]];
        if (waits_for(k) && !(k->opened && i->kind >= k->kind))
            return true;
    }
    return false;
}

static bool names_what_is_there(const struct apply *a, const struct apply_item *i)
{
    for (uint32_t n = 0; n < i->ref_count; n++)
        if (i->refs[n].item ? !i->refs[n].item->is && !i->refs[n].item->version
                            : !apply_is_there(a, i->refs[n].kind, i->refs[n].id))
            return false;
    return true;
}

/* --- a value without those of later kinds that are still to be set, or to go
 * ----------------------
 */

static bool is_left_out(const struct apply *a, const struct apply_item *i, const struct field *f,
                        const void *value)
{
    struct text id = { 0 };
    const struct apply_kind *kind =
        f->kind == KIND_REFERENCE ? apply_kind_of(a, f->reference) : NULL;
    if (!kind || kind < i->kind)
        return false;
    memcpy(&id, (const char *)value + f->offset, sizeof id);
    const struct apply_item *named = text_empty(id) ? NULL : apply_find(a, kind, id);
    if (!named || named == i)
        return false;
    return i->change == CHANGE_REMOVE ? waits_for(named) : !is_set(named);
}

static bool names_left_out(const struct apply *a, const struct apply_item *i,
                           const struct record *record, const void *value)
{
    struct field_rows rows = record->fields();
    for (size_t n = 0; n < rows.count; n++)
        if (is_left_out(a, i, &rows.at[n], value))
            return true;
    return false;
}

/* Whether a value without them would be another. */
static bool leaves_out(const struct apply *a, const struct apply_item *i)
{
    const struct record *record = i->kind->set->record;
    struct field_rows rows = record->fields();
    bool any = names_left_out(a, i, record, i->value);
    for (size_t n = 0; n < rows.count && !any; n++) {
        const struct field *f = &rows.at[n];
        const struct list *list =
            f->kind == KIND_LIST ? (const void *)((const char *)i->value + f->offset) : NULL;
        for (uint32_t e = 0; list && e < list->count && !any; e++)
            any = names_left_out(a, i, f->record, (const uint8_t *)list->at + e * f->record->size);
    }
    return any;
}

static void *without_later(struct apply *a, const struct apply_item *i)
{
    const struct record *record = i->kind->set->record;
    struct field_rows rows = record->fields();
    void *copy = arena_copy(&a->arena, i->value, record->size);
    for (size_t n = 0; n < rows.count; n++) {
        const struct field *f = &rows.at[n];
        if (is_left_out(a, i, f, i->value))
            *(struct text *)field_at(f, copy) = (struct text){ 0 };
        if (f->kind != KIND_LIST)
            continue;
        struct list *list = field_at(f, copy);
        const uint8_t *from = list->at;
        uint8_t *kept = arena_alloc(&a->arena, (list->count + (size_t)1) * f->record->size);
        uint32_t count = 0;
        for (uint32_t e = 0; e < list->count; e++, from += f->record->size)
            if (!names_left_out(a, i, f->record, from))
                memcpy(kept + count++ * f->record->size, from, f->record->size);
        *list = (struct list){ kept, count };
    }
    return copy;
}

/* --- sending -----------------------------------------------------------------------------------
 */

static void keep_step(struct apply *a, struct apply_item *i, const void *value, bool whole)
{
    if (a->step_count == a->step_room) {
        uint32_t room = a->step_room ? 2 * a->step_room : 64;
        struct apply_step *grown = arena_alloc(&a->arena, room * sizeof *grown);
        if (a->step_count)
            memcpy(grown, a->steps, a->step_count * sizeof *grown);
        a->steps = grown;
        a->step_room = room;
    }
    a->steps[a->step_count++] = (struct apply_step){ i, value, i->opened, whole };
}

/* What is refused is no failure yet: something else may change that. */
static int send_one(struct apply *a, struct apply_item *i, const void *value, bool whole,
                    apply_send *send, void *arg)
{
    int code = send(arg, i, value);
    if (code == APPLY_REFUSED) {
        i->no_at = a->step_count;
        return 0;
    }
    i->no = NULL;
    if (code == 0)
        keep_step(a, i, value, whole);
    return code;
}

static int send_whole(struct apply *a, struct apply_item *i, apply_send *send, void *arg)
{
    const uint32_t before = a->step_count;
    int code = send_one(a, i, i->change == CHANGE_REMOVE ? NULL : i->value, true, send, arg);
    i->done = a->step_count > before;
    return code;
}

/* It was refused, and nothing was taken since. */
static bool is_refused(const struct apply *a, const struct apply_item *i)
{
    return i->no && i->no_at == a->step_count;
}

static bool is_ready(const struct apply *a, const struct apply_item *i)
{
    return waits_for(i) && !is_refused(a, i) && !is_held(i, true, true) && !is_kept(a, i);
}

/* All that are ready, in one pass; *ret_any: there were some. */
static int send_ready(struct apply *a, apply_send *send, void *arg, bool *ret_any, bool *ret_more)
{
    const uint32_t before = a->step_count;
    int code = 0;
    *ret_more = false;
    for (uint32_t n = 0; n < a->count && code == 0 && !cli_stopped; n++) {
        struct apply_item *i = &a->items[n];
        *ret_more = *ret_more || waits_for(i);
        if (is_ready(a, i))
            code = send_whole(a, i, send, arg);
    }
    *ret_any = a->step_count > before;
    return code;
}

/* One of a circle: a new one without whom it waits for, or one that goes without whom it keeps. */
static int open_one(struct apply *a, struct apply_item *i, apply_send *send, void *arg)
{
    const uint32_t before = a->step_count;
    i->opened = i->change == CHANGE_REMOVE;
    int code = send_one(a, i, without_later(a, i), false, send, arg);
    i->opened = i->opened && a->step_count > before;
    return code;
}

/* All that can be opened, and what has become ready on the way. */
static int open_circles(struct apply *a, apply_send *send, void *arg, bool *ret_any)
{
    const uint32_t before = a->step_count;
    int code = 0;
    for (uint32_t n = 0; n < a->count && code == 0 && !cli_stopped; n++) {
        struct apply_item *i = &a->items[n];
        if (is_refused(a, i))
            continue;
        bool fresh = i->change == CHANGE_ADD && !is_set(i) && !is_held(i, true, false);
        bool going = i->change == CHANGE_REMOVE && waits_for(i) && !i->opened && leaves_out(a, i);
        if (a->step_count > before && is_ready(a, i))
            code = send_whole(a, i, send, arg);
        else if (fresh || going)
            code = open_one(a, i, send, arg);
    }
    *ret_any = a->step_count > before;
    return code;
}

static int open_some(struct apply *a, apply_send *send, void *arg)
{
    bool any;
    int code = open_circles(a, send, arg, &any);
    if (code || any || cli_stopped)
        return code;
    for (uint32_t n = 0; n < a->count; n++) {
        struct apply_item *i = &a->items[n];
        if (waits_for(i) && i->change != CHANGE_REMOVE && !is_refused(a, i) &&
            names_what_is_there(a, i) && !is_held(i, false, true) && !is_kept(a, i))
            return send_whole(a, i, send, arg);
    }
    for (uint32_t n = 0; n < a->count; n++) {
        struct apply_item *i = &a->items[n];
        if (waits_for(i) && !is_refused(a, i) && names_what_is_there(a, i))
            return send_whole(a, i, send, arg);
    }
    for (uint32_t n = 0; n < a->count; n++)
        if (a->items[n].no)
            return APPLY_REFUSED;
    cli_say("these files name each other in a way that no order can follow");
    return EXIT_FAILED;
}

int apply_refused(struct apply *a, struct apply_item *i, const struct reply *reply)
{
    struct reply *no = arena_alloc(&a->arena, sizeof *no);
    *no = (struct reply){ .status = reply->status };
    no->code = arena_text(&a->arena, reply->code);
    no->field = arena_text(&a->arena, reply->field);
    no->message = arena_text(&a->arena, reply->message);
    i->no = no;
    return APPLY_REFUSED;
}

int apply_say_refused(const struct apply *a)
{
    uint32_t n = 0;
    while (!a->items[n].no)
        n++;
    return apply_say_no(a, &a->items[n], a->items[n].no);
}

int apply_order(struct apply *a, apply_send *send, void *arg)
{
    bool any, more = true;
    int code = 0;
    for (uint32_t k = 0; k < a->count; k++) {
        struct apply_item *i = &a->items[k];
        for (uint32_t n = 0; n < i->ref_count; n++)
            i->refs[n].item = apply_find(a, i->refs[n].kind, i->refs[n].id);
        if (i->change == CHANGE_EDIT || i->change == CHANGE_REMOVE)
            let_go(a, k, i->kind->set->record, i->is);
    }
    while (code == 0 && more && !cli_stopped) {
        code = send_ready(a, send, arg, &any, &more);
        if (code == 0 && more && !any && !cli_stopped)
            code = open_some(a, send, arg);
    }
    return code;
}

const struct command_row *apply_command(const struct apply_item *i, const void *value,
                                        struct msg_buffer *body)
{
    const struct command_row *set = i->kind->set, *out = i->kind->remove;
    if (value) {
        msg_encode(set->record, value, body);
        return set;
    }
    struct field_rows rows = out->record->fields();
    void *gone = arena_alloc(body->arena, out->record->size);
    *(struct text *)field_at(&rows.at[0], gone) = i->id;
    field_given(&rows.at[0], gone);
    msg_encode(out->record, gone, body);
    return out;
}
