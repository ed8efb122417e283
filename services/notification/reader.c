/* reader: as what somebody reads, by level, part and side, and which of two roles counts (RULES.md
 * 1 and 4). */
#include "services/notification/notification.h"

int32_t reader_of_level(int64_t level)
{
    if (level == LEVELS)
        return reader_executive;
    return level >= 3 ? reader_manager : reader_responder;
}

bool reader_fits(int32_t reader, int32_t side)
{
    static const int32_t sides[] = {
        [reader_responder] = side_provider,      [reader_manager] = side_provider,
        [reader_executive] = side_provider,      [reader_client] = side_client,
        [reader_client_executive] = side_client, [reader_supplier] = side_supplier,
        [reader_informed] = side_provider,       [reader_partner] = side_supplier,
        [reader_client_informed] = side_client,
    };
    return sides[reader] == side;
}

int32_t reader_of_letter(int32_t letter)
{
    static const int32_t readers[] = {
        [letter_R] = reader_responder, [letter_A] = reader_manager,  [letter_C] = reader_responder,
        [letter_I] = reader_informed,  [letter_AR] = reader_manager,
    };
    return readers[letter];
}

int32_t reader_on_side(const struct recipient *r, int32_t stage, int32_t side)
{
    if (side == side_provider && r->reader == reader_supplier)
        return reader_of_level(r->level);
    if (side == side_provider && r->reader == reader_partner)
        return reader_of_letter(r->letter);
    bool ours = reader_fits(r->reader, side_provider);
    return side == side_supplier && ours && template_of(stage, reader_partner) ? reader_partner
                                                                               : r->reader;
}

struct text actor_person(struct text actor)
{
    static const char kind[] = "person:";
    const uint32_t length = sizeof kind - 1;
    if (actor.length > length && memcmp(actor.at, kind, length) == 0)
        return (struct text){ actor.at + length, actor.length - length };
    return actor;
}

bool recipient_is_higher(const struct recipient *a, const struct recipient *b)
{
    static const int rank[] = {
        [reader_partner] = 1,   [reader_supplier] = 2,         [reader_client_informed] = 3,
        [reader_client] = 4,    [reader_client_executive] = 5, [reader_informed] = 6,
        [reader_responder] = 7, [reader_manager] = 8,          [reader_executive] = 9,
    };
    if (a->reader != b->reader)
        return rank[a->reader] > rank[b->reader];
    return a->level > b->level;
}
