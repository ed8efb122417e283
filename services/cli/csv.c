/* csv: see csv.h. */
#include "services/cli/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum {
    CHUNK = 256 << 10,
    ROOM = CSV_RECORD_MAX + CHUNK + 1,
};

struct cell {
    uint32_t from, to; /* in the record's bytes */
    bool doubled; /* holds doubled quotes */
};

struct csv {
    gzFile file;
    char delimiter;
    bool ended, began;
    char *bytes; /* ROOM */
    size_t at, end; /* the unread part of bytes */
    uint64_t line; /* of bytes[at] */
    struct text cells[CSV_COLUMNS_MAX];
    struct cell marks[CSV_COLUMNS_MAX];
};

/* What one look at the bytes of a record found. */
struct look {
    uint32_t cells;
    size_t length; /* with its line break */
    uint64_t breaks;
    const char *wrong;
};

static void say(struct csv_error *e, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct csv_error *e, uint64_t line, const char *format, ...)
{
    va_list list;
    e->line = line;
    va_start(list, format);
    vsnprintf(e->rule, sizeof e->rule, format, list);
    va_end(list);
}

int csv_open(const char *path, char delimiter, struct csv **ret)
{
    struct csv *c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    int r = fd < 0 ? -errno : 0;
    if (r == 0 && !(c->file = gzdopen(fd, "rb"))) {
        r = -ENOMEM;
        close(fd);
    }
    if (r == 0 && !(c->bytes = malloc(ROOM)))
        r = -ENOMEM;
    if (r) {
        csv_close(&c);
        return r;
    }
    gzbuffer(c->file, CHUNK);
    c->delimiter = delimiter;
    c->line = 1;
    *ret = c;
    return 0;
}

void csv_close(struct csv **c)
{
    if (!*c)
        return;
    if ((*c)->file)
        gzclose_r((*c)->file);
    free((*c)->bytes);
    free(*c);
    *c = NULL;
}

uint64_t csv_position(const struct csv *c)
{
    z_off_t at = gzoffset(c->file);
    return at > 0 ? (uint64_t)at : 0;
}

/* Reads on behind what is there. 0, or -EIO. */
static int fill(struct csv *c, struct csv_error *reterr)
{
    memmove(c->bytes, c->bytes + c->at, c->end - c->at);
    c->end -= c->at;
    c->at = 0;
    int n = gzread(c->file, c->bytes + c->end, (unsigned)(ROOM - 1 - c->end));
    int code = Z_OK;
    const char *text = gzerror(c->file, &code);
    if (n < 0 || code == Z_BUF_ERROR) {
        const char *why = code == Z_ERRNO ? strerror(errno) : text;
        say(reterr, c->line, "the file cannot be read further: %.100s",
            code == Z_BUF_ERROR ? "it is cut short" : why);
        return -EIO;
    }
    if (n == 0)
        c->ended = true;
    c->end += (size_t)n;
    if (!c->began && c->end - c->at >= 3 && memcmp(c->bytes + c->at, "\xef\xbb\xbf", 3) == 0)
        c->at += 3;
    c->began = c->began || c->end > 0;
    return 0;
}

/* Looks at a quoted cell that begins behind the quote at p[*at]; leaves *at behind the closing
 * quote. False when the bytes end first. */
static bool look_quoted(const char *p, size_t size, size_t *at, struct cell *cell, uint64_t *breaks)
{
    size_t i = *at + 1;
    cell->from = (uint32_t)i;
    while (i < size) {
        if (p[i] == '\n')
            (*breaks)++;
        if (p[i] != '"') {
            i++;
        } else if (i + 1 < size && p[i + 1] == '"') {
            cell->doubled = true;
            i += 2;
        } else {
            cell->to = (uint32_t)i;
            *at = i + 1;
            return i + 1 < size;
        }
    }
    return false;
}

/* An unquoted cell from p[*at] to the next delimiter or line break. False when the bytes end first.
 */
static bool look_plain(const struct csv *c, const char *p, size_t size, size_t *at,
                       struct cell *cell, const char **wrong)
{
    size_t i = *at;
    cell->from = (uint32_t)i;
    for (; i < size && p[i] != c->delimiter && p[i] != '\n'; i++)
        if (p[i] == '"')
            *wrong = "a quote stands inside a cell that does not begin with one";
    cell->to = (uint32_t)i;
    if (i < size && p[i] == '\n' && i > *at && p[i - 1] == '\r')
        cell->to--;
    *at = i;
    return i < size;
}

/* Finds the cells of the record that begins at c->at, changing nothing. False when the bytes end
 * before the record does; the end of the file counts as a line break. */
static bool look_record(struct csv *c, struct look *ret)
{
    const char *p = c->bytes + c->at;
    size_t size = c->end - c->at, i = 0;
    *ret = (struct look){ 0 };
    for (;;) {
        struct cell spare = { 0 },
                    *cell = ret->cells < CSV_COLUMNS_MAX ? &c->marks[ret->cells] : &spare;
        *cell = (struct cell){ 0 };
        bool quoted = i < size && p[i] == '"';
        if (ret->cells >= CSV_COLUMNS_MAX)
            ret->wrong = "it has more cells than this program reads (512)";
        ret->cells++;
        if (quoted ? !look_quoted(p, size, &i, cell, &ret->breaks)
                   : !look_plain(c, p, size, &i, cell, &ret->wrong))
            return false;
        if (quoted && p[i] == '\r' && i + 1 < size && p[i + 1] == '\n')
            i++;
        if (p[i] == '\n') {
            ret->length = i + 1;
            ret->breaks++;
            return true;
        }
        if (p[i] != c->delimiter) {
            if (p[i] == '\r' && i + 1 == size)
                return false;
            ret->wrong = "text stands behind a closing quote";
            ret->length = i;
            return true;
        }
        i++;
    }
}

/* Skips the line at c->at, of which at least a part is there. */
static void skip_line(struct csv *c)
{
    const char *p = c->bytes + c->at;
    const char *found = memchr(p, '\n', c->end - c->at);
    size_t n = found ? (size_t)(found - p) + 1 : c->end - c->at;
    c->at += n;
    c->line++;
}

/* Valid UTF-8 without zero bytes? Overlong forms and surrogates are not. */
static bool is_utf8(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s, *end = p + n;
    while (p < end) {
        if (*p < 0x80) {
            if (*p++ == 0)
                return false;
            continue;
        }
        unsigned more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
        if (*p < 0xc2 || *p > 0xf4 || (size_t)(end - p) <= more)
            return false;
        if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
            (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
            return false;
        for (unsigned k = 1; k <= more; k++)
            if ((p[k] & 0xc0) != 0x80)
                return false;
        p += more + 1;
    }
    return true;
}

/* Doubled quotes become one, in place. */
static uint32_t undouble(char *s, uint32_t n)
{
    uint32_t to = 0;
    for (uint32_t i = 0; i < n; i++) {
        s[to++] = s[i];
        if (s[i] == '"')
            i++;
    }
    return to;
}

/* Takes a record that was looked at: the cells point into the buffer, where nothing moves before
 * the next fill. */
static void take(struct csv *c, const struct look *found, struct csv_record *ret)
{
    char *p = c->bytes + c->at;
    for (uint32_t i = 0; i < found->cells; i++) {
        const struct cell *m = &c->marks[i];
        uint32_t n = m->to - m->from;
        c->cells[i].at = p + m->from;
        c->cells[i].length = m->doubled ? undouble(p + m->from, n) : n;
    }
    *ret = (struct csv_record){ c->cells, found->cells, c->line };
    c->at += found->length;
    c->line += found->breaks;
}

/* Makes a whole record (or all that the file still has) lie in the buffer. 1, 0 at the end, -EIO.
 */
static int need_record(struct csv *c, struct look *found, struct csv_error *reterr)
{
    while (!look_record(c, found)) {
        if (c->end - c->at > CSV_RECORD_MAX) {
            found->wrong = "it is longer than a record may be (1 MiB); a quote may be open";
            return 1;
        }
        if (!c->ended) {
            int r = fill(c, reterr);
            if (r < 0)
                return r;
            continue;
        }
        if (c->at == c->end)
            return 0;
        if (c->bytes[c->end - 1] == '\n') {
            found->wrong = "a quote is opened and never closed";
            return 1;
        }
        c->bytes[c->end++] = '\n'; /* the last line lacks its break; ROOM has a byte for it */
    }
    return 1;
}

int csv_next(struct csv *c, struct csv_record *ret, struct csv_error *reterr)
{
    for (;;) {
        struct look found;
        int r = need_record(c, &found, reterr);
        if (r <= 0)
            return r;
        uint64_t line = c->line;
        if (!found.wrong && !is_utf8(c->bytes + c->at, found.length))
            found.wrong = "it is not UTF-8 text";
        if (found.wrong) {
            skip_line(c);
            say(reterr, line, "%s", found.wrong);
            return -EBADMSG;
        }
        take(c, &found, ret);
        if (ret->count > 1 || ret->cells[0].length > 0)
            return 1;
    }
}
