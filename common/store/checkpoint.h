/* checkpoint: copies of a partition's state, so that a state which was lost is not folded from 1.
 *
 *     <partition>/checkpoint/<sequence>-<fingerprint, hex>/   data.mdb, and `hash`: its BLAKE2b-256
 *
 * The name says what is in the copy: it is read from the transaction that the copy is of. A copy is
 * made under another name (<name>.new), synced, and then given its own, so what has the name is
 * whole; the others were left by a life that ended meanwhile, and nobody restores from them.
 *
 * While a partition runs, a checkpoint is made beside the commit loop, on a thread that lives as
 * long as that takes, one at a time. The loop only takes the position, between two batches; it
 * waits for the thread when the partition is closed, and nowhere else. The thread shares nothing
 * with it but the environment. A checkpoint that fails costs a longer fold after a power cut: the
 * log says so, the one before it stays, and the service goes on.
 *
 * All functions are the commit loop's. Private to common/.
 */
#ifndef REDRESS_CHECKPOINT_H
#define REDRESS_CHECKPOINT_H

#include "common/store/turn.h"

enum { CHECKPOINT_EVERY = 1000000 }; /* events */

/* At the opening, once the state is at the log's head: removes what another life left half made,
 * and knows how long ago the newest one is. */
void checkpoint_open(struct partition *p);

/* Behind a commit, with no transaction open: ends one that is done, begins one that is due. */
void checkpoint_turn(struct partition *p);

/* The room that it pins, in the map and on the disk, is wanted: one that is being made is given up
 * soon. Does not wait. */
void checkpoint_give_up(struct partition *p);

/* Waits for one that is being made; then makes one of the head, unless there is one. 0 or -errno,
 * which the log says too. */
int checkpoint_write(struct partition *p);

/* Gives up one that is being made, and waits until its thread is gone. */
void checkpoint_end(struct partition *p);

/* Restores the newest whole one that fits into the absent state directory: 0, or -ENOENT when none
 * can be. Removes those whose bytes have changed, so that whole ones may have their names. */
int checkpoint_restore(struct partition *p);

#endif
