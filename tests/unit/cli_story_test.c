/* cli_story_test: what people said is told whole, and where a line has an end, characters have not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/text.h"
#include "services/cli/story.h"

static const char *const characters[] = { "a", "\xc3\xa4", "\xe6\xbc\xa2", "\xf0\x9f\x98\x80" };
enum { CHARACTERS = sizeof characters / sizeof *characters, LONGEST = 2000 };

/* So many bytes at most of a character, `shift` bytes further on than from the beginning. */
static json_t *said(const char *character, size_t shift, size_t bytes)
{
    char text[LONGEST + 1];
    size_t n = shift, one = strlen(character);
    memset(text, 'x', shift);
    for (; n + one <= bytes; n += one)
        memcpy(text + n, character, one);
    return json_stringn(text, n);
}

/* The line of an event. */
static struct story_line told(const char *type, json_t *data)
{
    struct story story;
    struct story_line line;
    const struct envelope e = { .type = text_from(type),
                                .subject = TEXT_OF("acme/esc-1"),
                                .actor = TEXT_OF("ann") };
    assert_int_equal(story_open(&story), 0);
    assert_true(story_tell(&story, &e, data, &line));
    story_close(&story);
    json_t *what = json_string(line.what), *why = json_string(line.why);
    assert_true(what && why); /* UTF-8 */
    json_decref(what);
    json_decref(why);
    return line;
}

static void words_are_told_whole(void **state)
{
    (void)state;
    for (size_t c = 0; c < CHARACTERS; c++)
        for (size_t shift = 0; shift < 4; shift++) {
            json_t *data = json_pack("{so si so so ss}", "who", said(characters[c], shift, 120),
                                     "sentiment", 2, "statement", said(characters[c], shift, 1000),
                                     "promise", said(characters[c], shift, 500), "promise_until",
                                     "2026-01-05T12:00:00.000000Z");
            struct story_line line = told("escalation.perceived", data);
            assert_non_null(
                strstr(line.what, json_string_value(json_object_get(data, "statement"))));
            assert_non_null(strstr(line.what, json_string_value(json_object_get(data, "promise"))));
            json_decref(data);
            data = json_pack("{so ss}", "action", said(characters[c], shift, 2000),
                             "next_update_at", "2026-01-05T12:00:00.000000Z");
            line = told("escalation.updated", data);
            assert_non_null(strstr(line.what, "; next at 2026-01-05 12:00"));
            json_decref(data);
            data = json_pack("{ss ss so}", "assessed_by", "Mia", "assessment", "safe", "reason",
                             said(characters[c], shift, 2000));
            (void)told("escalation.assessed", data);
            json_decref(data);
        }
}

static void a_character_is_whole_or_not_there(void **state)
{
    (void)state;
    for (size_t c = 0; c < CHARACTERS; c++) {
        char text[16];
        size_t one = strlen(characters[c]);
        snprintf(text, sizeof text, "x%s", characters[c]);
        for (size_t n = 0; n <= 1 + one; n++)
            assert_int_equal(text_whole(text, n), n == 1 + one ? n : n ? 1 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_told_whole),
        cmocka_unit_test(a_character_is_whole_or_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
