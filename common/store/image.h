/* image: how the state keeps an entity: its fields one behind the other, without their names.
 *
 * The state is derived and private, so unlike everything on the wire and in the log it need not
 * explain itself: an image is read with the very rows it was written with, and the state is folded
 * anew when the rows changed (image_fingerprint). Reading one takes a sixth of the instructions
 * that reading the same entity from MessagePack took.
 *
 *     which fields follow: one bit a row | then each: bool 1 byte, enum 4, numbers and instants 8,
 *     text length (u32) and bytes, list and map count (u32) and elements; in the machine's byte
 * order
 */
#ifndef REDRESS_IMAGE_H
#define REDRESS_IMAGE_H

#include "common/service.h"

/* Appends the struct. */
void image_write(const struct record *r, const void *value, struct msg_buffer *b);

/* The bytes into a zeroed struct of r->size bytes; `has` of every field that was written is set.
 * Texts borrow from the bytes, lists live in the arena. 0, or -EBADMSG when they are not one whole
 * image. */
int image_read(const struct record *r, const void *bytes, size_t size, struct arena *a, void *ret);

/* Names what the rows of a service's state depend on: its fold version, the rows of its entities,
 * and which indexes there are. What an index or a due instant is computed from is code: that is
 * what the fold version is for. */
uint64_t image_fingerprint(const struct service_type *s);

#endif
