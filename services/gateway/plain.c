/* plain: see plain.h. */
#include "services/gateway/plain.h"

#include "services/gateway/guard.h"

void plain_page(struct call *c, int status, struct text title, struct text inside)
{
    struct text head = guard_html(title, &c->arena);
    struct text html =
        arena_printf(&c->arena,
                     "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"robots\" content=\"noindex\">\n<title>%.*s</title>\n"
                     "<link rel=\"stylesheet\" "
                     "href=\"/plain.css\">\n<main>\n<h1>%.*s</h1>\n%.*s</main>\n</html>\n",
                     TEXT_ARG(head), TEXT_ARG(head), TEXT_ARG(inside));
    call_add_header(c, "Referrer-Policy", text_from("same-origin"));
    call_reply(c, status, "text/html; charset=utf-8", html);
}

void plain_sentence(struct call *c, int status, const char *title, struct text text)
{
    plain_page(c, status, text_from(title),
               arena_printf(&c->arena, "<p>%.*s</p>\n", TEXT_ARG(guard_html(text, &c->arena))));
}

struct text plain_term(struct call *c, const char *name, struct text value)
{
    if (text_empty(value))
        return value;
    return arena_printf(&c->arena, "<dt>%s</dt><dd>%.*s</dd>\n", name,
                        TEXT_ARG(guard_html(value, &c->arena)));
}

struct text plain_member(struct call *c, const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    if (json_is_integer(value))
        return arena_printf(&c->arena, "%lld", (long long)json_integer_value(value));
    return arena_text(&c->arena, text_from(json_string_value(value)));
}

struct text plain_who(struct text actor)
{
    const char *colon = actor.length ? memchr(actor.at, ':', actor.length) : NULL;
    if (!colon)
        return actor;
    return (struct text){ colon + 1, (uint32_t)(actor.at + actor.length - colon - 1) };
}
