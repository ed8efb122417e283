/* ical: iCalendar as RFC 5545 has it: CRLF, lines of 75 octets, escapes, UTC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/service.h"
#include "services/edge/ical.h"

static int64_t at(const char *text)
{
    int64_t t;
    assert_int_equal(instant_parse(text_from(text), &t), 0);
    return t;
}

static struct text document(struct arena *a, const char *summary, const char *description)
{
    struct ical w = ical_begin(a, text_from("On duty: ann"), at("2026-11-22T04:00:00.900000Z"));
    const struct ical_event e = { .uid = text_from("net.ann.1@redress"),
                                  .from = at("2026-11-22T08:00:00Z"),
                                  .to = at("2026-11-23T07:30:15Z"),
                                  .summary = text_from(summary),
                                  .description = text_from(description) };
    ical_event(&w, &e);
    return ical_end(&w);
}

static void says_all_of_it(void **state)
{
    struct arena a = { 0 };
    struct text t = document(&a, "On duty: network", "");
    static const char expected[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
                                   "PRODID:-//Redress//Rosters//EN\r\nCALSCALE:GREGORIAN\r\n"
                                   "METHOD:PUBLISH\r\nX-WR-CALNAME:On duty: ann\r\n"
                                   "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"
                                   "X-PUBLISHED-TTL:PT1H\r\nBEGIN:VEVENT\r\n"
                                   "UID:net.ann.1@redress\r\nDTSTAMP:20261122T040000Z\r\n"
                                   "DTSTART:20261122T080000Z\r\nDTEND:20261123T073015Z\r\n"
                                   "SUMMARY:On duty: network\r\nSTATUS:CONFIRMED\r\n"
                                   "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    (void)state;
    assert_int_equal(t.length, sizeof expected - 1);
    assert_memory_equal(t.at, expected, t.length);
    arena_free(&a);
}

static bool holds(struct text t, const char *words)
{
    return memmem(t.at, t.length, words, strlen(words)) != NULL;
}

static void escapes(void **state)
{
    struct arena a = { 0 };
    struct text t = document(&a, "a,b;c\\d\ne\r\tf\x7f:g\"", "END:VEVENT\r\nBEGIN:VALARM");
    (void)state;
    assert_true(holds(t, "\r\nSUMMARY:a\\,b\\;c\\\\d\\nef:g\"\r\n"));
    assert_true(holds(t, "\r\nDESCRIPTION:END:VEVENT\\nBEGIN:VALARM\r\n"));
    arena_free(&a);
}

/* Every line is short enough, and put together again it is what was said, whole characters. */
static void folds(void **state)
{
    static const char *const letters[] = { "a", ",", "\xc3\xa4", "\xe2\x82\xac",
                                           "\xf0\x9f\x98\x80" };
    char words[1200], unfolded[2600];
    (void)state;
    for (size_t shift = 0; shift < 80; shift++) {
        struct arena a = { 0 };
        size_t n = shift, m = 0, octets = 0;
        memset(words, 'x', n);
        for (size_t i = 0; i < 200; i++) {
            const char *letter = letters[(i * 7 + shift + i / 11) % 5];
            memcpy(words + n, letter, strlen(letter));
            n += strlen(letter);
        }
        words[n] = 0;
        struct text t = document(&a, words, "");
        for (uint32_t i = 0; i < t.length; i++, octets++) {
            if (t.at[i] == '\r') {
                assert_true(octets <= ICAL_LINE_OCTETS && t.at[i + 1] == '\n');
                octets = 0;
                bool goes_on = i + 2 < t.length && t.at[i + 2] == ' ';
                if (goes_on) {
                    assert_true(((unsigned char)t.at[i + 3] & 0xc0) != 0x80);
                    octets = 1;
                }
                i += goes_on ? 2 : 1;
                if (!goes_on)
                    unfolded[m++] = '\n';
                octets--;
            } else if (t.at[i] != '\\') {
                unfolded[m++] = t.at[i];
            }
        }
        assert_non_null(memmem(unfolded, m, words, n));
        arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_all_of_it),
        cmocka_unit_test(escapes),
        cmocka_unit_test(folds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
