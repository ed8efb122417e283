/* packet_private: what the parts of packet share. */
#ifndef REDRESS_EDGE_PACKET_PRIVATE_H
#define REDRESS_EDGE_PACKET_PRIVATE_H

#include "services/edge/packet.h"

/* In the order in which they are asked; AFFECTED once for each change. */
enum packet_step {
    PACKET_TURN,
    PACKET_CLIENTS,
    PACKET_PEOPLE,
    PACKET_SERVED,
    PACKET_RISKS,
    PACKET_CHANGES,
    PACKET_AFFECTED,
    PACKET_OWED,
    PACKET_PROGRAMMES,
    PACKET_ACTIONS,
    PACKET_AT_RISK,
    PACKET_STEPS
};

struct packet {
    char *roster, *at;
    json_t *parameters; /* of what is asked now */
    json_t *rows[PACKET_STEPS]; /* arrays; of AFFECTED one of arrays, by the changes */
    int step;
    /* The time that is handed over, as instants and as texts that sort as they do. */
    int64_t from, to;
    char from_text[32], to_text[32];
};

/* The row of the turn; NULL when there is no such roster. */
const json_t *packet_turn(const struct packet *p);

#endif
