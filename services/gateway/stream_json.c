/* stream_json: see stream_json.h. */
#include "services/gateway/stream_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/msg/json.h"
#include "services/gateway/audience.h"

static const char *const numbers[] = { "epoch", "sequence" };
static const char *const providers_own[] = { "actor", "causationid", "traceparent" };

static int put_decimal(json_t *event, const char *key)
{
    char text[24];
    const json_t *value = json_object_get(event, key);
    if (!json_is_integer(value))
        return 0;
    snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
    return json_object_set_new(event, key, json_string(text));
}

static bool show_to_client(json_t *event, const struct event_row *row)
{
    json_t *data = json_object_get(event, "data");
    if (!row || !json_is_object(data) || audience_hides(row->record, data))
        return false;
    audience_client(row->record, data, false);
    for (size_t i = 0; i < sizeof providers_own / sizeof *providers_own; i++)
        json_object_del(event, providers_own[i]);
    return json_object_size(data) > 0;
}

static int complete(json_t *event)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < sizeof numbers / sizeof *numbers; i++)
        r = put_decimal(event, numbers[i]);
    json_t *data = json_incref(json_object_get(event, "data"));
    if (r == 0 && data) {
        /* In front of what it describes. */
        json_object_del(event, "data");
        r = json_object_set_new(event, "datacontenttype", json_string("application/json"));
        if (r == 0)
            r = json_object_set(event, "data", data);
    }
    json_decref(data);
    return r;
}

char *stream_json(const struct event_row *row, const void *envelope, size_t size, bool for_client,
                  size_t *ret_size)
{
    char *text = NULL;
    json_t *event = json_from_msg(envelope, size);
    bool shown = json_is_object(event) && (!for_client || show_to_client(event, row));
    if (shown && complete(event) == 0)
        text = json_dumps(event, JSON_COMPACT);
    json_decref(event);
    *ret_size = text ? strlen(text) : 0;
    return text;
}
