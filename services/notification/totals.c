/* totals: sums over the partition, under "", and over each client, under its name. Written by
 * folds only. */
#include "services/notification/notification.h"

void totals_add(struct fold *f, size_t offset, int64_t amount)
{
    uint8_t *all = fold_aggregate(f, AGGREGATE_message_totals, (struct text){ 0 });
    uint8_t *client = fold_aggregate(f, AGGREGATE_message_totals, f->client);
    *(int64_t *)(void *)(all + offset) += amount;
    *(int64_t *)(void *)(client + offset) += amount;
}
