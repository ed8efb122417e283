/* mention: where words that tell who somebody is (a name, an address) are said: in one text, or
 * anywhere in the bytes of a file.
 *
 * A text of several words, and one that is an address, is found in whatever case; a single word as
 * it is written only, because names such as May or Will are words, too. White space between words
 * is any white space. A mention begins and ends at a border: "Ann" is not in "Anna", ann@x.example
 * not in joann@x.example. Characters are also found as JSON, URLs and HTML write them: \u00eb,
 * %C3%AB,
 * &#235;.
 *
 * Others' words are those of somebody who stays: a mention within them is theirs and does not
 * count, "Ann" in "Ann Lee".
 *
 * Not found: other forms of a name (a nickname, a family name alone), and letters that are written
 * as a letter and an accent; say them as words of their own.
 */
#ifndef REDRESS_MENTION_H
#define REDRESS_MENTION_H

#include <stdbool.h>

#include "common/base/arena.h"

enum {
    MENTION_LEAST = 2, /* letters of a word that is looked for */
    MENTION_WORDS_MAX = 1 << 16,
};

struct mention_word {
    struct text said;
    const uint32_t *letters; /* in lower case where it is found in any; white space is one space */
    uint32_t count;
    bool folds; /* found in any case */
    bool address; /* has the borders of one */
    bool others;
};

struct mentions {
    struct arena arena;
    struct mention_word *at;
    uint32_t count, room;
    uint32_t wanted; /* those that are not others' */
    uint8_t
        begins[256]; /* a word may begin with this byte: 1 one that is wanted, 2 one of others */
};

/* Adds a word, copied; false when it is too short to be looked for. Adding it twice is once. More
 * than MENTION_WORDS_MAX ends the process. */
bool mention_add(struct mentions *m, struct text said, bool others);
void mention_free(struct mentions *m);

enum mention_in {
    MENTION_TEXT, /* one text by itself */
    MENTION_BYTES, /* a file: texts lie in it behind their lengths, and anything around them */
};

/* Whether others' words hold this one, so that a part of theirs may look like it. */
bool mention_is_within_others(const struct mentions *m, const struct mention_word *word);

/* A place where a word is said. */
struct mentioned {
    const struct mention_word *word;
    size_t offset, size;
};

/* The first mention at or behind `from` that is not others'; false for none. `whoever`: also those
 * within others' words. */
bool mention_find(const struct mentions *m, enum mention_in in, bool whoever, const void *bytes,
                  size_t size, size_t from, struct mentioned *ret);

#endif
