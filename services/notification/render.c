/* render: templates into subjects, plain text and HTML. A template is lines:
 *
 *     Any words with {{field}}.                       a paragraph
 *     - Label: {{field}}                              a fact; gone when nothing is behind the label
 *     @ Label: {{field}}                              a link; gone when the field is no link
 *     % Label: {{field}}                              the same for each score of the survey's scale
 *     {{#field}}Only when the field says something.{{/field}}
 *
 * Both texts of a mail come from the same lines. What fields say is never read as a template, and
 * is escaped by where it goes: header, plain text, HTML text, URL. Bytes are UTF-8 (the runtime has
 * checked them), so a sequence is always whole. */
#include "services/notification/notification.h"

static const struct text OPEN = TEXT_OF("{{"), CLOSE = TEXT_OF("}}"), COLON = TEXT_OF(": ");

#define LITERAL(words) ((struct text)TEXT_OF(words))

/* --- pages ----------------------------------------------------------------------------------- */

void page_add(struct page *p, struct text t)
{
    if (p->room - p->length < t.length) {
        uint32_t room = 2 * p->room + t.length + 64;
        char *grown = effect_alloc(p->effect, room);
        if (p->length)
            memcpy(grown, p->at, p->length);
        p->at = grown;
        p->room = room;
    }
    if (t.length)
        memcpy(p->at + p->length, t.at, t.length);
    p->length += t.length;
}

struct text page_text(const struct page *p)
{
    return (struct text){ p->at, p->length };
}

/* --- escaping -------------------------------------------------------------------------------- */

enum place { IN_HEADER, IN_PLAIN, IN_HTML };

/* Bytes at the head of t that would deceive a reader: control characters, and those that turn the
 * direction of what follows; 0 for none. *ret is what stands there instead. */
static uint32_t deceiving(struct text t, struct text *ret)
{
    uint8_t c = (uint8_t)t.at[0];
    *ret = LITERAL("\xEF\xBF\xBD");
    if (c < 0x20 || c == 0x7F) {
        if (c == '\t')
            *ret = LITERAL(" ");
        if (c == '\r')
            *ret = LITERAL("");
        return 1;
    }
    if (c == 0xC2 && (uint8_t)t.at[1] < 0xA0)
        return 2;
    if (c != 0xE2)
        return 0;
    uint32_t code = (uint32_t)(uint8_t)t.at[1] << 8 | (uint8_t)t.at[2];
    if (code == 0x80A8 || code == 0x80A9) { /* separators of lines and paragraphs */
        *ret = LITERAL(" ");
        return 3;
    }
    return (code >= 0x80AA && code <= 0x80AE) || (code >= 0x81A6 && code <= 0x81A9) ? 3 : 0;
}

static struct text entity_of(char c)
{
    switch (c) {
    case '&':
        return LITERAL("&amp;");
    case '<':
        return LITERAL("&lt;");
    case '>':
        return LITERAL("&gt;");
    case '"':
        return LITERAL("&quot;");
    case '\'':
        return LITERAL("&#39;");
    default:
        return (struct text){ 0 };
    }
}

/* A new line in a plain value is set in, so that no value looks like a line of ours. */
static struct text newline_in(enum place place)
{
    static const struct text newlines[] = {
        [IN_HEADER] = TEXT_OF(" "), [IN_PLAIN] = TEXT_OF("\n  "), [IN_HTML] = TEXT_OF("<br>")
    };
    return newlines[place];
}

static void add_escaped(struct page *p, struct text t, enum place place)
{
    uint32_t plain = 0; /* bytes at the head of t that stand for themselves */
    while (plain < t.length) {
        struct text rest = { t.at + plain, t.length - plain }, instead;
        uint32_t taken = 1;
        if (rest.at[0] == '\n') {
            instead = newline_in(place);
        } else {
            taken = deceiving(rest, &instead);
            if (!taken && place == IN_HTML) {
                instead = entity_of(rest.at[0]);
                taken = !text_empty(instead);
            }
        }
        if (!taken) {
            plain++;
            continue;
        }
        page_add(p, (struct text){ t.at, plain });
        page_add(p, instead);
        t = (struct text){ rest.at + taken, rest.length - taken };
        plain = 0;
    }
    page_add(p, t);
}

struct text render_line(struct effect *e, struct text t)
{
    struct page p = { .effect = e };
    add_escaped(&p, t, IN_HEADER);
    return page_text(&p);
}

/* A link that may stand in an attribute and on a line of its own. */
static bool is_link(struct text t)
{
    static const struct text schemes[] = { TEXT_OF("https://"), TEXT_OF("http://") };
    static const char never[] = "\"'<>`\\";
    bool begins = false;
    for (int i = 0; i < 2; i++)
        begins = begins || (t.length > schemes[i].length &&
                            memcmp(t.at, schemes[i].at, schemes[i].length) == 0);
    for (uint32_t i = 0; begins && i < t.length; i++) {
        if (t.at[i] <= ' ' || t.at[i] > '~')
            return false;
        for (const char *n = never; *n; n++)
            if (t.at[i] == *n)
                return false;
    }
    return begins;
}

/* --- reading a template ---------------------------------------------------------------------- */

/* Bytes before the first `what`, or all of them. */
static uint32_t before(struct text t, struct text what)
{
    for (uint32_t i = 0; i + what.length <= t.length; i++)
        if (memcmp(t.at + i, what.at, what.length) == 0)
            return i;
    return t.length;
}

static struct text skipped(struct text t, uint32_t n)
{
    n = n < t.length ? n : t.length;
    return (struct text){ t.at + n, t.length - n };
}

static struct text value_of(const struct draft *l, struct text name)
{
    const struct letter_field *f = letter_field(name);
    return f ? letter_value(l, f) : (struct text){ 0 };
}

/* What is behind the section that has this name. */
static struct text behind_section(struct text rest, struct text name)
{
    while (!text_empty(rest)) {
        rest = skipped(rest, before(rest, OPEN) + OPEN.length);
        struct text tag = { rest.at, before(rest, CLOSE) };
        if (tag.length && tag.at[0] == '/' && text_equal(skipped(tag, 1), name))
            return skipped(rest, tag.length + CLOSE.length);
    }
    return rest;
}

/* The next piece of a template: words of its own, or what a field says. */
static bool next_piece(const struct draft *l, struct text *rest, struct text *ret, bool *ret_value)
{
    while (!text_empty(*rest)) {
        uint32_t words = before(*rest, OPEN);
        if (words) {
            *ret = (struct text){ rest->at, words };
            *ret_value = false;
            *rest = skipped(*rest, words);
            return true;
        }
        struct text tag = skipped(*rest, OPEN.length);
        tag.length = before(tag, CLOSE);
        *rest = skipped(*rest, OPEN.length + tag.length + CLOSE.length);
        char first = tag.length ? tag.at[0] : 0;
        if (first == '#' && text_empty(value_of(l, skipped(tag, 1))))
            *rest = behind_section(*rest, skipped(tag, 1));
        if (first == '#' || first == '/')
            continue;
        *ret = value_of(l, tag);
        *ret_value = true;
        return true;
    }
    return false;
}

struct text render_subject(const struct draft *l, struct text template)
{
    static const struct text more = TEXT_OF("\xE2\x80\xA6");
    struct page p = { .effect = l->effect };
    struct text piece;
    bool value;
    while (next_piece(l, &template, &piece, &value))
        add_escaped(&p, piece, IN_HEADER);
    if (p.length > SUBJECT_MAX) {
        p.length = SUBJECT_MAX - more.length;
        while (((uint8_t)p.at[p.length] & 0xC0) == 0x80) /* not within a character */
            p.length--;
        page_add(&p, more);
    }
    return page_text(&p);
}

/* --- laying out ------------------------------------------------------------------------------ */

enum line_kind { PARAGRAPH, FACT, LINK, SCORES };
enum { SCORES_MAX = 21 /* links beside each other; a longer scale has one, without a score */ };

struct line {
    enum line_kind kind;
    struct page label, content;
    bool labelled; /* what comes is behind the label */
    bool begun;
};

struct sheet {
    const struct draft *letter;
    enum place place;
    struct page out;
    struct line line;
    enum line_kind last; /* the kind of the line before */
};

static void put(struct sheet *s, const char *plain, const char *html)
{
    const char *words = s->place == IN_HTML ? html : plain;
    page_add(&s->out, (struct text){ words, (uint32_t)strlen(words) });
}

static void begin_line(struct sheet *s)
{
    s->line = (struct line){ .label = { .effect = s->letter->effect },
                             .content = { .effect = s->letter->effect } };
}

static void end_table(struct sheet *s)
{
    if (s->last == FACT)
        put(s, "\n", "</table>\n");
    s->last = PARAGRAPH;
}

static void end_paragraph(struct sheet *s, struct text content)
{
    end_table(s);
    put(s, "", "<p>");
    page_add(&s->out, content);
    put(s, "\n\n", "</p>\n");
}

static void end_fact(struct sheet *s, struct text label, struct text content)
{
    if (s->last != FACT)
        put(s, "", "<table>\n");
    s->last = FACT;
    put(s, "", "<tr><th scope=\"row\">");
    page_add(&s->out, label);
    put(s, ": ", "</th><td>");
    page_add(&s->out, content);
    put(s, "\n", "</td></tr>\n");
}

static void end_link(struct sheet *s, struct text label, struct text link)
{
    if (!is_link(link))
        return;
    end_table(s);
    put(s, "", "<p><a class=\"button\" href=\"");
    if (s->place == IN_HTML) {
        add_escaped(&s->out, link, IN_HTML);
        put(s, "", "\">");
        page_add(&s->out, label);
        put(s, "", "</a></p>\n");
    } else {
        page_add(&s->out, label);
        put(s, ":\n", "");
        page_add(&s->out, link);
        put(s, "\n\n", "");
    }
}

/* One score: its link chooses it, and answers nothing yet. */
static void put_score(struct sheet *s, struct text link, int64_t score)
{
    struct text number = survey_number(s->letter->effect, score);
    put(s, "", "<a style=\"display: inline-block; padding: .6em .9em\" href=\"");
    if (s->place == IN_HTML) {
        add_escaped(&s->out, link, IN_HTML);
        put(s, "", "?score=");
        page_add(&s->out, number);
        put(s, "", "\">");
        page_add(&s->out, number);
        put(s, "", "</a>\n");
    } else {
        page_add(&s->out, number);
        put(s, ": ", "");
        page_add(&s->out, link);
        put(s, "?score=", "");
        page_add(&s->out, number);
        put(s, "\n", "");
    }
}

static void end_scores(struct sheet *s, struct text label, struct text link)
{
    const struct message *m = s->letter->message;
    if (!is_link(link))
        return;
    if (m->scale_max - m->scale_min >= SCORES_MAX) {
        end_link(s, label, link);
        return;
    }
    end_table(s);
    put(s, "", "<p>");
    page_add(&s->out, label);
    put(s, ":\n", ":</p>\n<p>\n");
    for (int64_t score = m->scale_min; score <= m->scale_max; score++)
        put_score(s, link, score);
    put(s, "\n", "</p>\n");
}

static void end_line(struct sheet *s)
{
    struct text label = page_text(&s->line.label), content = page_text(&s->line.content);
    if (text_empty(content))
        return;
    if (s->line.kind == PARAGRAPH)
        end_paragraph(s, content);
    else if (s->line.kind == FACT)
        end_fact(s, label, content);
    else if (s->line.kind == LINK)
        end_link(s, label, content);
    else
        end_scores(s, label, content);
}

/* Words of the template itself, without a new line. */
static void take_words(struct sheet *s, struct text words)
{
    struct line *l = &s->line;
    if (text_empty(words))
        return;
    if (!l->begun && before(words, LITERAL("- ")) == 0)
        l->kind = FACT;
    else if (!l->begun && before(words, LITERAL("@ ")) == 0)
        l->kind = LINK;
    else if (!l->begun && before(words, LITERAL("% ")) == 0)
        l->kind = SCORES;
    if (!l->begun && l->kind != PARAGRAPH)
        words = skipped(words, 2);
    l->begun = true;
    if (l->kind != PARAGRAPH && !l->labelled) {
        struct text label = { words.at, before(words, COLON) };
        add_escaped(&l->label, label, s->place);
        l->labelled = label.length < words.length;
        words = skipped(words, label.length + COLON.length);
    }
    add_escaped(&l->content, words, s->place);
}

static void take_value(struct sheet *s, struct text value)
{
    s->line.begun = true;
    if (s->line.kind == LINK || s->line.kind == SCORES)
        page_add(&s->line.content, value); /* is_link looks at it as it is */
    else
        add_escaped(&s->line.content, value, s->place);
}

static void lay_out(struct sheet *s, struct text template)
{
    static const struct text newline = TEXT_OF("\n");
    struct text piece;
    bool value;
    begin_line(s);
    while (next_piece(s->letter, &template, &piece, &value)) {
        if (value) {
            take_value(s, piece);
            continue;
        }
        for (uint32_t n; n = before(piece, newline), n < piece.length;
             piece = skipped(piece, n + 1)) {
            take_words(s, (struct text){ piece.at, n });
            end_line(s);
            begin_line(s);
        }
        take_words(s, piece);
    }
    end_line(s);
    end_table(s);
}

struct text render_plain(const struct draft *l, struct text template)
{
    struct sheet s = { .letter = l, .place = IN_PLAIN, .out = { .effect = l->effect } };
    lay_out(&s, template);
    while (s.out.length && s.out.at[s.out.length - 1] == '\n')
        s.out.length--;
    page_add(&s.out, LITERAL("\n"));
    return page_text(&s.out);
}

struct text render_html(const struct draft *l, struct text subject, struct text template)
{
    struct sheet s = { .letter = l, .place = IN_HTML, .out = { .effect = l->effect } };
    put(&s, "",
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    add_escaped(&s.out, subject, IN_HTML);
    put(&s, "",
        "</title>\n<style>\n"
        "body { font: 16px/1.5 sans-serif; max-width: 40em; margin: 1em auto; padding: 0 1em }\n"
        "table { border-collapse: collapse; margin: 1em 0 }\n"
        "th, td { text-align: left; vertical-align: top; padding: .25em .75em .25em 0 }\n"
        "th { white-space: nowrap }\n"
        ".button { display: inline-block; padding: .6em 1.2em; border-radius: .3em;\n"
        "  background: #1f5fae; color: #ffffff; text-decoration: none }\n"
        "</style>\n</head>\n<body>\n");
    lay_out(&s, template);
    put(&s, "", "</body>\n</html>\n");
    return page_text(&s.out);
}
