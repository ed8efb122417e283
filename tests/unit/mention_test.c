/* Tests of finding words that tell who somebody is: borders, letters in all their forms, and
 * others' words around them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/msg/mention.h"

static bool found_in(const struct mentions *m, enum mention_in in, const char *bytes, size_t size)
{
    struct mentioned at;
    return mention_find(m, in, false, bytes, size, 0, &at);
}

static void words_have_borders_and_cases(void **state)
{
    static const struct {
        const char *word, *text;
        bool found;
    } cases[] = {
        { "Ann", "Ann", true },
        { "Ann", "so Ann, who", true },
        { "Ann", "(Ann)", true },
        { "Ann", "Anna", false },
        { "Ann", "JoAnn", false },
        { "Ann", "ann", false }, /* a single word as it is written */
        { "Ann", "Ann\xc3\xab", false },
        { "Ann",
          "\xc3\xab"
          "Ann",
          false },
        { "Ann", "Ann\xe2\x80\x99s", true }, /* an apostrophe is no letter */
        { "Ann Lee", "ANN LEE", true },
        { "Ann Lee", "ann\n  lee", true },
        { "Ann Lee", "ann\xc2\xa0lee", true },
        { "Ann Lee", "AnnLee", false },
        { "Ann Lee", "Ann Leer", false },
        { " Ann  Lee ", "Ann Lee", true },
        { "Zo\xc3\xab F\xc3\xa4rber", "ZO\xc3\x8b F\xc3\x84RBER", true },
        { "Zo\xc3\xab F\xc3\xa4rber", "Zoe Farber", false },
        { "a@x.example", "A@X.EXAMPLE", true },
        { "a@x.example", "<a@x.example>", true },
        { "a@x.example", "Write to a@x.example.", true },
        { "a@x.example", "a@x.example.org", false },
        { "a@x.example", "b.a@x.example", false },
        { "a@x.example", "ba@x.example", false },
        { "a@x.example", "a@x.example-b", false },
        { "https://h.example/a", "to https://h.example/a?", true },
        { "https://h.example/a", "https://h.example/ab", false },
        { "+49 30 1234", "call +49 30 1234!", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mentions m = { 0 };
        assert_true(mention_add(&m, text_from(cases[i].word), false));
        for (int in = MENTION_TEXT; in <= (int)MENTION_BYTES; in++) {
            bool found = found_in(&m, (enum mention_in)in, cases[i].text, strlen(cases[i].text));
            /* in a file a mention too many is better than one too few */
            if (in == MENTION_TEXT ? found != cases[i].found : cases[i].found && !found)
                fail_msg("%s in %s", cases[i].word, cases[i].text);
        }
        mention_free(&m);
    }
}

static void letters_are_found_as_others_write_them(void **state)
{
    static const char *const texts[] = {
        "{\"a\":\"x\\nZo\\u00eb O'Neil\"}",
        "{\"a\":\"Zo\\u00CB O'Neil\"}",
        "Zo%C3%AB%20O'Neil",
        "Zo%c3%ab+O%27Neil",
        "<b>Zo&#235; O&#39;Neil</b>",
        "<b>Zo&#xeb;&nbsp;O&apos;Neil</b>",
        "{\"a\":\"Zo\xc3\xab\\r\\n O\\u0027Neil\"}",
    };
    static const char *const others[] = { "Zo\\u00ea O'Neil",
                                          "Zo%C3 O'Neil",
                                          "Zo&#23; O'Neil",
                                          "Zo\\uzzzz",
                                          "Zo\\u00",
                                          "Zo%",
                                          "Zo&",
                                          "Zo&#",
                                          "Zo&#xeb",
                                          "Zo\\",
                                          "Zo\xc3" };
    struct mentions m = { 0 };
    (void)state;
    mention_add(&m, text_from("Zo\xc3\xab O'Neil"), false);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!found_in(&m, MENTION_BYTES, texts[i], strlen(texts[i])))
            fail_msg("%s", texts[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(found_in(&m, MENTION_BYTES, others[i], strlen(others[i])));
    mention_free(&m);
    mention_add(&m, text_from("a \xf0\x9f\x98\x80 b"), false);
    static const char pair[] = "a \\ud83d\\ude00 b", half[] = "a \\ud83d b";
    assert_true(found_in(&m, MENTION_BYTES, pair, sizeof pair - 1));
    assert_false(found_in(&m, MENTION_BYTES, half, sizeof half - 1));
    mention_free(&m);
}

/* In a file the byte before a text is its length, which may look like a letter, and so may what is
 * behind it. */
static void lengths_are_no_letters(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool found;
    } cases[] = {
#define BYTES(literal, expected) { literal, sizeof(literal) - 1, expected }
        BYTES("\xa3"
              "Annx",
              true), /* whole, whatever follows */
        BYTES("\xa5"
              "Anna!",
              false),
        BYTES("\xd9\x61"
              "Ann is",
              true),
        BYTES("\xda\x41\x61"
              "Ann is",
              true),
        BYTES("\x03\0\0\0"
              "Annx",
              true),
        BYTES("\x61\0\0\0"
              "Ann is",
              true),
        BYTES("\x61"
              "Ann is",
              false),
        BYTES("\xa3"
              "Ann",
              true),
        BYTES("Ann", true),
#undef BYTES
    };
    struct mentions m = { 0 };
    (void)state;
    mention_add(&m, text_from("Ann"), false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (found_in(&m, MENTION_BYTES, cases[i].bytes, cases[i].size) != cases[i].found)
            fail_msg("case %zu", i);
    mention_free(&m);
}

static void what_is_others_is_theirs(void **state)
{
    static const char text[] = "Ann Lee, Ann, and Mary Ann";
    struct mentions m = { 0 };
    struct mentioned at;
    (void)state;
    mention_add(&m, text_from("Ann"), false);
    mention_add(&m, text_from("Ann Lee"), true);
    mention_add(&m, text_from("Mary Ann"), true);
    assert_true(mention_find(&m, MENTION_TEXT, false, text, sizeof text - 1, 0, &at));
    assert_int_equal(at.offset, 9);
    assert_int_equal(at.size, 3);
    assert_false(mention_find(&m, MENTION_TEXT, false, text, sizeof text - 1, 10, &at));
    assert_true(mention_find(&m, MENTION_TEXT, true, text, sizeof text - 1, 0, &at));
    assert_int_equal(at.offset, 0);
    assert_true(mention_find(&m, MENTION_TEXT, true, text, sizeof text - 1, 10, &at));
    assert_int_equal(at.offset, 23);
    assert_true(mention_is_within_others(&m, &m.at[0]));
    assert_true(mention_add(&m, text_from("Bo"), false));
    assert_false(mention_is_within_others(&m, &m.at[3]));
    mention_free(&m);
    assert_false(mention_find(&m, MENTION_TEXT, true, text, sizeof text - 1, 0, &at));
}

static void short_and_broken_words_are_not_looked_for(void **state)
{
    struct mentions m = { 0 };
    (void)state;
    assert_false(mention_add(&m, text_from("A"), false));
    assert_false(mention_add(&m, text_from(" "), false));
    assert_false(mention_add(&m, text_from(""), false));
    assert_false(mention_add(&m, text_from("ab\xff"), false));
    assert_int_equal(m.count, 0);
    assert_true(mention_add(&m, text_from("Bo"), false));
    assert_true(mention_add(&m, text_from("Bo"), false));
    assert_int_equal(m.count, 1);
    char name[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "Name %d", i);
        assert_true(mention_add(&m, text_from(name), false));
    }
    assert_int_equal(m.count, 1001);
    assert_true(found_in(&m, MENTION_TEXT, "name 999", 8));
    mention_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_borders_and_cases),
        cmocka_unit_test(letters_are_found_as_others_write_them),
        cmocka_unit_test(lengths_are_no_letters),
        cmocka_unit_test(what_is_others_is_theirs),
        cmocka_unit_test(short_and_broken_words_are_not_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
