/* exposition: several processes' metrics as one text. */
#include "services/gateway/gateway.h"

enum { FAMILIES_MAX = 512 };

struct line {
    struct text text;
    struct line *next;
};

/* A metric: its comments once, then every process's samples. */
struct family {
    struct text name;
    struct line *comments, **comments_end, *samples, **samples_end;
};

struct merge {
    struct arena *arena;
    struct family families[FAMILIES_MAX];
    size_t count, bytes;
};

static struct text word_at(struct text line, uint32_t from, const char *ends)
{
    uint32_t to = from;
    while (to < line.length && !strchr(ends, line.at[to]))
        to++;
    return (struct text){ line.at + from, to - from };
}

static struct family *family_of(struct merge *m, struct text name, bool *ret_new)
{
    for (size_t i = 0; i < m->count; i++)
        if (text_equal(m->families[i].name, name)) {
            *ret_new = false;
            return &m->families[i];
        }
    if (m->count == FAMILIES_MAX)
        return NULL;
    struct family *f = &m->families[m->count++];
    *f = (struct family){ .name = name };
    f->comments_end = &f->comments;
    f->samples_end = &f->samples;
    *ret_new = true;
    return f;
}

static void add(struct merge *m, struct line ***end, struct text text)
{
    struct line *l = arena_alloc(m->arena, sizeof *l);
    l->text = text;
    **end = l;
    *end = &l->next;
    m->bytes += text.length + 1;
}

/* "# HELP name ..." opens a family; the samples behind it (a histogram's have other names) are its.
 */
static void take_text(struct merge *m, struct text all)
{
    struct family *current = NULL;
    bool first = false;
    for (uint32_t at = 0; at < all.length;) {
        struct text line = word_at(all, at, "\n");
        at += line.length + 1;
        if (line.length == 0)
            continue;
        if (line.at[0] != '#') {
            if (current)
                add(m, &current->samples_end, line);
            continue;
        }
        struct text name = line.length > 7 ? word_at(line, 7, " ") : (struct text){ 0 };
        if (!current || !text_equal(current->name, name))
            current = family_of(m, name, &first);
        if (current && first)
            add(m, &current->comments_end, line);
    }
}

static char *put_lines(char *out, const struct line *l)
{
    for (; l; l = l->next) {
        memcpy(out, l->text.at, l->text.length);
        out += l->text.length;
        *out++ = '\n';
    }
    return out;
}

struct text exposition_merge(const struct text *texts, size_t count, struct arena *a)
{
    struct merge *m = arena_alloc(a, sizeof *m);
    m->arena = a;
    for (size_t i = 0; i < count; i++)
        take_text(m, texts[i]);
    char *out = arena_alloc(a, m->bytes + 1), *at = out;
    for (size_t i = 0; i < m->count; i++) {
        at = put_lines(at, m->families[i].comments);
        at = put_lines(at, m->families[i].samples);
    }
    return (struct text){ out, (uint32_t)(at - out) };
}
