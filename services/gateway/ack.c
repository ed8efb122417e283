/* ack: links in messages that acknowledge an escalation without a login (link.h). Programs that
 * scan mails follow every link, so GET only shows what POST would do; and the command's id is made
 * of the token, so that the service itself knows a link that was used. No script is needed. */
#include "services/gateway/handlers.h"

#include <errno.h>

#include "common/json.h"
#include "services/gateway/bus.h"
#include "services/gateway/guard.h"
#include "services/registry.h"

struct ack {
    struct link link;
    struct text token, client, id;
    const struct service_type *service;
};

static const struct text GET_ESCALATION = TEXT_OF("escalation.get");
static const struct text ACK_ESCALATION = TEXT_OF("escalation.ack");

/* --- pages ------------------------------------------------------------------------------------ */

/* `inside` is HTML; the title is text. */
static void page(struct call *c, int status, const char *title, struct text inside)
{
    struct text html =
        arena_printf(&c->arena,
                     "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"robots\" content=\"noindex\">\n<title>%s</title>\n"
                     "<link rel=\"stylesheet\" "
                     "href=\"/plain.css\">\n<main>\n<h1>%s</h1>\n%.*s</main>\n</html>\n",
                     title, title, TEXT_ARG(inside));
    call_add_header(c, "Referrer-Policy", text_from("same-origin"));
    call_reply(c, status, "text/html; charset=utf-8", html);
}

static void sentence(struct call *c, int status, const char *title, struct text text)
{
    page(c, status, title,
         arena_printf(&c->arena, "<p>%.*s</p>\n", TEXT_ARG(guard_html(text, &c->arena))));
}

static void trouble(struct call *c, int error, const struct reply *reply)
{
    if (error == 0 && reply->status == STATUS_refused)
        sentence(c, 422, "It was not acknowledged", reply->message);
    else if (error == 0 && reply->status == STATUS_not_found)
        sentence(c, 404, "There is no such escalation", text_from("It may have been merged."));
    else if (error == 0 && (reply->status == STATUS_invalid || reply->status == STATUS_id_reused))
        sentence(c, 410, "This link has ended", text_from("Newer messages have newer links."));
    else
        sentence(c, 503, "Please try again",
                 text_from("The service does not answer just now. Nothing is lost: this link stays "
                           "as it is."));
}

/* --- the token -------------------------------------------------------------------------------- */

/* NULL: answered. */
static struct ack *read_link(struct call *c)
{
    struct ack *a = arena_alloc(&c->arena, sizeof *a);
    a->token = c->segments[1];
    int r = link_read(c->gateway->key, a->token, suite_now(&c->gateway->suite->clock), &c->arena,
                      &a->link);
    if (r == 0 || r == -ETIME)
        subject_split(a->link.subject, &a->client, &a->id);
    bool ours = (r == 0 || r == -ETIME) && text_equal(a->link.purpose, text_from("ack")) &&
                !text_empty(a->id) && http_query(services, GET_ESCALATION, &a->service);
    if (ours && r == 0) {
        c->state = a;
        return a;
    }
    if (ours)
        sentence(c, 410, "This link has expired", text_from("Newer messages have newer links."));
    else
        sentence(c, 404, "There is nothing here", text_from("The link is incomplete or not ours."));
    return NULL;
}

static struct text body_of(struct call *c, struct text id)
{
    struct msg_buffer b = { .arena = &c->arena };
    msg_put_map(&b, 1);
    msg_put_key(&b, "escalation");
    msg_put_text(&b, id);
    return (struct text){ (const char *)b.at, (uint32_t)b.size };
}

/* Who the link says acts: the part behind the kind. */
static struct text who(const struct ack *a)
{
    const char *colon =
        a->link.actor.length ? memchr(a->link.actor.at, ':', a->link.actor.length) : NULL;
    if (!colon)
        return a->link.actor;
    return (struct text){ colon + 1,
                          (uint32_t)(a->link.actor.at + a->link.actor.length - colon - 1) };
}

/* --- GET -------------------------------------------------------------------------------------- */

static struct text term(struct call *c, const char *name, struct text value)
{
    if (text_empty(value))
        return value;
    return arena_printf(&c->arena, "<dt>%s</dt><dd>%.*s</dd>\n", name,
                        TEXT_ARG(guard_html(value, &c->arena)));
}

static struct text member_text(struct call *c, const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    if (json_is_integer(value))
        return arena_printf(&c->arena, "%lld", (long long)json_integer_value(value));
    return arena_text(&c->arena, text_from(json_string_value(value)));
}

static void show(struct call *c, const json_t *row)
{
    const struct ack *a = c->state;
    struct text title = member_text(c, row, "title"), state = member_text(c, row, "state");
    bool open = text_equal(state, text_from("open"));
    struct text list =
        arena_printf(&c->arena, "<dl>\n%.*s%.*s%.*s%.*s%.*s%.*s%.*s</dl>\n",
                     TEXT_ARG(term(c, "Escalation", text_empty(title) ? a->id : title)),
                     TEXT_ARG(term(c, "Client", a->client)), TEXT_ARG(term(c, "State", state)),
                     TEXT_ARG(term(c, "Level", member_text(c, row, "level"))),
                     TEXT_ARG(term(c, "Severity", member_text(c, row, "severity"))),
                     TEXT_ARG(term(c, "Acknowledged by", member_text(c, row, "acked_by"))),
                     TEXT_ARG(term(c, "You are", who(a))));
    struct text button =
        open ? (struct text)TEXT_OF(
                   "<p>The button says that you take this escalation: it does not climb with time "
                   "until the acknowledgement expires.</p>\n"
                   "<form method=\"post\"><button>Acknowledge</button></form>\n")
             : (struct text)TEXT_OF("<p>It is not open any more: there is nothing to do.</p>\n");
    page(c, 200, open ? "Acknowledge this escalation?" : "This escalation has ended",
         arena_printf(&c->arena, "%.*s%.*s", TEXT_ARG(list), TEXT_ARG(button)));
}

static void shown(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        trouble(c, error, reply);
        return;
    }
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    if (json_array_size(rows))
        show(c, json_array_get(rows, 0));
    else
        sentence(c, 404, "There is no such escalation", text_from("It is not there any more."));
    json_decref(rows);
}

void ack_get(struct call *c)
{
    const struct ack *a = read_link(c);
    if (!a)
        return;
    struct text body = body_of(c, a->id);
    const struct request r = {
        .query = true,
        .type = GET_ESCALATION,
        .client = a->client,
        .data = body.at,
        .data_size = body.length,
    };
    int error = bus_ask(c->gateway->bus, a->service, &r, shown, c);
    if (error < 0)
        trouble(c, error, NULL);
}

/* --- POST ------------------------------------------------------------------------------------- */

static void done(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok)
        trouble(c, error, reply);
    else if (reply->replayed)
        sentence(c, 410, "This link was used already",
                 text_from("The escalation was acknowledged by it before."));
    else
        sentence(
            c, 200, "Acknowledged",
            text_from("Thank you. The escalation is yours until the acknowledgement expires."));
}

void ack_post(struct call *c)
{
    const struct ack *a = read_link(c);
    if (!a)
        return;
    struct text body = body_of(c, a->id);
    const struct request r = {
        .id = link_command(&c->gateway->suite->clock, &a->link, a->token),
        .type = ACK_ESCALATION,
        .client = a->client,
        .actor = a->link.actor,
        .data = body.at,
        .data_size = body.length,
    };
    int error = bus_ask(c->gateway->bus, a->service, &r, done, c);
    if (error < 0)
        trouble(c, error, NULL);
}
