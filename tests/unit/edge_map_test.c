/* edge_map_test: the map as a picture: whatever names there are, it is a document that can be read,
 * on every paper, and no word leaves its box. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/edge/map_svg.h"
#include "services/edge/svg.h"

enum { LONG = 1000 /* bytes of a text */ };

/* So many bytes of a character over and over, as far as it fits whole, behind a first one. */
static const char *again(const char *first, const char *character, size_t bytes, char out[LONG + 1])
{
    size_t n = strlen(first), one = strlen(character);
    memcpy(out, first, n + 1);
    for (; n + one <= bytes; n += one)
        memcpy(out + n, character, one + 1);
    return out;
}

/* Jansson takes no text that is not UTF-8. */
static void is_readable(const char *svg)
{
    json_t *whole = json_string(svg);
    if (!whole)
        fail_msg("not UTF-8: %s", svg);
    json_decref(whole);
}

static char *line(double font, double room, const char *class, const char *words)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    svg_line(out, 0, 0, font, room, class, words);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void characters_stay_whole(void **state)
{
    static const char *const characters[] = { "a", "\xc3\xa4", "\xd0\x96", "\xe6\xbc\xa2",
                                              "\xf0\x9f\x98\x80" };
    static const char *const papers[] = { "a3", "a4", "11x17" };
    (void)state;
    for (size_t c = 0; c < sizeof characters / sizeof *characters; c++)
        for (size_t shift = 0; shift < 4; shift++) {
            char name[LONG + 1], note[LONG + 1];
            again(&"xxxx"[shift], characters[c], 120, name);
            again(&"xxxx"[shift], characters[c], LONG, note);
            json_t *rows = json_array();
            static const char *const bands[] = { "users",     "desk",   "channel", "service",
                                                 "component", "second", "partner", "down" };
            for (size_t b = 0; b < sizeof bands / sizeof *bands; b++)
                json_array_append_new(rows, json_pack("{ss ss ss ss ss ss sb}", "band", bands[b],
                                                      "id", name, "name", name, "note", note, "of",
                                                      b == 4 ? name : "", "gap", b % 2 ? note : "",
                                                      "critical", 1));
            for (size_t p = 0; p < sizeof papers / sizeof *papers; p++) {
                char *svg = map_svg(rows, paper_find(text_from(papers[p])), note, "today");
                assert_non_null(svg);
                is_readable(svg);
                free(svg);
            }
            json_decref(rows);
        }
}

/* How much of a text is drawn in a room, without the ellipsis. */
static size_t drawn(const char *class, const char *words, double room, bool *ret_cut)
{
    char *text = line(10, room, class, words);
    const char *begin = strchr(text, '>') + 1, *end = strstr(begin, "</text>"),
               *dots = strstr(begin, "\xe2\x80\xa6");
    size_t n = (size_t)((dots ? dots : end) - begin);
    *ret_cut = dots;
    free(text);
    return n;
}

static void wide_letters_take_their_room(void **state)
{
    char words[LONG + 1];
    bool cut;
    (void)state;
    /* In DejaVu Sans of 10 a bold W is 11 wide, another 9.9; an average letter less than 7 and 6.
     */
    again("", "W", 100, words);
    assert_int_equal(drawn("name", words, 120, &cut), 10);
    assert_true(cut);
    assert_int_equal(drawn("note", words, 109.5, &cut), 10);
    again("", "\xe6\xbc\xa2", 100, words);
    assert_int_equal(drawn("note", words, 109.5, &cut), 10 * 3);
    again("", "i", 17, words);
    assert_int_equal(drawn("name", words, 120, &cut), 17);
    assert_false(cut);
    assert_true(svg_width("iiii", 10, "note") == 24 && svg_width("WWWW", 10, "name") == 44);
    again("", "\xd0\x96", 200, words);
    assert_int_equal(drawn("name", words, 1000, &cut),
                     100 * 2); /* as long as a text may be, and whole */
    again("", "\xd0\x96", 202, words);
    (void)drawn("name", words, 1000, &cut);
    assert_true(cut);
    char *text = line(10, 1000, "name", "caf\xc3"); /* somebody cut it before */
    assert_non_null(strstr(text, ">caf<"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_stay_whole),
        cmocka_unit_test(wide_letters_take_their_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
