/* www: see www.h. The assembler puts each file into the program (.incbin). */
#include "services/gateway/www.h"

#include <sodium.h>

#include "services/gateway/guard.h"

#define WWW(name, path, file, type)                                                                \
    __asm__(".section .rodata\n"                                                                   \
            ".balign 16\n"                                                                         \
            "www_" #name "_begin:\n"                                                               \
            ".incbin \"services/gateway/www/" file "\"\n"                                          \
            "www_" #name "_end:\n"                                                                 \
            ".previous\n");                                                                        \
    extern const char www_##name##_begin[], www_##name##_end[];
#include "services/gateway/www/files.def"
#undef WWW

static const struct file {
    const char *path, *type, *begin, *end;
} files[] = {
#define WWW(name, path, file, type) { path, type, www_##name##_begin, www_##name##_end },
#include "services/gateway/www/files.def"
#undef WWW
};
enum { FILES = sizeof files / sizeof *files };

/* What a browser compares is a hash of the bytes: it asks each time and is told that it has them.
 */
static struct text etag_of(struct text bytes, struct arena *a)
{
    enum { HASH = 16 };
    uint8_t hash[HASH];
    char hex[2 * HASH + 1];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)bytes.at, bytes.length, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return arena_printf(a, "\"%s\"", hex);
}

void www_send(struct call *c, const char *type, struct text bytes)
{
    struct text etag = etag_of(bytes, &c->arena);
    call_add_header(c, "ETag", etag);
    call_add_header(c, "Cache-Control", text_from("no-cache"));
    if (guard_etag(text_from(call_header(c, "If-None-Match")), etag))
        call_reply(c, 304, NULL, (struct text){ 0 });
    else
        call_reply(c, 200, type, bytes);
}

static void file_send(struct call *c, const struct file *f)
{
    call_add_header(c, "Referrer-Policy", text_from("same-origin"));
    www_send(c, f->type, (struct text){ f->begin, (uint32_t)(f->end - f->begin) });
}

void www_call(struct call *c)
{
    for (size_t i = 0; i < FILES; i++) {
        if (!text_equal(c->path, text_from(files[i].path)))
            continue;
        if (strcmp(c->method, "GET") == 0)
            file_send(c, &files[i]);
        else
            call_method(c, "GET, HEAD, OPTIONS");
        return;
    }
    CALL_PROBLEM(c, not_found, "",
                 "There is nothing at this path; /openapi.json lists what there is.");
}
