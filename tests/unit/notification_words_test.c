/* What people read: every template against its golden text, who may see which field, and what
 * nobody can smuggle into a message. REDRESS_GOLDEN=write writes the golden texts anew. */
#include "tests/unit/given_world.h"
#include "tests/unit/notification_book.h"

#define GOLDEN "tests/data/messages"
enum { READERS = 9, STAGES = 37, GOLDEN_MAX = 16 << 10 };

static struct message message;
static struct client client;
static struct escalation escalation;

#define T(words) ((struct text)TEXT_OF(words))

/* A letter that says something in every field; what is the provider's own says SECRET. */
static struct draft full_letter(int32_t stage, int32_t reader)
{
    bool supplier = reader_fits(reader, side_supplier);
    bool part = reader >= reader_informed || stage == stage_consulted;
    bool ours = stage >= stage_shift_started && stage <= stage_reminder_due; /* the provider's */
    bool asks = survey_asks(stage) && reader_fits(reader, side_client);
    client = (struct client){ .name = T("Acme & Sons") };
    escalation = (struct escalation){ .raised_at = 1767603600 * SECONDS,
                                      .next_update_at = 1767603600 * SECONDS + 3 * HOURS };
    message = (struct message){
        .escalation = T("esc-1"),
        .stage = stage,
        .reader = reader,
        .level = 2,
        .occurred_at = 1767603600 * SECONDS + 90 * MINUTES,
        .title = T("Mail is down"),
        .severity = 2,
        .from = 1,
        .to = 3,
        .group = supplier ? T("Cables") : T("SECRET group"),
        .ticket = T("desk:7"),
        .clock = clock_name_resolve,
        .review = T("SECRET review"),
        .part = review_part_draft,
        .promise = T("A visit by noon"),
        .until = 1767603600 * SECONDS + 2 * HOURS,
        .context = T("A disk failed at 10:00.\nMail is queued, nothing is lost."),
        .impact = T("Your people can neither send nor receive mail."),
        .action = T("We restore the mailboxes from last night."),
        .workaround = T("Please use the telephone."),
        .next_update_at = 1767603600 * SECONDS + 3 * HOURS,
        .letter = part ? letter_C : 0,
        .about = T("consultation/SECRET-1"),
        .answer_by = 1767603600 * SECONDS + 4 * HOURS,
        .begins_at = 1767603600 * SECONDS + 5 * HOURS,
        .ends_at = 1767603600 * SECONDS + 6 * HOURS,
        .why = supplier ? T("No address.") : T("SECRET reason"),
        .skill = supplier ? T("fibre") : T("SECRET skill"),
        .what = reminder_of_contract_notice,
        .name = T("SECRET contract"),
        .day = 20458,
        .days_left = 90,
        .score = 75,
        .reasons = T("SECRET: no answer above 6 for a year (+30)\nSECRET: late four times (+45)"),
        .service = T("SECRET service"),
        .component = T("SECRET component"),
        .words = T("Replace the disks of the mail server"),
        .scale_min = stage != stage_asked_nps,
        .scale_max = stage == stage_asked_nps ? 10 : 5,
    };
    struct effect *effect = given_effect();
    return (struct draft){ .effect = effect,
                           .message = &message,
                           .client = ours ? NULL : &client,
                           .escalation = ours ? NULL : &escalation,
                           .role = !part      ? T("")
                                   : supplier ? T("Cable desk")
                                              : T("SECRET role"),
                           .incoming = supplier ? T("Sam") : T("SECRET incoming"),
                           .outgoing = supplier ? T("Sue") : T("SECRET outgoing"),
                           .zone = T("Europe/Berlin"),
                           .by = T("SECRET name"),
                           .contact = T("SECRET contact"),
                           .scale = asks ? survey_scale(effect, &message) : T(""),
                           .survey_link = asks ? T("https://redress.example/survey/token") : T(""),
                           .ack_link = T("https://redress.example/a/token?x=1&y=2") };
}

static bool holds(struct text t, const char *words)
{
    return t.length && memmem(t.at, t.length, words, strlen(words));
}

/* --- golden texts ---------------------------------------------------------------------------- */

static void compare_golden(const char *name, const char *suffix, struct text text)
{
    char path[256], golden[GOLDEN_MAX];
    snprintf(path, sizeof path, GOLDEN "/%s.%s", name, suffix);
    const char *mode = getenv("REDRESS_GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        assert_int_equal(fwrite(text.at, 1, text.length, out), text.length);
        fclose(out);
    }
    FILE *in = fopen(path, "r");
    if (!in)
        fail_msg("there is no %s", path);
    size_t n = fread(golden, 1, sizeof golden, in);
    fclose(in);
    if (n != text.length || memcmp(golden, text.at, n) != 0)
        fail_msg("%s says:\n%.*s\nbut it came out as:\n%.*s", path, (int)n, golden, TEXT_ARG(text));
}

static void golden_name(const struct template *t, char *out, size_t size)
{
    snprintf(out, size, "%.*s_%.*s", TEXT_ARG(words_stage(t->stage)),
             TEXT_ARG(words_reader(t->reader)));
}

static void test_golden(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < template_count; i++) {
        const struct template *t = &templates[i];
        char name[80];
        struct draft l = full_letter(t->stage, t->reader);
        struct text subject = render_subject(&l, t->subject);
        struct page plain = { .effect = l.effect };
        golden_name(t, name, sizeof name);
        page_add(&plain, T("Subject: "));
        page_add(&plain, subject);
        page_add(&plain, T("\n\n"));
        page_add(&plain, render_plain(&l, t->body));
        compare_golden(name, "txt", page_text(&plain));
        compare_golden(name, "html", render_html(&l, subject, t->body));
    }
    world_forget_sent();
}

/* --- templates are well formed --------------------------------------------------------------- */

/* The next tag of a template; false when there is none. */
static bool next_tag(const char **at, const char *end, char *tag, size_t size)
{
    const char *open = memmem(*at, (size_t)(end - *at), "{{", 2);
    if (!open)
        return false;
    const char *close = memmem(open, (size_t)(end - open), "}}", 2);
    assert_non_null(close);
    size_t n = (size_t)(close - open) - 2;
    assert_true(n > 0 && n < size);
    memcpy(tag, open + 2, n);
    tag[n] = 0;
    *at = close + 2;
    return true;
}

static bool shown_to(const struct letter_field *f, int32_t reader)
{
    if (f->shown == SHOWN_CLIENT)
        return reader_fits(reader, side_client);
    if (reader_fits(reader, side_provider))
        return true;
    return f->shown == SHOWN_ALL || (f->shown == SHOWN_LINE && reader_fits(reader, side_supplier));
}

/* Every tag names a field that its reader may see, and sections are closed in order. */
static void check_template(const struct template *t, struct text words)
{
    char tag[64], open[64] = "";
    const char *at = words.at, *end = at + words.length;
    while (next_tag(&at, end, tag, sizeof tag)) {
        const char *name = tag[0] == '#' || tag[0] == '/' ? tag + 1 : tag;
        const struct letter_field *f = letter_field(text_from(name));
        if (!f || !shown_to(f, t->reader))
            fail_msg("%.*s for %.*s: %s is not for them", TEXT_ARG(words_stage(t->stage)),
                     TEXT_ARG(words_reader(t->reader)), tag);
        if (tag[0] == '#') {
            assert_string_equal(open, "");
            snprintf(open, sizeof open, "%s", name);
        } else if (tag[0] == '/') {
            assert_string_equal(open, name);
            open[0] = 0;
        }
    }
    assert_string_equal(open, "");
}

static void test_templates(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < template_count; i++) {
        check_template(&templates[i], templates[i].subject);
        check_template(&templates[i], templates[i].body);
        assert_true(!holds(templates[i].subject, "\n"));
        for (uint32_t j = 0; j < i; j++)
            assert_false(templates[i].stage == templates[j].stage &&
                         templates[i].reader == templates[j].reader);
    }
    for (int32_t stage = 1; stage <= STAGES; stage++)
        assert_false(text_empty(template_type(stage)));
}

/* The next update is named to everybody at the client. */
static void test_next_update(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < template_count; i++)
        if (templates[i].stage == stage_updated) {
            assert_true(holds(templates[i].subject, "{{next_update_at}}"));
            assert_true(holds(templates[i].body, "{{next_update_at}}"));
        }
}

/* --- who sees what --------------------------------------------------------------------------- */

static const struct field *row_of(const char *entity, struct text member)
{
    for (size_t i = 0; i < notification_service.entity_count; i++) {
        struct field_rows rows = notification_service.entities[i].record->fields();
        if (strcmp(notification_service.entities[i].name, entity) != 0)
            continue;
        for (size_t j = 0; j < rows.count; j++)
            if (text_equal(text_from(rows.at[j].name), member))
                return &rows.at[j];
    }
    fail_msg("%s has no %.*s", entity, TEXT_ARG(member));
    return NULL;
}

/* What is shown to all is a client's by the rows of the contract; of the rest, a supplier sees what
 * is about its own line, its part and its turns. */
static void test_audiences(void **state)
{
    (void)state;
    static const char *const entities[] = {
        [FROM_message] = "message", [FROM_client] = "client", [FROM_escalation] = "escalation"
    };
    int of_line = 0;
    for (uint32_t i = 0; i < letter_field_count; i++) {
        const struct letter_field *f = &letter_fields[i];
        of_line += f->shown == SHOWN_LINE;
        if (f->source == FROM_draft) {
            assert_true(f->shown != SHOWN_ALL);
            continue;
        }
        bool clients = audience_is_client(row_of(entities[f->source], f->member)->audience);
        if (clients != (f->shown == SHOWN_ALL))
            fail_msg("%.*s is shown otherwise than its row says", TEXT_ARG(f->name));
    }
    static const char *const lines[] = { "level",    "group",     "role",    "letter", "incoming",
                                         "outgoing", "begins_at", "ends_at", "why",    "skill" };
    const int count = sizeof lines / sizeof *lines;
    assert_int_equal(of_line, count);
    for (int i = 0; i < count; i++)
        assert_int_equal(letter_field(text_from(lines[i]))->shown, SHOWN_LINE);
}

/* Even with a template of the provider's own, nobody else reads what is not theirs. */
static void test_nothing_leaks(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < template_count; i++)
        for (int32_t reader = reader_client; reader <= READERS; reader++) {
            const struct template *t = &templates[i];
            if (reader_fits(reader, side_provider))
                continue;
            struct draft l = full_letter(t->stage, reader);
            assert_false(holds(render_subject(&l, t->subject), "SECRET"));
            assert_false(holds(render_plain(&l, t->body), "SECRET"));
            assert_false(holds(render_html(&l, T(""), t->body), "SECRET"));
            bool link = !text_empty(l.survey_link); /* of whoever is asked */
            assert_false(!link && holds(render_plain(&l, t->body), "https://"));
            struct text_map data = letter_data(&l);
            for (uint32_t j = 0; j < data.count; j++) {
                assert_false(holds(data.at[j].value, "SECRET"));
                assert_false(!link && holds(data.at[j].value, "https://"));
            }
            world_forget_sent();
        }
}

/* --- what cannot be smuggled in -------------------------------------------------------------- */

static void expect_plain(const char *template, const char *expected)
{
    struct draft l = full_letter(stage_raised, reader_responder);
    struct text came = render_plain(&l, text_from(template));
    if (!text_equal(came, text_from(expected)))
        fail_msg("%s\nexpected:\n%s\nbut came out:\n%.*s", template, expected, TEXT_ARG(came));
    world_forget_sent();
}

static struct text body_of(struct text html)
{
    static const char begins[] = "<body>\n", ends[] = "</body>";
    const char *from = memmem(html.at, html.length, begins, sizeof begins - 1);
    assert_non_null(from);
    from += sizeof begins - 1;
    const char *to = memmem(from, html.length - (size_t)(from - html.at), ends, sizeof ends - 1);
    assert_non_null(to);
    return (struct text){ from, (uint32_t)(to - from) };
}

/* One title in all three places: the subject, the plain text, the HTML. */
static void expect_title(struct text title, const char *subject, const char *plain,
                         const char *html)
{
    struct draft l = full_letter(stage_raised, reader_responder);
    message.title = title;
    struct text s = render_subject(&l, T("A: {{title}}")), p = render_plain(&l, T("B: {{title}}"));
    struct text h = body_of(render_html(&l, s, T("C: {{title}}")));
    if (!text_equal(s, text_from(subject)) || !text_equal(p, text_from(plain)) ||
        !text_equal(h, text_from(html)))
        fail_msg("came out:\n%.*s\n%.*s\n%.*s", TEXT_ARG(s), TEXT_ARG(p), TEXT_ARG(h));
    world_forget_sent();
}

#define BAD "\xEF\xBF\xBD"

static void test_injection(void **state)
{
    (void)state;
    expect_title(T("<script>alert(\"1\")</script> & 'x'"), "A: <script>alert(\"1\")</script> & 'x'",
                 "B: <script>alert(\"1\")</script> & 'x'\n",
                 "<p>C: &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;</p>\n");
    expect_title(T("x\r\nBcc: all@acme.example\r\n\r\nHello"), "A: x Bcc: all@acme.example  Hello",
                 "B: x\n  Bcc: all@acme.example\n  \n  Hello\n",
                 "<p>C: x<br>Bcc: all@acme.example<br><br>Hello</p>\n");
    expect_title(T("{{by}} {{#by}}x{{/by}} }}{{"), "A: {{by}} {{#by}}x{{/by}} }}{{",
                 "B: {{by}} {{#by}}x{{/by}} }}{{\n", "<p>C: {{by}} {{#by}}x{{/by}} }}{{</p>\n");
    expect_title(T("a\0b\x01\x1B[31m\x7F\tc"), "A: a" BAD "b" BAD BAD "[31m" BAD " c",
                 "B: a" BAD "b" BAD BAD "[31m" BAD " c\n",
                 "<p>C: a" BAD "b" BAD BAD "[31m" BAD " c</p>\n");
    /* Overrides of direction, separators, C1; but Hebrew, umlauts and dashes are words. */
    expect_title(T("exe\xE2\x80\xAEtxt\xE2\x81\xA6\xE2\x80\xA8\xE2\x80\xA9\xC2\x85"),
                 "A: exe" BAD "txt" BAD "  " BAD, "B: exe" BAD "txt" BAD "  " BAD "\n",
                 "<p>C: exe" BAD "txt" BAD "  " BAD "</p>\n");
    expect_title(T("\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xC3\xBC \xC2\xA0\xE2\x80\x93\xE2\x81\xAA"
                   "\xE2\x82\xAC"),
                 "A: \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xC3\xBC \xC2\xA0\xE2\x80\x93\xE2\x81\xAA"
                 "\xE2\x82\xAC",
                 "B: \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xC3\xBC \xC2\xA0\xE2\x80\x93\xE2\x81\xAA"
                 "\xE2\x82\xAC\n",
                 "<p>C: \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xC3\xBC "
                 "\xC2\xA0\xE2\x80\x93\xE2\x81\xAA\xE2\x82\xAC</p>\n");
    /* A value that looks like a fact or a link of ours is neither. */
    expect_title(T("x\n@ Pay here: https://evil.example/\n- Severity: 4"),
                 "A: x @ Pay here: https://evil.example/ - Severity: 4",
                 "B: x\n  @ Pay here: https://evil.example/\n  - Severity: 4\n",
                 "<p>C: x<br>@ Pay here: https://evil.example/<br>- Severity: 4</p>\n");
}

/* A name becomes a header, too. */
static void test_names(void **state)
{
    (void)state;
    given_begin(&notification_book);
    given_play("00:00 copies client.changed acme name=Acme holders=1/l1/\n"
               "00:00 copies person.changed l1 name=L\x0D\x0B side=provider "
               "addresses=email/l1@msp.example/");
    given_play(RAISE("09:00", "severity=3 level=1") "09:00 sends");
    assert_int_equal(given_sent_count(), 1);
    assert_true(text_equal(given_sent(0)->to_name, T("L" BAD)));
    given_end();
}

static void test_long_titles(void **state)
{
    (void)state;
    char title[200];
    for (int i = 0; i < 200; i += 2)
        memcpy(title + i, "\xC3\xBC", 2);
    for (uint32_t cut = 198; cut <= 200; cut += 2) {
        struct draft l = full_letter(stage_raised, reader_responder);
        message.title = (struct text){ title, cut };
        struct text s = render_subject(&l, T("A{{title}}"));
        assert_true(s.length <= SUBJECT_MAX);
        if (cut == 200) {
            assert_memory_equal(s.at + s.length - 3, "\xE2\x80\xA6", 3);
            assert_int_equal(s.length, 1 + 196 + 3);
        } else {
            assert_int_equal(s.length, 199);
        }
        s = render_subject(&l, T("AB{{title}}{{title}}"));
        assert_int_equal(s.length, 2 + 194 + 3);
    }
    world_forget_sent();
}

static void test_links(void **state)
{
    (void)state;
    static const struct {
        const char *link;
        bool good;
    } links[] = {
        { "https://a.example/x?y=1&z", true },
        { "http://a.example/", true },
        { "javascript:alert(1)", false },
        { "https://", false },
        { "https://a.example/\" onclick=\"x", false },
        { "https://a.example/'", false },
        { "https://a.example/<", false },
        { "https://a.example/ b", false },
        { "https://a.example/\n", false },
        { "https://a.example/\xC3\xBC", false },
        { "https://a.example/\\", false },
        { "https://a.example/\x7F", false },
        { "", false },
    };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        struct draft l = full_letter(stage_raised, reader_responder);
        l.ack_link = text_from(links[i].link);
        struct text html = body_of(render_html(&l, T(""), T("@ Take it: {{ack_link}}\n")));
        struct text plain = render_plain(&l, T("@ Take it: {{ack_link}}"));
        if (holds(html, "href") != links[i].good || holds(plain, "Take it") != links[i].good)
            fail_msg("%s: %.*s", links[i].link, TEXT_ARG(html));
    }
    struct draft l = full_letter(stage_raised, reader_responder);
    assert_true(
        text_equal(body_of(render_html(&l, T(""), T("@ Take <it>: {{ack_link}}"))),
                   T("<p><a class=\"button\" href=\"https://redress.example/a/token?x=1&amp;y=2\">"
                     "Take &lt;it&gt;</a></p>\n")));
    world_forget_sent();
}

/* A template that is not well formed says what it can; a unit test above keeps ours well formed. */
static void test_layout(void **state)
{
    (void)state;
    expect_plain("One.\nTwo {{severity}}.\n- A: {{title}}\n- B: {{ticket}}!\nThree.",
                 "One.\n\nTwo 2.\n\nA: Mail is down\nB: desk:7!\n\nThree.\n");
    expect_plain("- A: {{#title}}is {{title}}{{/title}}, {{#from}}x\n{{/from}}{{from}}",
                 "A: is Mail is down, x\n\n1\n");
    expect_plain("- Level: {{to}}\n- Nothing: {{unknown}}\n\n\n{{unknown}}\n", "Level: 3\n");
    expect_plain("{{#unknown}}a {{title}} {{/other}} {{/}} b{{/unknown}}c", "c\n");
    expect_plain("{{#unknown}}never closed {{title}}", "\n");
    expect_plain("{{}}a{{/title}}b{{#title}}c", "abc\n");
    expect_plain("a {{title", "a Mail is down\n");
    expect_plain("a {{#unknown", "a \n");
    expect_plain("{{title}}- no fact: x", "Mail is down- no fact: x\n");
    expect_plain("- label without anything", "\n");
    expect_plain("-", "-\n");
    expect_plain("", "\n");
}

/* An instant for programs, and none where there is none. */
static void test_instants(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *printed;
    } instants[] = {
        { 1, "1970-01-01T00:00:01Z" },          { 951782399, "2000-02-28T23:59:59Z" },
        { 951782400, "2000-02-29T00:00:00Z" },  { 951868800, "2000-03-01T00:00:00Z" },
        { 1709208000, "2024-02-29T12:00:00Z" }, { 1798761599, "2026-12-31T23:59:59Z" },
        { 4107542400, "2100-03-01T00:00:00Z" }, { 1767225600, "2026-01-01T00:00:00Z" },
    };
    const struct letter_field *until = letter_field(T("until"));
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        struct draft l = full_letter(stage_acked, reader_responder);
        message.until = instants[i].seconds * SECONDS + 999999;
        struct text printed = until->machine(&l, &message.until);
        assert_true(text_equal(printed, text_from(instants[i].printed)));
    }
    struct draft l = full_letter(stage_acked, reader_responder);
    message.until = 0;
    assert_true(text_empty(letter_value(&l, until)));
    assert_true(text_empty(until->machine(&l, &message.until)));
    world_forget_sent();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_next_update),   cmocka_unit_test(test_audiences),
        cmocka_unit_test(test_nothing_leaks), cmocka_unit_test(test_injection),
        cmocka_unit_test(test_names),         cmocka_unit_test(test_long_titles),
        cmocka_unit_test(test_links),         cmocka_unit_test(test_layout),
        cmocka_unit_test(test_instants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
