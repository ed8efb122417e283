/* session: logging in by a token to a cookie. The cookie is a signed link (link.h) that names the
 * token, so that nothing is kept here and a restart ends no session; whether the token still holds
 * is asked at every use. Its times are of the real clock, as the browser's. */
#include "services/gateway/handlers.h"

#include "common/msg/json.h"
#include "services/gateway/auth.h"
#include "services/gateway/guard.h"
#include "services/gateway/roles.h"

static bool is_form(const struct call *c)
{
    return !guard_media_type(text_from(call_header(c, "Content-Type")), "application/json");
}

/* With the suite's clock, which may be faster than the caller's: ages and countdowns go by it. */
static json_t *me(const struct call *c)
{
    const struct suite_clock *clock = &c->gateway->suite->clock;
    char expires[INSTANT_TEXT + 1], now[INSTANT_TEXT + 1];
    json_t *clients = json_array();
    instant_print(c->who.expires, expires);
    instant_print(suite_now(clock), now);
    for (uint32_t i = 0; i < c->who.client_count; i++)
        json_array_append_new(clients,
                              json_stringn(c->who.clients[i].at, c->who.clients[i].length));
    return json_pack("{ss% ss% ss ss sb so ss sI}", "token", c->who.token.at,
                     (size_t)c->who.token.length, "person", c->who.person.at,
                     (size_t)c->who.person.length, "role", c->who.role->name, "expires_at", expires,
                     "session", c->who.session_expires != 0, "clients", clients, "now", now, "rate",
                     (json_int_t)clock->rate);
}

void session_me(struct call *c)
{
    call_json(c, 200, me(c));
}

static void cookie_set(struct call *c, struct text value, int seconds)
{
    call_add_header(c, "Set-Cookie",
                    arena_printf(&c->arena,
                                 SESSION_COOKIE "=%.*s; HttpOnly; SameSite=Strict; Path=/; "
                                                "Max-Age=%d%s",
                                 TEXT_ARG(value), seconds, c->https ? "; Secure" : ""));
}

static void answer(struct call *c, json_t *value)
{
    if (is_form(c)) {
        json_decref(value);
        call_add_header(c, "Location", text_from("/"));
        call_reply(c, 303, NULL, (struct text){ 0 });
    } else {
        call_json(c, 200, value);
    }
}

static void logged_in(struct call *c)
{
    int64_t now = real_now();
    struct text cookie;
    const struct link session = { .purpose = TEXT_OF("session"),
                                  .subject = c->who.token,
                                  .actor = c->who.actor,
                                  .issued = now,
                                  .expires = now + SESSION_S * INT64_C(1000000) };
    if (link_sign(c->gateway->key, &session, &c->arena, &cookie) < 0) {
        CALL_PROBLEM(c, failed, "", "The session could not be made.");
        return;
    }
    cookie_set(c, cookie, SESSION_S);
    answer(c, me(c));
}

static struct text form_token(struct call *c)
{
    struct param all[HTTP_PARAMS_MAX];
    struct text bad;
    uint32_t count = 0;
    if (guard_params(call_body(c), &c->arena, all, &count, &bad) < 0)
        return (struct text){ 0 };
    for (uint32_t i = 0; i < count; i++)
        if (text_equal(all[i].name, text_from("token")))
            return all[i].value;
    return (struct text){ 0 };
}

static struct text json_token(struct call *c)
{
    struct msg_error error;
    json_t *body = json_parse(call_body(c), &error);
    struct text token =
        arena_text(&c->arena, text_from(json_string_value(json_object_get(body, "token"))));
    json_decref(body);
    return token;
}

/* Whoever is not known yet gets little work done. */
enum { LOGIN_BODY_MAX = 4096 /* bytes */ };

void session_login(struct call *c)
{
    if (call_body(c).length > LOGIN_BODY_MAX) {
        CALL_PROBLEM(c, invalid, "token", "The body of a login holds at most 4096 bytes.");
        return;
    }
    struct text token = is_form(c) ? form_token(c) : json_token(c);
    if (text_empty(token))
        CALL_PROBLEM(c, invalid, "token", "The body must hold the token.");
    else
        auth_token(c, token, logged_in);
}

void session_logout(struct call *c)
{
    cookie_set(c, (struct text){ 0 }, 0);
    answer(c, json_object());
}
