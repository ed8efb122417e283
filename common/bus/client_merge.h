/* client_merge: one answer out of the answers of all partitions, for client.c only.
 *
 * ONE: integers and decimals are summed, field by field. SETTLED: in lists too, row by row, and
 * then its row settles the sums by the question's parameters. MANY: rows are merged in the order of
 * the result's first field. A page ends where a partition's page ended that has more behind it,
 * because nothing larger may come before that; the merged cursor says for each partition where its
 * page began and how many of its rows were given:
 *
 *     "<rows given>:<the partition's own cursor>" or "-" when it has given everything; joined by
 * commas
 */
#ifndef REDRESS_CLIENT_MERGE_H
#define REDRESS_CLIENT_MERGE_H

#include "common/msg/wire.h"
#include "common/service.h"

/* What to ask each partition; an empty type: nothing. -EINVAL with *reply saying invalid when r's
 * cursor is none of ours. */
int merge_requests(const struct query_row *row, const struct request *r, uint32_t count,
                   struct request *ret, struct reply *reply);

/* 0 with *reply filled, -EBADMSG when an answer is not what its row says. */
int merge_replies(const struct query_row *row, const struct request *r,
                  const struct request *requests, const struct reply *replies, uint32_t count,
                  struct arena *a, struct reply *reply);

#endif
