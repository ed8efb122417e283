/* routes: which handler a call goes to. */
#include "services/gateway/handlers.h"

#include <strings.h>

#include "services/gateway/auth.h"
#include "services/gateway/guard.h"
#include "services/gateway/roles.h"
#include "services/gateway/www.h"

static const struct route routes[] = {
#define ROUTE(method, path, access, body, handler, summary)                                        \
    { #method, path, access, body, handler },
#include "proto/routes.def"
#undef ROUTE
};
enum { ROUTES = sizeof routes / sizeof *routes };

/* "/a/{token}" against the call's decoded parts. */
static bool matches(const char *path, const struct call *c)
{
    uint32_t n = 0;
    for (; *path; n++) {
        const char *part = path + 1;
        size_t length = strcspn(part, "/");
        path = part + length;
        if (n == c->segment_count)
            return false;
        if (*part != '{' && !text_equal(c->segments[n], (struct text){ part, (uint32_t)length }))
            return false;
    }
    return n == c->segment_count;
}

void call_method(struct call *c, const char *allow)
{
    call_add_header(c, "Allow", text_from(allow));
    if (strcmp(c->method, "OPTIONS") == 0)
        call_reply(c, 204, NULL, (struct text){ 0 });
    else
        CALL_PROBLEM(c, method, "", "The header Allow says which do.");
}

bool call_takes(struct call *c, enum route_body body)
{
    struct text type = text_from(call_header(c, "Content-Type"));
    bool json = guard_media_type(type, "application/json");
    bool form = body == FORM_BODY && (guard_media_type(type, "application/x-www-form-urlencoded") ||
                                      text_empty(call_body(c)));
    if (body == NO_BODY || json || form)
        return true;
    CALL_PROBLEM(c, media_type, "Content-Type", "It must be application/json.");
    return false;
}

static void admitted(struct call *c)
{
    const struct role *role = c->who.role;
    if ((c->route->access == READERS && !role->reads) ||
        (c->route->access == REPORTERS && !role->reports))
        CALL_PROBLEM(c, denied, "", "The token's role does not include this.");
    else
        c->route->handler(c);
}

static void enter(struct call *c, const struct route *r)
{
    c->route = r;
    if (strcmp(r->method, "POST") == 0 && !call_takes(c, r->body))
        return;
    if (r->access == ANYBODY)
        r->handler(c);
    else
        auth_call(c, admitted);
}

void routes_call(struct call *c)
{
    bool has_get = false, has_post = false;
    for (size_t i = 0; i < ROUTES; i++) {
        if (!matches(routes[i].path, c))
            continue;
        if (strcmp(routes[i].method, c->method) == 0) {
            enter(c, &routes[i]);
            return;
        }
        has_get = has_get || strcmp(routes[i].method, "GET") == 0;
        has_post = has_post || strcmp(routes[i].method, "POST") == 0;
    }
    if (has_get || has_post)
        call_method(c, has_get && has_post ? "GET, HEAD, POST, OPTIONS"
                       : has_get           ? "GET, HEAD, OPTIONS"
                                           : "POST, OPTIONS");
    else if (c->segment_count && text_equal(c->segments[0], text_from("v1")))
        auth_call(c, api_call);
    else
        www_call(c);
}
