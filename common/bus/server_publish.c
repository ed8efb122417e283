/* server_publish: live events and beacons: hints, sent behind the commit, that a slow subscriber
 * may miss. */
#include <string.h>

#include "common/bus/replay_wire.h"
#include "common/bus/server.h"
#include "common/bus/sockets.h"

void publish_events(struct server *s)
{
    const struct published *events;
    size_t count = partition_published(s->partition, &events);
    for (size_t i = 0; i < count; i++) {
        if (socket_send(s->events, s->event_topic, s->topic_length, ZMQ_SNDMORE) == 0)
            socket_send(s->events, events[i].envelope, events[i].size, 0);
    }
    series_add(s->metrics.published, (int64_t)count);
}

void publish_beacon(struct server *s)
{
    struct beacon h = { .epoch = s->position.epoch, .head = s->position.head, .time = s->now };
    memcpy(h.chain, s->position.chain, sizeof h.chain);
    s->buffer.size = 0;
    beacon_write(&h, &s->buffer);
    if (socket_send(s->events, s->beacon_topic, s->topic_length, ZMQ_SNDMORE) == 0)
        socket_send_buffer(s->events, &s->buffer, 0);
}
