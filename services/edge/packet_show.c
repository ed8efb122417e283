/* packet_show: a hand-over as people read it; see packet.h. What stands where is said once, in
 * tables that the page and the command line read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/edge/chart_draw.h"
#include "services/edge/packet.h"
#include "services/edge/sip_report.h"
#include "services/edge/svg.h"

enum { CELL_BYTES = 1200, COLUMNS_MAX = 8 };

/* --- cells ---------------------------------------------------------------------------------------
 */

/* What stands in a cell, of a row and one of its members. */
typedef void cell_fn(const json_t *row, const char *member, char out[static CELL_BYTES]);

static void cell_text(const json_t *row, const char *member, char out[static CELL_BYTES])
{
    snprintf(out, CELL_BYTES, "%s", chart_text(row, member));
}

static void cell_words(const json_t *row, const char *member, char out[static CELL_BYTES])
{
    chart_words(chart_text(row, member), out, CELL_BYTES);
}

static void cell_number(const json_t *row, const char *member, char out[static CELL_BYTES])
{
    snprintf(out, CELL_BYTES, "%lld", (long long)json_integer_value(json_object_get(row, member)));
}

/* "Mon 23 Nov 2026 09:00 CET, overdue" */
static void cell_due(const json_t *row, const char *member, char out[static CELL_BYTES])
{
    const char *when = chart_text(row, "when"), *due = chart_text(row, member);
    snprintf(out, CELL_BYTES, "%s%s", *due ? due : "nothing",
             strcmp(when, "overdue") == 0    ? ", overdue"
             : strcmp(when, "in_shift") == 0 ? ", in this shift"
                                             : "");
}

static void cell_promised(const json_t *row, const char *member, char out[static CELL_BYTES])
{
    const char *words = chart_text(row, member);
    snprintf(out, CELL_BYTES, "%s", *words ? words : "The next update");
}

static void cell_weight(const json_t *row, const char *member, char out[static CELL_BYTES])
{
    (void)member;
    snprintf(out, CELL_BYTES, "%lld of 5, %lld of 5",
             (long long)json_integer_value(json_object_get(row, "probability")),
             (long long)json_integer_value(json_object_get(row, "impact")));
}

/* Whom something is about: nobody named is everybody. */
static void cell_whom(const json_t *row, const char *member, char out[static CELL_BYTES])
{
    const char *service = chart_text(row, "service"), *client = chart_text(row, member);
    if (*client)
        snprintf(out, CELL_BYTES, "%s", client);
    else
        snprintf(out, CELL_BYTES, "%s%s", *service ? "All who have " : "All", service);
}

/* The elements of a list by one of their texts: clients by name, reasons by their words. */
static void cell_list(const json_t *row, const char *member, char out[static CELL_BYTES])
{
    bool reasons = strcmp(member, "reasons") == 0;
    const json_t *one;
    size_t i, used = 0;
    out[0] = 0;
    json_array_foreach(json_object_get(row, member), i, one)
    {
        const char *words = chart_text(one, reasons ? "words" : "client_name");
        if (!*words)
            words = chart_text(one, "what");
        if (used < CELL_BYTES)
            used += (size_t)snprintf(out + used, CELL_BYTES - used, "%s%s", i ? ", " : "", words);
    }
}

/* --- parts ---------------------------------------------------------------------------------------
 */

struct column {
    const char *member;
    cell_fn *cell;
};

static const struct part {
    const char *name, *title, *none;
    const char *titles[COLUMNS_MAX]; /* of the columns, ends with NULL */
    struct column columns[COLUMNS_MAX];
} parts[] = {
    { "promises",
      "Due to clients in this shift",
      "Nothing is due to a client in this shift.",
      { "Due", "Client", "What", "Escalation", "Id" },
      { { "due_at_local", cell_due },
        { "client_name", cell_text },
        { "promised", cell_promised },
        { "title", cell_text },
        { "escalation", cell_text } } },
    { "escalations",
      "Open escalations",
      "No escalation is open.",
      { "Due next", "Client", "Escalation", "Level", "Severity", "Taken by", "Id" },
      { { "due_at_local", cell_due },
        { "client_name", cell_text },
        { "title", cell_text },
        { "level", cell_number },
        { "severity", cell_number },
        { "acked_by", cell_text },
        { "escalation", cell_text } } },
    { "reviews",
      "Reviews of improvement programmes",
      "No review is due in this shift.",
      { "Day", "Client", "Programme", "Health", "Led by" },
      { { "day", cell_text },
        { "client_name", cell_text },
        { "title", cell_text },
        { "rag", cell_words },
        { "manager_name", cell_text } } },
    { "actions",
      "Actions of improvement programmes",
      "No action is due in this shift.",
      { "Day", "Client", "Action", "State", "Owner" },
      { { "day", cell_text },
        { "client_name", cell_text },
        { "words", cell_text },
        { "state", cell_words },
        { "owner_name", cell_text } } },
    { "changes",
      "Announced changes",
      "No announced change touches this shift.",
      { "From", "Until", "Change", "Clients", "Owner" },
      { { "from_local", cell_text },
        { "to_local", cell_text },
        { "name", cell_text },
        { "clients", cell_list },
        { "owner_name", cell_text } } },
    { "risks",
      "Known risks",
      "No risk is known.",
      { "Risk", "Threatens", "Probability, impact", "State", "What is done", "Owner" },
      { { "name", cell_text },
        { "client_name", cell_whom },
        { "probability", cell_weight },
        { "state", cell_words },
        { "mitigation", cell_text },
        { "owner_name", cell_text } } },
    { "clients_at_risk",
      "Clients that may be lost",
      "No client's risk is red.",
      { "Client", "Score", "Why", "Contract ends" },
      { { "client_name", cell_text },
        { "score", cell_number },
        { "reasons", cell_list },
        { "renewal", cell_text } } },
};

bool packet_part(const json_t *document, size_t i, struct packet_part *ret)
{
    char words[CELL_BYTES];
    const json_t *row;
    size_t n;
    if (i >= sizeof parts / sizeof *parts)
        return false;
    const struct part *p = &parts[i];
    *ret = (struct packet_part){
        .title = p->title, .none = p->none, .columns = p->titles, .rows = json_array()
    };
    json_array_foreach(json_object_get(document, p->name), n, row)
    {
        json_t *out = json_object();
        for (size_t c = 0; p->titles[c]; c++) {
            p->columns[c].cell(row, p->columns[c].member, words);
            json_object_set_new(out, p->titles[c], json_string(words));
        }
        json_array_append_new(ret->rows, out);
    }
    return true;
}

/* --- the heading ---------------------------------------------------------------------------------
 */

void packet_title(const json_t *document, char out[static PACKET_TITLE])
{
    snprintf(out, PACKET_TITLE, "Hand-over of %s", chart_text(document, "name"));
}

static const char *named(const json_t *document, const char *member, const char *id)
{
    const char *name = chart_text(document, member);
    return *name ? name : chart_text(document, id);
}

static void head_turn(FILE *out, const json_t *d)
{
    const char *comes = named(d, "incoming_name", "incoming"), *to = chart_text(d, "to_local");
    const char *goes = named(d, "outgoing_name", "outgoing");
    fprintf(out, "%s comes on duty for %s", *comes ? comes : "Nobody", chart_text(d, "group"));
    if (*goes)
        fprintf(out, ", %s goes", goes);
    fprintf(out, ": from %s", chart_text(d, "from_local"));
    if (*to)
        fprintf(out, " until %s.\n", to);
    else
        fprintf(out, ", without an end; this is about the time until %s.\n",
                chart_text(d, "until_local"));
}

static void head_state(FILE *out, const json_t *d)
{
    const char *state = chart_text(d, "state");
    if (strcmp(state, "waiting") == 0)
        fprintf(out, "It is not accepted yet, and is to be by %s.\n",
                chart_text(d, "accept_by_local"));
    else if (strcmp(state, "missed") == 0)
        fprintf(out, "It was not accepted in time: %s stays on duty until it is.\n",
                named(d, "outgoing_name", "outgoing"));
    else if (strcmp(state, "accepted") == 0)
        fprintf(out, "It was accepted: %s.\n", chart_text(d, "accepted_at_local"));
    else
        fprintf(out, "%s\n",
                strcmp(state, "ahead") == 0  ? "It has not begun."
                : strcmp(state, "over") == 0 ? "It is over."
                                             : "It needs no word of acceptance.");
}

static void head_scope(FILE *out, const json_t *d)
{
    char names[CELL_BYTES];
    cell_list(d, "clients", names);
    if (json_is_true(json_object_get(d, "all_clients")))
        fputs("It is about all clients: the catalog does not say whom the group serves.\n", out);
    else
        fprintf(out, "It is about the clients that the group serves: %s.\n", names);
}

char *packet_heading(const json_t *document)
{
    char *words = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&words, &size);
    if (!out)
        return NULL;
    head_turn(out, document);
    head_state(out, document);
    head_scope(out, document);
    fprintf(out, "Times are those of %s. Made %s.\n", chart_text(document, "zone"),
            chart_text(document, "made_at_local"));
    if (fclose(out) != 0) {
        free(words);
        return NULL;
    }
    return words;
}

/* --- the page ------------------------------------------------------------------------------------
 */

static void escaped(FILE *out, const char *s)
{
    svg_escape(out, s, strlen(s));
}

static void html_part(FILE *out, const struct packet_part *p)
{
    const json_t *row;
    size_t i;
    fprintf(out, "<h2>%s</h2>\n", p->title);
    if (json_array_size(p->rows) == 0) {
        fprintf(out, "<p class=\"muted\">%s</p>\n", p->none);
        return;
    }
    fputs("<table>\n<thead><tr>", out);
    for (size_t c = 0; p->columns[c]; c++)
        fprintf(out, "<th scope=\"col\">%s</th>", p->columns[c]);
    fputs("</tr></thead>\n<tbody>\n", out);
    json_array_foreach(p->rows, i, row)
    {
        fputs("<tr>", out);
        for (size_t c = 0; p->columns[c]; c++) {
            fputs("<td data-label=\"", out); /* where there is no room for columns */
            escaped(out, p->columns[c]);
            fputs("\">", out);
            escaped(out, chart_text(row, p->columns[c]));
            fputs("</td>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

char *packet_html(const json_t *document, const char *style)
{
    char *html = NULL, title[PACKET_TITLE], *heading = packet_heading(document);
    size_t size = 0;
    FILE *out = heading ? open_memstream(&html, &size) : NULL;
    struct packet_part part;
    if (!out) {
        free(heading);
        return NULL;
    }
    packet_title(document, title);
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          out);
    escaped(out, title);
    if (style)
        fprintf(out, "</title>\n<link rel=\"stylesheet\" href=\"%s\">\n", style);
    else
        fprintf(out, "</title>\n<style>\n%s</style>\n", sip_report_style);
    fputs("</head>\n<body class=\"packet\">\n<main><h1>", out);
    escaped(out, title);
    fputs("</h1>\n", out);
    for (char *line = heading, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        fputs("<p>", out);
        escaped(out, line);
        fputs("</p>\n", out);
    }
    for (size_t i = 0; packet_part(document, i, &part); i++) {
        html_part(out, &part);
        json_decref(part.rows);
    }
    fputs("</main>\n</body>\n</html>\n", out);
    free(heading);
    if (fclose(out) != 0) {
        free(html);
        return NULL;
    }
    return html;
}
