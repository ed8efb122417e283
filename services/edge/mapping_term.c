/* Expressions of a mapping: reading them. What they say: mapping_find.c. */
#include <errno.h>

#include "services/edge/mapping_private.h"

/* --- pointers --------------------------------------------------------------------------------- */

/* A step of a pointer without its escapes; -EINVAL for a ~ that is none. */
static int unescape(struct text t, struct arena *a, struct text *ret)
{
    char *copy = arena_alloc(a, t.length);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t.length; i++) {
        copy[n] = t.at[i];
        if (t.at[i] == '~') {
            if (++i == t.length || (t.at[i] != '0' && t.at[i] != '1'))
                return -EINVAL;
            copy[n] = t.at[i] == '0' ? '~' : '/';
        }
        n++;
    }
    *ret = (struct text){ copy, n };
    return 0;
}

int pointer_parse(struct text t, struct arena *a, struct pointer *ret)
{
    *ret = (struct pointer){ .text = t };
    if (t.length && t.at[0] != '/')
        return -EINVAL;
    for (uint32_t at = 0; at < t.length;) {
        uint32_t from = ++at;
        while (at < t.length && t.at[at] != '/')
            at++;
        struct text step = { t.at + from, at - from };
        if (ret->count == MAPPING_STEPS_MAX || unescape(step, a, &ret->steps[ret->count++]) < 0)
            return -EINVAL;
    }
    return 0;
}

/* --- terms ------------------------------------------------------------------------------------ */

/* "/labels/a" is seen from the element, "$/a" and "$" from the document's root. */
static int parse_pointer(struct text t, struct arena *a, struct term *ret)
{
    ret->root = t.length && t.at[0] == '$';
    if (ret->root)
        t = (struct text){ t.at + 1, t.length - 1 };
    return pointer_parse(t, a, &ret->pointer);
}

struct word {
    struct text name;
    enum term_kind kind;
    bool takes_pointer, in_reply, in_field;
};

static const struct word words[] = {
    { TEXT_OF("$fingerprint"), TERM_FINGERPRINT, true, false, true },
    { TEXT_OF("$hash"), TERM_HASH, true, false, true },
    { TEXT_OF("$received"), TERM_RECEIVED, false, false, true },
    { TEXT_OF("$source"), TERM_SOURCE, false, false, true },
    { TEXT_OF("$key"), TERM_KEY, false, true, false },
    { TEXT_OF("$field"), TERM_FIELD, false, true, false },
    { TEXT_OF("$rule"), TERM_RULE, false, true, false },
};

static int parse_term(struct text t, enum term_use use, struct arena *a, struct term *ret,
                      const char **ret_why)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct word *w = &words[i];
        uint32_t n = w->name.length;
        if (!(use == USE_REPLY ? w->in_reply : w->in_field) || t.length < n ||
            memcmp(t.at, w->name.at, n) != 0)
            continue;
        ret->kind = w->kind;
        if (!w->takes_pointer && t.length == n)
            return 0;
        if (w->takes_pointer && t.length >= n + 2 && t.at[n] == '(' && t.at[t.length - 1] == ')' &&
            parse_pointer((struct text){ t.at + n + 1, t.length - n - 2 }, a, ret) == 0)
            return 0;
    }
    ret->kind = TERM_POINTER;
    if (parse_pointer(t, a, ret) == 0)
        return 0;
    *ret_why = use == USE_REPLY ? "is neither a JSON Pointer nor $key, $field, $rule"
                                : "is neither a JSON Pointer nor $received, $source, "
                                  "$fingerprint(POINTER), $hash(POINTER)";
    return -EINVAL;
}

/* --- expressions ------------------------------------------------------------------------------ */

/* The next piece of a template at *at: what stands in braces, or the text before the next brace. */
static int parse_piece(struct text t, uint32_t *at, enum term_use use, struct arena *a,
                       struct term *ret, const char **ret_why)
{
    bool inside = t.at[*at] == '{';
    uint32_t from = inside ? ++*at : *at;
    while (*at < t.length && t.at[*at] != (inside ? '}' : '{'))
        ++*at;
    struct text piece = { t.at + from, *at - from };
    if (!inside) {
        *ret = (struct term){ .kind = TERM_LITERAL, .literal = piece };
        return 0;
    }
    if (*at == t.length || text_empty(piece)) {
        *ret_why = "has a { without its }, or nothing between them";
        return -EINVAL;
    }
    ++*at;
    return parse_term(piece, use, a, ret, ret_why);
}

int expression_parse(struct text t, enum term_use use, struct arena *a, struct expression *ret,
                     const char **ret_why)
{
    bool named = t.length ? t.at[0] == '/' || t.at[0] == '$' : use == USE_FIELD;
    bool dynamic = named || (t.length && memchr(t.at, '{', t.length));
    *ret = (struct expression){ arena_alloc(a, MAPPING_TERMS_MAX * sizeof *ret->terms), 0 };
    if (named) {
        ret->count = 1;
        return parse_term(t, use, a, &ret->terms[0], ret_why);
    }
    if (!dynamic && use == USE_FIELD) {
        *ret_why = "is no expression: /a/pointer, $/a/pointer/from/the/root, \"{/a} and {/b}\"; a "
                   "constant is written with is or missing";
        return -EINVAL;
    }
    for (uint32_t at = 0; at < t.length;) {
        if (ret->count == MAPPING_TERMS_MAX) {
            *ret_why = "has too many terms";
            return -EINVAL;
        }
        int r = parse_piece(t, &at, use, a, &ret->terms[ret->count++], ret_why);
        if (r < 0)
            return r;
    }
    return 0;
}

int expressions_read(struct yaml_walk *w, const yaml_node_t *node, void *target)
{
    struct expressions *ret = target;
    struct texts *texts = arena_alloc(w->arena, sizeof *texts);
    const char *why = "";
    int r = yaml_texts(w, node, texts);
    *ret = (struct expressions){
        arena_alloc(w->arena, (texts->count + 1) * sizeof *ret->at),
        texts->count,
    };
    if (r == 0 && texts->count == 0)
        return yaml_wrong(w, node, "is empty");
    for (uint32_t i = 0; i < texts->count && r == 0; i++) {
        r = expression_parse(texts->at[i], USE_FIELD, w->arena, &ret->at[i], &why);
        if (r < 0)
            r = yaml_wrong(w, yaml_item(w, node, i), "\"%.*s\" %s", TEXT_ARG(texts->at[i]), why);
    }
    return r;
}
