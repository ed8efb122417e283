/* given_answer: what queries answer, as lines of the transcript. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/given_words.h"
#include "tests/unit/given_world.h"

static void print_answer(struct answer *a, const char *word, const void *row)
{
    fputs(word, given.out);
    words_print(given.out, a->row->result, row);
    fputc('\n', given.out);
    a->count++;
}

void answer_one(struct answer *a, const void *result)
{
    assert_true(a->row->how != MANY && a->count == 0 && !a->refused);
    if (a->row->how == SETTLED) {
        void *settled = msg_copy(a->row->result, result, a->arena);
        a->row->settle(a->parameters, settled);
        result = settled;
    }
    print_answer(a, "one", result);
}

void answer_refuse(struct answer *a, int refusal, const char *field)
{
    assert_true(refusal > 0 && refusal < REFUSALS_MAX && a->count == 0);
    if (a->refused)
        return;
    a->refused = given.refused[refusal] = true;
    fprintf(given.out, "refused %s %s\n", given.book->service->refusals[refusal].code, field);
}

bool answer_row(struct answer *a, const void *row)
{
    assert_true(a->row->how == MANY && a->count < a->limit);
    print_answer(a, "row", row);
    return a->count < a->limit;
}

/* No cursors here: what is for the next page is not told. */
bool answer_computed(struct answer *a, const void *row)
{
    assert_int_equal(a->row->how, MANY);
    if (a->count == a->limit)
        return false;
    print_answer(a, "row", row);
    return true;
}

bool answer_at(struct answer *a, const void *place, size_t length)
{
    assert_true(length <= ANSWER_PLACE_MAX && place && length);
    if (a->count < a->limit)
        return true;
    memcpy(a->left, place, length);
    a->left_length = (uint32_t)length;
    return false;
}

struct text answer_place(const struct answer *a)
{
    return a->place;
}

void answer_found(struct answer *a, const struct found *f)
{
    answer_row(a, f->entity);
}

void answer_entity(struct answer *a, struct view *v, int entity, struct text client, struct text id)
{
    const void *found = view_get_of(v, entity, client, id);
    if (found)
        answer_row(a, found);
}

struct walk *answer_walk(struct answer *a, struct view *v, int index, const struct key *prefix)
{
    (void)a;
    return view_walk(v, index, prefix, UINT32_MAX);
}
