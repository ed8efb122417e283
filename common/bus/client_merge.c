/* client_merge: one answer out of many; see client_merge.h. */
#include "common/bus/client_merge.h"

#include <errno.h>
#include <stdlib.h>

#include "common/base/token.h"

enum { PAGE_MAX = 500 /* rows of one answer */ };

/* --- cursors -------------------------------------------------------------------------------- */

/* The next entry of a merged cursor. */
static bool entry_take(struct text *rest, bool *ret_done, uint32_t *ret_given, struct text *ret_own)
{
    const char *comma = rest->length ? memchr(rest->at, ',', rest->length) : NULL;
    uint32_t length = comma ? (uint32_t)(comma - rest->at) : rest->length;
    struct text entry = { rest->at, length };
    uint32_t used = length + (comma != NULL);
    rest->at += used;
    rest->length -= used;
    *ret_done = text_equal(entry, (struct text)TEXT_OF("-"));
    if (*ret_done)
        return true;
    uint32_t given = 0, i = 0;
    for (; i < entry.length && entry.at[i] >= '0' && entry.at[i] <= '9' && given <= PAGE_MAX; i++)
        given = given * 10 + (uint32_t)(entry.at[i] - '0');
    if (i == 0 || i == entry.length || entry.at[i] != ':' || given > PAGE_MAX)
        return false;
    *ret_given = given;
    *ret_own = (struct text){ entry.at + i + 1, entry.length - i - 1 };
    return true;
}

int merge_requests(const struct query_row *row, const struct request *r, uint32_t count,
                   struct request *ret, struct reply *reply)
{
    bool merged = count > 1 && row->how == MANY && r->cursor.length;
    struct text rest = r->cursor;
    for (uint32_t i = 0; i < count; i++) {
        bool done = false;
        uint32_t given = 0;
        ret[i] = *r;
        ret[i].id = (struct id){ 0 };
        ret[i].query = true;
        if (!merged)
            continue;
        if (!entry_take(&rest, &done, &given, &ret[i].cursor)) {
            *reply = (struct reply){ .status = STATUS_invalid,
                                     .field = TEXT_OF("cursor"),
                                     .message = TEXT_OF("is not one that this query gave") };
            return -EINVAL;
        }
        if (done)
            ret[i].type = (struct text){ 0 };
        if (ret[i].limit)
            ret[i].limit = r->limit + given > PAGE_MAX ? PAGE_MAX : r->limit + given;
        ret[i].expect = given; /* queries have no expect: what to leave out of the answer */
    }
    return 0;
}

/* --- rows ----------------------------------------------------------------------------------- */

struct merge_row {
    const uint8_t *at;
    size_t size;
    const void *value; /* decoded */
};

struct page { /* of one partition */
    struct merge_row *rows;
    uint32_t count, skip, next;
    bool asked, more;
};

static int page_read(const struct query_row *row, const struct request *request,
                     const struct reply *reply, struct arena *a, struct page *ret)
{
    struct reader r = reader_over(reply->result, reply->result_size);
    struct token t;
    struct msg_error error;
    if (!reader_next(&r, &t) || t.kind != TOKEN_ARRAY)
        return -EBADMSG;
    *ret = (struct page){ .rows = arena_alloc(a, t.count * sizeof *ret->rows),
                          .count = t.count,
                          .asked = true,
                          .more = reply->cursor.length > 0 };
    ret->skip = request->expect < t.count ? (uint32_t)request->expect : t.count;
    ret->next = ret->skip;
    for (uint32_t i = 0; i < ret->count; i++) {
        const uint8_t *at = r.at;
        void *value = arena_alloc(a, row->result->size);
        if (!reader_skip(&r) ||
            msg_decode(row->result, at, (size_t)(r.at - at), a, value, &error) < 0)
            return -EBADMSG;
        ret->rows[i] = (struct merge_row){ at, (size_t)(r.at - at), value };
    }
    return 0;
}

static int number_compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int value_compare(const struct field *f, const void *a, const void *b)
{
    const char *left = (const char *)a + f->offset, *right = (const char *)b + f->offset;
    int32_t small_left, small_right;
    int64_t big_left, big_right;
    struct text text_left, text_right;
    switch (f->kind) {
    case KIND_TEXT:
    case KIND_REFERENCE:
        memcpy(&text_left, left, sizeof text_left);
        memcpy(&text_right, right, sizeof text_right);
        return text_compare(text_left, text_right);
    case KIND_ENUM:
        memcpy(&small_left, left, sizeof small_left);
        memcpy(&small_right, right, sizeof small_right);
        return number_compare(small_left, small_right);
    case KIND_BOOL:
        return number_compare(*(const bool *)left, *(const bool *)right);
    case KIND_LIST:
    case KIND_MAP:
        return 0;
    default:
        memcpy(&big_left, left, sizeof big_left);
        memcpy(&big_right, right, sizeof big_right);
        return number_compare(big_left, big_right);
    }
}

/* An index may run downwards (the largest first): the pages show it. */
static int direction(const struct field *f, const struct page *pages, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (pages[i].count < 2)
            continue;
        const struct merge_row *rows = pages[i].rows;
        int order = value_compare(f, rows[0].value, rows[pages[i].count - 1].value);
        if (order)
            return order < 0 ? 1 : -1;
    }
    return 1;
}

/* The page whose next row comes first; count when all are empty or one that has more is. */
static uint32_t page_choose(const struct field *f, const struct page *pages, uint32_t count,
                            int order)
{
    uint32_t best = count;
    for (uint32_t i = 0; i < count; i++) {
        const struct page *p = &pages[i];
        if (p->next == p->count) {
            if (p->more)
                return count;
            continue;
        }
        if (best == count || order * value_compare(f, p->rows[p->next].value,
                                                   pages[best].rows[pages[best].next].value) <
                                 0)
            best = i;
    }
    return best;
}

/* Where the next page goes on; empty when nothing is left. */
static struct text cursor_write(const struct page *pages, const struct request *requests,
                                const struct reply *replies, uint32_t count, struct arena *a)
{
    struct text all = { 0 };
    bool left = false;
    for (uint32_t i = 0; i < count; i++) {
        const struct page *p = &pages[i];
        const char *comma = i ? "," : "";
        bool through = p->next == p->count;
        left = left || (p->asked && (!through || p->more));
        if (!p->asked || (through && !p->more))
            all = arena_printf(a, "%.*s%s-", TEXT_ARG(all), comma);
        else if (through)
            all =
                arena_printf(a, "%.*s%s0:%.*s", TEXT_ARG(all), comma, TEXT_ARG(replies[i].cursor));
        else
            all = arena_printf(a, "%.*s%s%u:%.*s", TEXT_ARG(all), comma, p->next,
                               TEXT_ARG(requests[i].cursor));
    }
    return left ? all : (struct text){ 0 };
}

static int merge_many(const struct query_row *row, const struct request *r,
                      const struct request *requests, const struct reply *replies, uint32_t count,
                      struct arena *a, struct reply *reply)
{
    struct page *pages = arena_alloc(a, count * sizeof *pages);
    uint32_t total = 0, given = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (text_empty(requests[i].type))
            continue;
        int error = page_read(row, &requests[i], &replies[i], a, &pages[i]);
        if (error < 0)
            return error;
        total += pages[i].count - pages[i].skip;
    }
    const struct field *first = row->result->fields().at;
    uint32_t limit = r->limit && r->limit < total ? r->limit : total;
    const struct merge_row **rows = arena_alloc(a, (total + 1) * sizeof *rows);
    int order = direction(first, pages, count);
    while (given < limit) {
        uint32_t best = page_choose(first, pages, count, order);
        if (best == count)
            break;
        rows[given++] = &pages[best].rows[pages[best].next++];
    }
    struct msg_buffer b = { .arena = a };
    msg_put_array(&b, given);
    for (uint32_t i = 0; i < given; i++)
        msg_put_raw(&b, rows[i]->at, rows[i]->size);
    *reply = (struct reply){ .status = STATUS_ok, .result = b.at, .result_size = b.size };
    reply->cursor = cursor_write(pages, requests, replies, count, a);
    return 0;
}

static int settle(const struct query_row *row, const struct request *r, void *sum, struct arena *a)
{
    struct msg_error error;
    void *parameters = arena_alloc(a, row->parameters->size);
    if (msg_decode(row->parameters, r->data, r->data_size, a, parameters, &error) < 0)
        return -EBADMSG;
    row->settle(parameters, sum);
    return 0;
}

static int merge_one(const struct query_row *row, const struct request *r,
                     const struct reply *replies, uint32_t count, struct arena *a,
                     struct reply *reply)
{
    struct msg_error error;
    int done = 0;
    void *sum = arena_alloc(a, row->result->size);
    for (uint32_t i = 0; i < count; i++) {
        void *value = i ? arena_alloc(a, row->result->size) : sum;
        if (!replies[i].result || msg_decode(row->result, replies[i].result, replies[i].result_size,
                                             a, value, &error) < 0)
            return -EBADMSG;
        if (i && row->how == SETTLED)
            done = msg_merge(row->result, sum, value);
        else if (i)
            msg_sum(row->result, sum, value);
        if (done < 0)
            return done;
    }
    if (row->how == SETTLED)
        done = settle(row, r, sum, a);
    if (done < 0)
        return done;
    struct msg_buffer b = { .arena = a };
    msg_encode(row->result, sum, &b);
    *reply = (struct reply){ .status = STATUS_ok, .result = b.at, .result_size = b.size };
    return 0;
}

int merge_replies(const struct query_row *row, const struct request *r,
                  const struct request *requests, const struct reply *replies, uint32_t count,
                  struct arena *a, struct reply *reply)
{
    for (uint32_t i = 0; i < count; i++) {
        if (count == 1 || (!text_empty(requests[i].type) && replies[i].status != STATUS_ok)) {
            *reply = replies[i];
            return 0;
        }
    }
    if (row->how == MANY)
        return merge_many(row, r, requests, replies, count, a, reply);
    return merge_one(row, r, replies, count, a, reply);
}
