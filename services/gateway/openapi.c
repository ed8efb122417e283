/* openapi: GET /openapi.json, the description that `make docs` writes as well. */
#include "services/gateway/handlers.h"

#include <stdlib.h>
#include <zlib.h>

#include "proto/print.h"
#include "services/gateway/guard.h"
#include "services/gateway/www.h"
#include "services/registry.h"

/* Printed once: the tables do not change while the program runs, and anybody may ask. Packed it is
 * a fourteenth: the same words stand in it for every command, event and answer. */
static char *document;
static struct text packed;

/* Empty when there is no memory for it. */
static struct text pack(struct text t)
{
    z_stream z = { 0 };
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return (struct text){ 0 };
    uLong room = deflateBound(&z, t.length);
    char *bytes = malloc(room);
    z.next_in = (z_const Bytef *)(uintptr_t)t.at;
    z.avail_in = t.length;
    z.next_out = (Bytef *)bytes;
    z.avail_out = bytes ? (uInt)room : 0;
    bool whole = bytes && deflate(&z, Z_FINISH) == Z_STREAM_END;
    struct text ret = { bytes, (uint32_t)z.total_out };
    deflateEnd(&z);
    if (whole)
        return ret;
    free(bytes);
    return (struct text){ 0 };
}

void openapi_get(struct call *c)
{
    if (!document) {
        json_t *value = print_openapi(services);
        document = json_dumps(value, JSON_COMPACT);
        json_decref(value);
        packed = document ? pack(text_from(document)) : packed;
    }
    if (!document) {
        CALL_PROBLEM(c, failed, "", "There is no memory for it.");
        return;
    }
    bool gzip = packed.length && guard_takes(text_from(call_header(c, "Accept-Encoding")), "gzip");
    call_add_header(c, "Vary", text_from("Accept-Encoding"));
    if (gzip)
        call_add_header(c, "Content-Encoding", text_from("gzip"));
    www_send(c, "application/json", gzip ? packed : text_from(document));
}
