/* forms: see catalog.h. Bytes only: what is written so may still not exist. */
#include "services/catalog/catalog.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_one_of(char c, const char *set)
{
    for (; *set; set++)
        if (*set == c)
            return true;
    return false;
}

static bool all_words(struct text t, const char *more)
{
    for (uint32_t i = 0; i < t.length; i++)
        if (!is_letter(t.at[i]) && !is_digit(t.at[i]) && !is_one_of(t.at[i], more))
            return false;
    return true;
}

bool form_id(struct text t)
{
    return all_words(t, "._-");
}

/* Parts between slashes, none empty, the first of which begins with a letter: Europe/Berlin,
 * America/Port-au-Prince, Etc/GMT+1, UTC. */
bool form_zone(struct text t)
{
    char before = '/';
    if (!is_letter(t.at[0]) || !all_words(t, "_+-/"))
        return false;
    for (uint32_t i = 0; i < t.length; i++) {
        if (t.at[i] == '/' && before == '/')
            return false;
        before = t.at[i];
    }
    return before != '/';
}

/* What never stands in a mail address or a URL unquoted, and would end or forge a header. */
static bool is_unsafe(char c)
{
    return (c >= 0 && c <= ' ') || c == 0x7f || is_one_of(c, "<>\"\\,;()");
}

static struct text after(struct text t, const char *prefix)
{
    uint32_t n = (uint32_t)strlen(prefix);
    if (t.length <= n || memcmp(t.at, prefix, n) != 0)
        return (struct text){ 0 };
    return (struct text){ t.at + n, t.length - n };
}

/* A host, and no name or password before it: those are secrets. */
static bool form_url(struct text t)
{
    struct text rest = after(t, "https://");
    if (text_empty(rest))
        rest = after(t, "http://");
    uint32_t host = 0;
    while (host < rest.length && !is_one_of(rest.at[host], "/?#@"))
        host++;
    return host > 0 && (host == rest.length || rest.at[host] != '@');
}

static bool form_mail(struct text t)
{
    uint32_t at = 0, found = 0;
    for (uint32_t i = 0; i < t.length; i++)
        if (t.at[i] == '@') {
            at = i;
            found++;
        }
    return found == 1 && at > 0 && at < t.length - 1;
}

bool form_address(int32_t channel, struct text to)
{
    for (uint32_t i = 0; i < to.length; i++)
        if (is_unsafe(to.at[i]))
            return false;
    return channel == channel_webhook ? form_url(to) : form_mail(to);
}

/* A file's name has no slash: it lies in the directory of secrets, nowhere else. */
bool form_secret(struct text t)
{
    struct text name = after(t, "file:");
    if (text_empty(name))
        name = after(t, "env:");
    return !text_empty(name) && name.at[0] != '.' && form_id(name);
}

bool form_digest(struct text t)
{
    for (uint32_t i = 0; i < t.length; i++)
        if (!is_digit(t.at[i]) && (t.at[i] < 'a' || t.at[i] > 'f'))
            return false;
    return t.length == 64;
}
