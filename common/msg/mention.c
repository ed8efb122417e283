/* mention: words as letters, matched against bytes in which a letter may be written in several
 * ways.
 */
#include "common/msg/mention.h"

#include <assert.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <wctype.h>

enum { SPACE = ' ', WANTED = 1, OTHERS = 2 };

/* Letters of all scripts, whatever the locale of the process; without it, those of ASCII. */
static locale_t unicode(void)
{
    static locale_t made;
    if (!made)
        made = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return made;
}

static uint32_t lower(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return unicode() ? (uint32_t)towlower_l((wint_t)c, unicode()) : c;
}

static bool is_digit_or_letter(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return unicode() ? iswalnum_l((wint_t)c, unicode()) != 0 : true;
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x202f;
}

/* --- one letter ------------------------------------------------------------------------------- */

struct letter {
    uint32_t c;
    uint32_t size; /* bytes; 0: none */
};

static struct letter raw_letter(const uint8_t *at, const uint8_t *end)
{
    if (at == end)
        return (struct letter){ 0 };
    unsigned more = *at < 0x80 ? 0 : *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc2 ? 1 : 9;
    uint32_t c = more == 0 ? *at : *at & (0x3fU >> more);
    if (more == 9 || (size_t)(end - at) < 1 + (size_t)more)
        return (struct letter){ 0 };
    for (unsigned i = 1; i <= more; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return (struct letter){ 0 };
        c = c << 6 | (at[i] & 0x3fU);
    }
    return (struct letter){ c, 1 + more };
}

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The number of `digits` hexadecimal digits, or -1. */
static int32_t hex_number(const uint8_t *at, const uint8_t *end, unsigned digits)
{
    int32_t v = 0;
    if ((size_t)(end - at) < digits)
        return -1;
    for (unsigned i = 0; i < digits; i++) {
        int d = hex(at[i]);
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

/* As JSON writes it: \n, \", \u00eb, \ud83d\ude00. */
static struct letter json_letter(const uint8_t *at, const uint8_t *end)
{
    static const char *const names = "nrtbf\"\\/", *const values = "\n\r\t\b\f\"\\/";
    if (end - at < 2)
        return (struct letter){ 0 };
    if (at[1] != 'u') {
        const char *name = at[1] ? strchr(names, at[1]) : NULL;
        return name ? (struct letter){ (uint8_t)values[name - names], 2 } : (struct letter){ 0 };
    }
    int32_t high = hex_number(at + 2, end, 4);
    if (high < 0)
        return (struct letter){ 0 };
    if ((high & 0xfc00) != 0xd800)
        return (struct letter){ (uint32_t)high, 6 };
    int32_t low = end - at >= 12 && at[6] == '\\' && at[7] == 'u' ? hex_number(at + 8, end, 4) : -1;
    if (low < 0 || (low & 0xfc00) != 0xdc00)
        return (struct letter){ 0 };
    return (struct letter){ 0x10000 + (((uint32_t)high & 0x3ff) << 10 | ((uint32_t)low & 0x3ff)),
                            12 };
}

/* As a URL writes it: %40, %C3%AB. */
static struct letter url_letter(const uint8_t *at, const uint8_t *end)
{
    uint8_t bytes[4];
    unsigned n = 0;
    for (; n < sizeof bytes && end - at >= 3 && *at == '%'; n++, at += 3) {
        int32_t v = hex_number(at + 1, end, 2);
        if (v < 0)
            break;
        bytes[n] = (uint8_t)v;
    }
    struct letter l = raw_letter(bytes, bytes + n);
    l.size *= 3;
    return l;
}

/* As HTML writes it: &amp;, &#39;, &#x27;. */
static struct letter html_letter(const uint8_t *at, const uint8_t *end)
{
    static const struct {
        const char *name;
        uint32_t c;
    } names[] = { { "amp", '&' },  { "lt", '<' },    { "gt", '>' },
                  { "quot", '"' }, { "apos", '\'' }, { "nbsp", ' ' } };
    enum { LONGEST = 10 };
    uint32_t n = 1, c = 0;
    while (n < LONGEST && at + n < end && at[n] != ';')
        n++;
    if (n < 3 || n == LONGEST || at + n == end)
        return (struct letter){ 0 };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (n - 1 == strlen(names[i].name) && memcmp(at + 1, names[i].name, n - 1) == 0)
            return (struct letter){ names[i].c, n + 1 };
    if (at[1] != '#')
        return (struct letter){ 0 };
    bool is_hex = (at[2] | 0x20) == 'x';
    for (uint32_t i = is_hex ? 3 : 2; i < n; i++) {
        int d = hex(at[i]);
        if (d < 0 || (!is_hex && d > 9))
            return (struct letter){ 0 };
        c = c * (is_hex ? 16 : 10) + (uint32_t)d;
    }
    return (struct letter){ c, n + 1 };
}

typedef struct letter letter_fn(const uint8_t *at, const uint8_t *end);

/* The other way in which what begins with this byte may be meant. */
static letter_fn *escape_of(uint8_t c)
{
    return c == '\\' ? json_letter : c == '%' ? url_letter : c == '&' ? html_letter : NULL;
}

/* --- words ------------------------------------------------------------------------------------ */

static bool has(struct text t, const char *any)
{
    for (uint32_t i = 0; i < t.length; i++)
        if (t.at[i] && strchr(any, t.at[i]))
            return true;
    return false;
}

static void note_first(struct mentions *m, const struct mention_word *w)
{
    const uint8_t kind = w->others ? OTHERS : WANTED;
    m->begins['\\'] |= kind;
    m->begins['%'] |= kind;
    m->begins['&'] |= kind;
    /* What is not ASCII has its other case elsewhere, mostly. */
    if (w->letters[0] >= 0x80)
        for (int i = 0x80; i < 256; i++)
            m->begins[i] |= kind;
    else
        m->begins[w->letters[0]] |= kind;
    if (w->folds && w->letters[0] >= 'a' && w->letters[0] <= 'z')
        m->begins[w->letters[0] - 32] |= kind;
}

/* The letters of a text; 0 when it is no UTF-8. */
static uint32_t spell(struct text t, bool folds, uint32_t *ret)
{
    const uint8_t *at = (const uint8_t *)t.at, *end = at + t.length;
    uint32_t n = 0;
    while (at < end) {
        struct letter l = raw_letter(at, end);
        if (l.size == 0)
            return 0;
        at += l.size;
        bool space = is_space(l.c);
        if (space && (n == 0 || ret[n - 1] == SPACE))
            continue;
        ret[n++] = space ? SPACE : folds ? lower(l.c) : l.c;
    }
    return n && ret[n - 1] == SPACE ? n - 1 : n;
}

bool mention_add(struct mentions *m, struct text said, bool others)
{
    struct mention_word w = { .said = arena_text(&m->arena, said), .others = others };
    uint32_t *letters = arena_alloc(&m->arena, (said.length + (size_t)1) * sizeof *letters);
    w.address = has(said, "@") || has(said, "/");
    w.count = spell(said, false, letters);
    w.letters = letters;
    w.folds = w.address;
    for (uint32_t i = 0; i < w.count; i++)
        w.folds = w.folds || letters[i] == SPACE;
    if (w.folds)
        w.count = spell(said, true, letters);
    if (w.count < MENTION_LEAST)
        return false;
    for (uint32_t i = 0; i < m->count; i++)
        if (m->at[i].others == others && m->at[i].count == w.count &&
            memcmp(m->at[i].letters, letters, w.count * sizeof *letters) == 0)
            return true;
    assert(m->count < MENTION_WORDS_MAX);
    if (m->count == m->room) {
        uint32_t room = m->room ? 2 * m->room : 16;
        struct mention_word *grown = arena_alloc(&m->arena, room * sizeof *grown);
        if (m->count)
            memcpy(grown, m->at, m->count * sizeof *grown);
        m->at = grown;
        m->room = room;
    }
    m->at[m->count++] = w;
    m->wanted += !others;
    note_first(m, &w);
    return true;
}

void mention_free(struct mentions *m)
{
    arena_free(&m->arena);
    *m = (struct mentions){ 0 };
}

/* --- matching --------------------------------------------------------------------------------- */

static const uint8_t *match(const struct mention_word *w, uint32_t i, const uint8_t *at,
                            const uint8_t *end);

static const uint8_t *match_space(const struct mention_word *w, uint32_t i, const uint8_t *at,
                                  const uint8_t *end, letter_fn *read)
{
    struct letter l = read(at, end);
    if (l.size == 0 || !(is_space(l.c) || (l.c == '+' && read == raw_letter)))
        return NULL;
    at += l.size;
    letter_fn *escape = at < end ? escape_of(*at) : NULL;
    const uint8_t *longer = match_space(w, i, at, end, raw_letter);
    if (!longer && escape)
        longer = match_space(w, i, at, end, escape);
    return longer ? longer : match(w, i + 1, at, end);
}

static const uint8_t *match_letter(const struct mention_word *w, uint32_t i, const uint8_t *at,
                                   const uint8_t *end, letter_fn *read)
{
    if (w->letters[i] == SPACE)
        return match_space(w, i, at, end, read);
    struct letter l = read(at, end);
    if (l.size == 0 || (w->folds ? lower(l.c) : l.c) != w->letters[i])
        return NULL;
    return match(w, i + 1, at + l.size, end);
}

/* The end of the word whose letters from i on begin at `at`, or NULL. */
static const uint8_t *match(const struct mention_word *w, uint32_t i, const uint8_t *at,
                            const uint8_t *end)
{
    if (i == w->count)
        return at;
    if (at == end)
        return NULL;
    letter_fn *escape = escape_of(*at);
    const uint8_t *to = match_letter(w, i, at, end, raw_letter);
    return to || !escape ? to : match_letter(w, i, at, end, escape);
}

/* --- borders ---------------------------------------------------------------------------------- */

struct place {
    const uint8_t *begin, *end; /* of everything */
    const uint8_t *at, *to; /* of the match */
    enum mention_in in;
};

/* The bytes in front of `at` are the length of a text, as MessagePack or an image has it, and not a
 * letter before the word. *ret_whole: of exactly this text. */
static bool is_behind_length(const struct place *p, bool *ret_whole)
{
    const uint8_t *at = p->at;
    size_t before = (size_t)(at - p->begin), size = (size_t)(p->to - at);
    *ret_whole = false;
    if (before >= 1 && at[-1] >= 0xa0 && at[-1] <= 0xbf) {
        *ret_whole = size == (at[-1] & 0x1fU);
        return *ret_whole;
    }
    if (before >= 2 && at[-2] == 0xd9) {
        *ret_whole = size == at[-1];
        return true;
    }
    if (before >= 3 && at[-3] == 0xda) {
        *ret_whole = size == ((size_t)at[-2] << 8 | at[-1]);
        return true;
    }
    if (before >= 4 && at[-1] == 0 && at[-2] == 0)
        *ret_whole = size == ((size_t)at[-3] << 8 | at[-4]);
    return *ret_whole;
}

/* An escape ends in front of the word: its last letter is none of a text. */
static bool is_behind_escape(const struct place *p)
{
    const uint8_t *at = p->at;
    size_t before = (size_t)(at - p->begin);
    return (before >= 2 && at[-2] == '\\') || (before >= 6 && at[-6] == '\\' && at[-5] == 'u') ||
           (before >= 3 && at[-3] == '%' && hex(at[-2]) >= 0 && hex(at[-1]) >= 0);
}

static struct letter letter_before(const struct place *p)
{
    for (unsigned n = 1; n <= 4 && (size_t)(p->at - p->begin) >= n; n++) {
        struct letter l = raw_letter(p->at - n, p->at);
        if (l.size == n)
            return l;
    }
    return (struct letter){ 0 };
}

/* In a file what is not ASCII may be anything, and a mention too many is better than one too few.
 */
static bool joins(const struct place *p, const struct mention_word *w, struct letter l,
                  const char *of_address)
{
    if (l.size == 0 || (p->in == MENTION_BYTES && l.c >= 0x80))
        return false;
    return is_digit_or_letter(l.c) ||
           (w->address && l.c && l.c < 0x80 && strchr(of_address, (int)l.c));
}

static bool has_borders(const struct place *p, const struct mention_word *w)
{
    bool whole = false;
    bool length = p->in == MENTION_BYTES && is_behind_length(p, &whole);
    if (whole)
        return true;
    if (!length && !is_behind_escape(p) && joins(p, w, letter_before(p), "._%+-"))
        return false;
    struct letter next = raw_letter(p->to, p->end);
    if (w->address && next.size && next.c == '.') /* the end of a sentence, or a longer domain */
        return !joins(p, w, raw_letter(p->to + 1, p->end), "");
    return !joins(p, w, next, "_-");
}

/* --- looking ---------------------------------------------------------------------------------- */

/* The longest word of a kind that begins at p->at; NULL for none. */
static const struct mention_word *longest(const struct mentions *m, bool others, struct place *p)
{
    const struct mention_word *best = NULL;
    const uint8_t *to = NULL;
    for (uint32_t i = 0; i < m->count; i++) {
        const struct mention_word *w = &m->at[i];
        const uint8_t *end = w->others == others ? match(w, 0, p->at, p->end) : NULL;
        p->to = end;
        if (end && end > to && has_borders(p, w)) {
            best = w;
            to = end;
        }
    }
    p->to = to;
    return best;
}

bool mention_find(const struct mentions *m, enum mention_in in, bool whoever, const void *bytes,
                  size_t size, size_t from, struct mentioned *ret)
{
    const uint8_t *begin = bytes, *theirs = begin;
    struct place p = { .begin = begin, .end = size ? begin + size : begin, .in = in };
    const uint8_t kinds = whoever ? WANTED : WANTED | OTHERS;
    if (m->wanted == 0 || size == 0)
        return false;
    /* Others' words are looked for from the beginning: one of them may hold the place to begin at.
     */
    const size_t back = from > 1024 ? from - 1024 : 0;
    for (p.at = begin + back; p.at < p.end; p.at++) {
        const uint8_t kind = m->begins[*p.at] & kinds;
        if (kind & OTHERS && longest(m, true, &p) && p.to > theirs)
            theirs = p.to;
        if (!(kind & WANTED) || p.at < begin + from)
            continue;
        const struct mention_word *w = longest(m, false, &p);
        if (w && (whoever || p.to > theirs)) {
            *ret = (struct mentioned){ w, (size_t)(p.at - begin), (size_t)(p.to - p.at) };
            return true;
        }
    }
    return false;
}

bool mention_is_within_others(const struct mentions *m, const struct mention_word *word)
{
    for (uint32_t i = 0; i < m->count; i++) {
        const struct text t = m->at[i].said;
        struct mentioned found;
        size_t from = 0;
        while (m->at[i].others &&
               mention_find(m, MENTION_TEXT, true, t.at, t.length, from, &found)) {
            if (found.word == word)
                return true;
            from = found.offset + 1;
        }
    }
    return false;
}
