/* verify: proves a partition that no process has open: the log by itself, and the state by folding
 * the log once more. */
#ifndef REDRESS_VERIFY_H
#define REDRESS_VERIFY_H

#include "common/store/partition.h"

struct verify_report {
    uint64_t events, epochs;
    uint64_t redacted; /* events that words were taken out of (redact.h) */
    bool chain_ok; /* the log: every event whole, in its place, and linked to the one before it */
    bool state_ok;
    uint64_t state_rows; /* rows compared, of every database */
    char difference[256]; /* the first difference in words, "" for none */
    char chain[65]; /* of the head, in hexadecimal */
};

/* Reads every event (checksum, digest, chain, gapless sequences, identity in the envelope, the link
 * to the event before it of its entity; of one that was redacted the digest is not over its bytes
 * any more, so it must say itself that it was, and with which digest), folds from 1 into a scratch
 * directory inside o->directory, and compares every row with the state. Copies are taken as they
 * are: they are folded from another service's log. 0 whatever it found; -EBUSY when the partition
 * is in use; -ENOENT when there is none; -errno. */
int partition_verify(const struct partition_options *o, struct verify_report *ret,
                     struct msg_error *reterr);

#endif
