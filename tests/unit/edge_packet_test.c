/* edge_packet_test: what is handed over with a shift: what is asked for it, what it comes to, and
 * how it looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/msg/msg.h"
#include "services/edge/packet.h"

struct said {
    const char *query, *rows;
};

#define AT(time) "2026-03-0" time ":00.000000Z"

/* Bob, in Berlin, comes on duty at 08:00 UTC for eight hours; acme and globex are served. */
static const struct said full[] = {
    { "catalog.handover",
      "[{'roster': 'net', 'group': 'Network', 'at': '@2T09:00', 'from': '@2T08:00', 'to': "
      "'@2T16:00', 'incoming': 'bob', 'incoming_name': 'Bob <b>', 'outgoing': 'ann', "
      "'outgoing_name': 'Ann', 'zone': 'Europe/Berlin', 'state': 'waiting', 'accept_by': "
      "'@2T08:30', 'tzdata': '2025b'}]" },
    { "catalog.clients",
      "[{'id': 'acme', 'name': 'Acme & Sons', 'zone': 'Pacific/Auckland'}, {'id': 'globex', "
      "'name': 'Globex', 'zone': 'No/Where'}, {'id': 'other', 'name': 'Other'}]" },
    { "catalog.people", "[{'id': 'ann', 'name': 'Ann'}, {'id': 'bob', 'name': 'Bob <b>'}]" },
    { "catalog.served", "[{'client': 'acme', 'by': 'delivery', 'services': [{'service': 'web'}, "
                        "{'service': 'mail'}]}, {'client': 'globex', 'by': 'role'}]" },
    { "catalog.risks",
      "[{'id': 'k1', 'name': 'Small', 'state': 'open', 'probability': 1, 'impact': 2, 'owner': "
      "'ann'}, {'id': 'k2', 'name': 'Great', 'state': 'mitigating', 'probability': 5, 'impact': 5, "
      "'client': 'acme', 'owner': 'zoe', 'mitigation': 'Ask'}, {'id': 'k3', 'name': 'Of mail', "
      "'state': 'accepted', 'probability': 1, 'impact': 2, 'service': 'mail', 'owner': 'ann'}, "
      "{'id': 'k4', 'name': 'Of fax', 'state': 'open', 'probability': 4, 'impact': 4, 'service': "
      "'fax', 'owner': 'ann'}, {'id': 'k5', 'name': 'Closed', 'state': 'closed', 'probability': 5, "
      "'impact': 5, 'owner': 'ann'}, {'id': 'k6', 'name': 'Of other', 'state': 'open', "
      "'probability': 5, 'impact': 5, 'client': 'other', 'owner': 'ann'}]" },
    { "catalog.announced",
      "[{'id': 'c1', 'name': 'Second', 'from': '@2T12:00', 'to': '@2T13:00', 'owner': 'ann'}, "
      "{'id': 'c2', 'name': 'Theirs', 'from': '@2T12:00', 'to': '@2T13:00', 'owner': 'ann'}, "
      "{'id': 'c3', 'name': 'First', 'from': '@2T07:00', 'to': '@2T09:00', 'owner': 'ann'}]" },
    { "catalog.affected:c1", "[{'client': 'other'}, {'client': 'globex'}]" },
    { "catalog.affected:c2", "[{'client': 'other'}]" },
    { "catalog.affected:c3", "[]" },
    { "escalation.owed",
      "[{'escalation': 'e0', 'client': 'globex', 'title': 'Nothing due', 'level': 1, 'severity': "
      "4, 'kind': 'management', 'cause': 'hand', 'raised_at': '@1T00:00'}, {'escalation': 'e1', "
      "'client': 'acme', 'title': 'Slow', 'level': 2, 'severity': 2, 'kind': 'management', "
      "'cause': 'hand', 'raised_at': '@1T00:00', 'acked_by': 'person:ann', 'acked_until': "
      "'@2T08:15', 'next_update_at': '@2T10:00', 'promises': [{'number': 1, 'promised': 'A plan', "
      "'until': '@2T16:00'}, {'number': 2, 'promised': 'A call', 'until': '@1T09:00', 'missed_at': "
      "'@1T09:00'}, {'number': 3, 'promised': 'A word', 'until': '@2T07:59'}]}, {'escalation': "
      "'e2', 'client': 'globex', 'title': 'Late', 'level': 3, 'severity': 1, 'kind': 'management', "
      "'cause': 'threshold', 'raised_at': '@1T00:00', 'resolved_at': '@2T06:00', 'next_update_at': "
      "'@2T08:00', 'update_overdue': true}, {'escalation': 'e3', 'client': 'other', 'title': "
      "'Silent', 'level': 1, 'severity': 3, 'kind': 'hierarchical', 'cause': 'silence', 'group': "
      "'Network', 'raised_at': '@1T00:00', 'next_update_at': '@3T00:00'}, {'escalation': 'e4', "
      "'client': 'other', 'title': 'Theirs', 'level': 1, 'severity': 3, 'kind': 'management', "
      "'cause': 'hand', 'raised_at': '@1T00:00', 'next_update_at': '@2T09:00'}]" },
    { "sip.programmes",
      "[{'id': 's1', 'client': 'acme', 'title': 'Better', 'state': 'executing', 'manager': 'ann', "
      "'rag': 'amber', 'trend': 'same', 'next_review': '2026-03-03'}, {'id': 's2', 'client': "
      "'globex', 'title': 'Faster', 'state': 'executing', 'manager': 'zoe', 'next_review': "
      "'2026-03-02'}, {'id': 's3', 'client': 'globex', 'title': 'Tomorrow', 'state': 'executing', "
      "'manager': 'zoe', 'next_review': '2026-03-03'}, {'id': 's4', 'client': 'globex', 'title': "
      "'Never', 'state': 'launched', 'manager': 'zoe'}, {'id': 's5', 'client': 'other', 'title': "
      "'Theirs', 'state': 'executing', 'manager': 'zoe', 'next_review': '2026-03-02'}]" },
    { "sip.actions",
      "[{'due': '2026-03-01', 'client': 'globex', 'programme': 's2', 'number': 1, 'words': "
      "'Passed', 'state': 'wip', 'owner': 'bob'}, {'due': '2026-03-02', 'client': 'globex', "
      "'programme': 's2', 'number': 2, 'words': 'Do it', 'state': 'wip', 'owner': 'bob'}, {'due': "
      "'2026-03-02', 'client': 'other', 'programme': 's5', 'number': 1, 'words': 'Theirs', "
      "'state': 'wip', 'owner': 'bob'}]" },
    { "kpi.risk", "[{'client': 'other', 'score': 90, 'level': 'red', 'reasons': []}, {'client': "
                  "'acme', 'score': 80, 'level': 'red', 'renewal': '2026-06-30', 'reasons': "
                  "[{'what': 'nps', 'points': 40, 'words': 'Ann gave 2'}, {'what': 'sla', "
                  "'points': 40}]}, {'client': 'globex', 'score': 40, 'level': 'amber'}]" },
    { NULL, NULL },
};

/* Nobody comes, for good; the group serves nobody in particular; nothing is due. */
static const struct said empty[] = {
    { "catalog.handover", "[{'roster': 'net', 'name': 'Nights', 'group': 'Network', 'at': "
                          "'@2T09:00', 'from': '@1T08:00', 'zone': 'UTC', 'state': 'unasked'}]" },
    { "sip.programmes", "[{'id': 's1', 'client': 'new', 'title': 'T', 'state': 'executing', "
                        "'manager': 'ann', 'next_review': '2026-03-09'}]" },
    { "kpi.risk", "[{'client': 'new', 'score': 80, 'level': 'red'}]" },
    { "catalog.risks", "[{'id': 'k', 'name': 'R', 'state': 'open', 'probability': 1, 'impact': 1, "
                       "'service': 'fax', 'owner': 'ann'}]" },
    { NULL, NULL },
};

static const struct said none[] = { { NULL, NULL } };

/* What stands for more, so that a row of answers fits on a line. */
static void expand(const char *words, FILE *out)
{
    static const struct {
        char mark;
        const char *members;
    } clients[] = {
        { 'a', "'client': 'acme', 'client_name': 'Acme & Sons'" },
        { 'g', "'client': 'globex', 'client_name': 'Globex'" },
        { 'o', "'client': 'other', 'client_name': 'Other'" },
    };
    char name[40], local[40];
    int length;
    for (; *words; words++) {
        if (*words == '@') { /* "@2T09:00" */
            fprintf(out, "2026-03-0%.7s:00.000000Z", words + 1);
            words += strlen("2T09:00");
        } else if (*words == '~') { /* "~due_at|2T09:00|Mon 2 Mar 2026 10:00 CET~" */
            char at[8];
            assert_int_equal(sscanf(words, "~%39[^|]|%7[^|]|%39[^~]~%n", name, at, local, &length),
                             3);
            fprintf(out, "'%s': '2026-03-0%s:00.000000Z', '%s_local': '%s'", name, at, name, local);
            words += length - 1;
        } else if (*words == '%') { /* "%a" */
            words++;
            for (size_t i = 0; i < sizeof clients / sizeof *clients; i++)
                if (clients[i].mark == *words)
                    fputs(clients[i].members, out);
        } else {
            fputc(*words, out);
        }
    }
}

static json_t *loaded(const char *words)
{
    char text[8000] = "";
    json_error_t error;
    FILE *out = fmemopen(text, sizeof text, "w");
    expand(words, out);
    fclose(out);
    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json_t *value = json_loads(text, 0, &error);
    if (!value)
        fail_msg("%s: %s", text, error.text);
    return value;
}

/* The answer to a question; what is not said has no rows. */
static json_t *answer(const struct said *said, const struct packet_ask *ask)
{
    const char *change = json_string_value(json_object_get(ask->parameters, "change"));
    char name[80];
    snprintf(name, sizeof name, "%s%s%s", ask->query, change ? ":" : "", change ? change : "");
    for (; said->query; said++)
        if (strcmp(said->query, name) == 0)
            return loaded(said->rows);
    return json_array();
}

/* Everything asked, a line each: the query and its parameters. */
static struct packet *made(const struct said *said, const char *at, char *ret_asked, size_t size)
{
    struct packet *p = packet_begin(text_from("net"), text_from(at));
    struct packet_ask ask;
    size_t used = 0;
    assert_non_null(p);
    ret_asked[0] = 0;
    while (packet_ask(p, &ask)) {
        json_t *rows = answer(said, &ask);
        char *words = json_dumps(ask.parameters, JSON_COMPACT);
        used += (size_t)snprintf(ret_asked + used, size - used, "%s %s %s\n", ask.service,
                                 ask.query, words);
        assert_true(used < size);
        packet_take(p, rows);
        free(words);
        json_decref(rows);
    }
    return p;
}

static json_t *document_of(const struct said *said)
{
    char asked[2000];
    int64_t now;
    struct packet *p = made(said, "", asked, sizeof asked);
    assert_true(packet_found(p));
    assert_int_equal(instant_parse(text_from(AT("2T07:30")), &now), 0);
    json_t *document = packet_document(p, now);
    packet_end(&p);
    assert_null(p);
    return document;
}

static void is_same(const json_t *document, const char *name, const char *wanted)
{
    json_t *is = json_object_get(document, name), *should = loaded(wanted);
    if (!json_equal(is, should)) {
        char *words = json_dumps(is, JSON_ENCODE_ANY | JSON_SORT_KEYS);
        fail_msg("%s is\n%s\nand should be\n%s", name, words, wanted);
    }
    json_decref(should);
}

static void is_in(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("\"%s\" is not in\n%s", wanted, text);
}

/* The page without the names of columns that each cell has for narrow screens. */
static char *page_of(const json_t *document, const char *style)
{
    static const char label[] = " data-label=\"";
    char *page = packet_html(document, style), *at = page;
    while ((at = strstr(at, label))) {
        const char *rest = strchr(at + strlen(label), '"') + 1;
        memmove(at, rest, strlen(rest) + 1);
    }
    return page;
}

static void test_what_is_asked(void **state)
{
    char asked[2000];
    (void)state;
    struct packet *p = made(full, AT("2T09:00"), asked, sizeof asked);
    assert_string_equal(
        asked,
        "catalog catalog.handover "
        "{\"roster\":\"net\",\"at\":\"2026-03-02T09:00:00.000000Z\"}\ncatalog "
        "catalog.clients {}\ncatalog catalog.people {}\ncatalog catalog.served "
        "{\"group\":\"Network\",\"at\":\"2026-03-02T08:00:00.000000Z\"}\ncatalog catalog.risks "
        "{}\ncatalog "
        "catalog.announced "
        "{\"from\":\"2026-03-02T08:00:00.000000Z\",\"to\":\"2026-03-02T16:00:00.000000Z\"}"
        "\ncatalog catalog.affected "
        "{\"change\":\"c1\"}\ncatalog catalog.affected {\"change\":\"c2\"}\ncatalog "
        "catalog.affected {\"change\":\"c3\"}\nescalation escalation.owed {}\nsip sip.programmes "
        "{}\nsip sip.actions {\"until\":\"2026-03-03\"}\nkpi kpi.risk {}\n");
    packet_end(&p);
    p = made(none, "", asked, sizeof asked);
    assert_string_equal(asked, "catalog catalog.handover {\"roster\":\"net\"}\n");
    assert_false(packet_found(p));
    packet_end(&p);
    packet_end(&p);
}

static void test_what_is_owed(void **state)
{
    (void)state;
    json_t *d = document_of(full);
    is_same(d, "promises",
            "[{%a, 'escalation': 'e1', 'title': 'Slow', 'what': 'promise', 'number': 2, "
            "'promised': 'A call', 'when': 'overdue', ~due_at|1T09:00|Sun 1 Mar 2026 10:00 CET~}, "
            "{%g, 'escalation': 'e2', 'title': 'Late', 'what': 'update', 'when': 'overdue', "
            "~due_at|2T08:00|Mon 2 Mar 2026 09:00 CET~}, {%a, 'escalation': 'e1', 'title': 'Slow', "
            "'what': 'update', 'when': 'in_shift', ~due_at|2T10:00|Mon 2 Mar 2026 11:00 CET~}]");
    is_same(d, "escalations",
            "[{%a, 'escalation': 'e1', 'title': 'Slow', 'level': 2, 'severity': 2, 'kind': "
            "'management', 'cause': 'hand', 'acked_by': 'person:ann', 'when': 'overdue', "
            "~raised_at|1T00:00|Sun 1 Mar 2026 01:00 CET~, ~acked_until|2T08:15|Mon 2 Mar 2026 "
            "09:15 CET~, ~due_at|1T09:00|Sun 1 Mar 2026 10:00 CET~}, {%g, 'escalation': 'e2', "
            "'title': 'Late', 'level': 3, 'severity': 1, 'kind': 'management', 'cause': "
            "'threshold', 'when': 'overdue', ~raised_at|1T00:00|Sun 1 Mar 2026 01:00 CET~, "
            "~resolved_at|2T06:00|Mon 2 Mar 2026 07:00 CET~, ~due_at|2T08:00|Mon 2 Mar 2026 09:00 "
            "CET~}, {%o, 'escalation': 'e3', 'title': 'Silent', 'level': 1, 'severity': 3, 'kind': "
            "'hierarchical', 'cause': 'silence', 'when': 'later', ~raised_at|1T00:00|Sun 1 Mar "
            "2026 01:00 CET~, ~due_at|3T00:00|Tue 3 Mar 2026 01:00 CET~}, {%g, 'escalation': 'e0', "
            "'title': 'Nothing due', 'level': 1, 'severity': 4, 'kind': 'management', 'cause': "
            "'hand', 'when': 'none', ~raised_at|1T00:00|Sun 1 Mar 2026 01:00 CET~}]");
    json_decref(d);
}

static void test_the_rest(void **state)
{
    (void)state;
    json_t *d = document_of(full);
    /* Where acme is, the third begins within the shift. */
    is_same(d, "reviews",
            "[{'day': '2026-03-02', %g, 'programme': 's2', 'title': 'Faster', 'state': "
            "'executing', 'manager': 'zoe', 'manager_name': 'zoe'}, {'day': '2026-03-03', %a, "
            "'programme': 's1', 'title': 'Better', 'state': 'executing', 'rag': 'amber', 'trend': "
            "'same', 'manager': 'ann', 'manager_name': 'Ann'}]");
    is_same(d, "actions",
            "[{'day': '2026-03-02', %g, 'programme': 's2', 'title': 'Faster', 'number': 2, "
            "'words': 'Do it', 'state': 'wip', 'owner': 'bob', 'owner_name': 'Bob <b>'}]");
    is_same(
        d, "changes",
        "[{'change': 'c3', 'name': 'First', 'owner': 'ann', 'owner_name': 'Ann', 'clients': [], "
        "~from|2T07:00|Mon 2 Mar 2026 08:00 CET~, ~to|2T09:00|Mon 2 Mar 2026 10:00 CET~}, "
        "{'change': 'c1', 'name': 'Second', 'owner': 'ann', 'owner_name': 'Ann', 'clients': [{%o}, "
        "{%g}], ~from|2T12:00|Mon 2 Mar 2026 13:00 CET~, ~to|2T13:00|Mon 2 Mar 2026 14:00 CET~}]");
    is_same(
        d, "risks",
        "[{'risk': 'k2', 'name': 'Great', 'state': 'mitigating', 'probability': 5, 'impact': 5, "
        "%a, 'mitigation': 'Ask', 'owner': 'zoe', 'owner_name': 'zoe'}, {'risk': 'k1', 'name': "
        "'Small', 'state': 'open', 'probability': 1, 'impact': 2, 'owner': 'ann', 'owner_name': "
        "'Ann'}, {'risk': 'k3', 'name': 'Of mail', 'state': 'accepted', 'probability': 1, "
        "'impact': 2, 'service': 'mail', 'owner': 'ann', 'owner_name': 'Ann'}]");
    is_same(d, "clients_at_risk",
            "[{%a, 'score': 80, 'level': 'red', 'renewal': '2026-06-30', 'reasons': [{'what': "
            "'nps', 'points': 40, 'words': 'Ann gave 2'}, {'what': 'sla', 'points': 40}]}]");
    is_same(d, "clients", "[{%a, 'by': 'delivery'}, {%g, 'by': 'role'}]");
    assert_true(json_is_false(json_object_get(d, "all_clients")));
    assert_string_equal(json_string_value(json_object_get(d, "name")), "net");
    json_decref(d);
}

/* Nothing narrows, and nobody comes: all of it, for a week. */
static void test_nothing(void **state)
{
    (void)state;
    json_t *d = document_of(empty);
    char *heading = packet_heading(d);
    assert_string_equal(
        heading, "Nobody comes on duty for Network: from Sun 1 Mar 2026 08:00 UTC, without an end; "
                 "this is about the time until Mon 9 Mar 2026 09:00 UTC.\nIt needs no word of "
                 "acceptance.\nIt is about all clients: the catalog does not say whom the group "
                 "serves.\nTimes are those of UTC. Made Mon 2 Mar 2026 07:30 UTC.\n");
    is_same(d, "reviews",
            "[{'day': '2026-03-09', 'client': 'new', 'client_name': 'new', 'programme': 's1', "
            "'title': 'T', 'state': 'executing', 'manager': 'ann', 'manager_name': 'ann'}]");
    is_same(d, "clients_at_risk",
            "[{'client': 'new', 'client_name': 'new', 'score': 80, 'level': 'red'}]");
    assert_int_equal(json_array_size(json_object_get(d, "risks")), 1);
    is_same(d, "promises", "[]");
    char *page = page_of(d, NULL);
    is_in(page, "<h2>Due to clients in this shift</h2>\n<p class=\"muted\">Nothing is due to a "
                "client in this shift.</p>\n");
    is_in(page, "<p class=\"muted\">No escalation is open.</p>");
    is_in(page, "<td>R</td><td>All who have fax</td>");
    is_in(page, "<style>\n:root");
    free(page);
    free(heading);
    json_decref(d);
}

static void test_as_a_page(void **state)
{
    (void)state;
    json_t *d = document_of(full);
    char *page = page_of(d, "/report.css"), *whole = packet_html(d, NULL);
    is_in(page,
          "<title>Hand-over of net</title>\n<link rel=\"stylesheet\" href=\"/report.css\">\n");
    is_in(page, "<h1>Hand-over of net</h1>\n<p>Bob &lt;b&gt; comes on duty for Network, Ann goes: "
                "from Mon 2 Mar 2026 09:00 CET until Mon 2 Mar 2026 17:00 CET.</p>\n<p>It is not "
                "accepted yet, and is to be by Mon 2 Mar 2026 09:30 CET.</p>\n<p>It is about the "
                "clients that the group serves: Acme &amp; Sons, Globex.</p>\n<p>Times are those "
                "of Europe/Berlin. Made Mon 2 Mar 2026 08:30 CET.</p>\n");
    is_in(page, "<tr><td>Sun 1 Mar 2026 10:00 CET, overdue</td><td>Acme &amp; Sons</td><td>A "
                "call</td><td>Slow</td><td>e1</td></tr>\n<tr><td>Mon 2 Mar 2026 09:00 CET, "
                "overdue</td><td>Globex</td><td>The next update</td><td>Late</td>");
    is_in(page, "<tr><td>nothing</td><td>Globex</td><td>Nothing "
                "due</td><td>1</td><td>4</td><td></td><td>e0</td></tr>");
    is_in(page, "<td>Mon 2 Mar 2026 11:00 CET, in this shift</td>");
    is_in(page, "<td>Second</td><td>Other, Globex</td><td>Ann</td>");
    is_in(page, "<td>Great</td><td>Acme &amp; Sons</td><td>5 of 5, 5 of "
                "5</td><td>Mitigating</td><td>Ask</td><td>zoe</td>");
    is_in(page, "<td>Small</td><td>All</td>");
    is_in(page, "<td>80</td><td>Ann gave 2, sla</td><td>2026-06-30</td>");
    is_in(whole, "<td data-label=\"Risk\">Small</td><td data-label=\"Threatens\">All</td>");
    free(whole);
    assert_null(strstr(page, "<b>"));
    assert_null(strstr(page, "Theirs"));
    free(page);
    json_decref(d);
}

/* What is said of every state. */
static void test_states(void **state)
{
    static const struct {
        const char *state, *words;
    } states[] = {
        { "missed", "It was not accepted in time: Ann stays on duty until it is.\n" },
        { "accepted", "It was accepted: Mon 2 Mar 2026 09:10 CET.\n" },
        { "ahead", "It has not begun.\n" },
        { "over", "It is over.\n" },
        { "unasked", "It needs no word of acceptance.\n" },
    };
    (void)state;
    json_t *d = document_of(full);
    json_object_set_new(d, "accepted_at_local", json_string("Mon 2 Mar 2026 09:10 CET"));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        json_object_set_new(d, "state", json_string(states[i].state));
        char *heading = packet_heading(d);
        is_in(heading, states[i].words);
        free(heading);
    }
    json_decref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_asked), cmocka_unit_test(test_what_is_owed),
        cmocka_unit_test(test_the_rest),      cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_as_a_page),     cmocka_unit_test(test_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
