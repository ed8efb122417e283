/* survey: links in messages that answer a survey without a login (link.h). Programs that scan mails
 * follow every link, also the one of each score (?score=9), so GET only shows the question with
 * that score chosen, and POST scores. The command's id is made of the token, so that the service
 * itself knows a link that was used. No script is needed. */
#include "services/gateway/handlers.h"

#include <errno.h>

#include "common/msg/json.h"
#include "services/edge/convert.h"
#include "services/gateway/bus.h"
#include "services/gateway/guard.h"
#include "services/gateway/plain.h"
#include "services/registry.h"

enum {
    SCALE_BUTTONS = 21, /* values of a scale that are shown beside each other; else a number */
    SATISFACTION = 5, /* values of a scale that have words of their own */
    SURVEY_ID_DAYS = 5,
    COMMENT_MAX = 2000 /* characters that a browser lets be written */
};

struct answering {
    struct link link;
    struct text token, client, id;
    struct noun noun;
    struct text score, comment; /* as they were sent, or chosen by the link */
    bool further; /* words for a score that was sent before */
    struct text wrong; /* what is to be said above the form */
};

/* --- words ------------------------------------------------------------------------------------ */

static const struct question {
    const char *kind;
    const char *question;
    const char *question_about; /* the same where the survey says what it is about: %s */
    const char *worst, *best;
} questions[] = {
    { "nps", "How likely is it that you would recommend us to a colleague or a friend?", NULL,
      "Not at all likely", "Extremely likely" },
    { "relationship", "How satisfied are you with us, all in all?", NULL, "Very dissatisfied",
      "Very satisfied" },
    { "escalation", "How satisfied are you with how we handled this?",
      "How satisfied are you with how we handled \xe2\x80\x9c%s\xe2\x80\x9d?", "Very dissatisfied",
      "Very satisfied" },
};

static const char *const satisfaction[SATISFACTION] = { "Very dissatisfied", "Dissatisfied",
                                                        "Neither", "Satisfied", "Very satisfied" };

static const struct question *question_of(const json_t *row)
{
    struct text kind = text_from(json_string_value(json_object_get(row, "kind")));
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (text_equal(kind, text_from(questions[i].kind)))
            return &questions[i];
    return &questions[1];
}

static struct text asked(struct call *c, const json_t *row)
{
    const struct question *q = question_of(row);
    struct text title = plain_member(c, row, "title");
    if (!q->question_about || text_empty(title))
        return text_from(q->question);
    const char *mark = strstr(q->question_about, "%s");
    return arena_printf(&c->arena, "%.*s%.*s%s", (int)(mark - q->question_about), q->question_about,
                        TEXT_ARG(title), mark + 2);
}

/* "2026-12-24T10:00:00.000000Z" for people. */
static struct text instant_words(struct call *c, struct text instant)
{
    if (instant.length < 16)
        return instant;
    return arena_printf(&c->arena, "%.10s, %.5s UTC", instant.at, instant.at + 11);
}

static const struct text ANSWER = TEXT_OF("answer"), COMMENT = TEXT_OF("comment");

/* --- the token -------------------------------------------------------------------------------- */

static void nothing_here(struct call *c)
{
    plain_sentence(c, 404, "There is nothing here",
                   text_from("The link is incomplete or not ours. Please take it from our message "
                             "once more."));
}

static void ended(struct call *c)
{
    plain_sentence(
        c, 410, "This survey has ended",
        text_from("Thank you for looking. Nothing is left for you to do; our next survey "
                  "has a link of its own."));
}

/* NULL: answered. */
static struct answering *read_link(struct call *c)
{
    struct answering *s = arena_alloc(&c->arena, sizeof *s);
    s->token = c->segments[1];
    int r = link_read(c->gateway->key, s->token, suite_now(&c->gateway->suite->clock), &c->arena,
                      &s->link);
    if (r == 0 || r == -ETIME)
        subject_split(s->link.subject, &s->client, &s->id);
    bool ours = (r == 0 || r == -ETIME) && text_equal(s->link.purpose, text_from("survey")) &&
                !text_empty(s->id) && http_noun_find(services, text_from("surveys"), &s->noun) &&
                s->noun.one;
    c->state = s;
    if (ours && r == 0)
        return s;
    if (ours)
        ended(c);
    else
        nothing_here(c);
    return NULL;
}

static void trouble(struct call *c, int error, const struct reply *reply)
{
    if (error == 0 && reply->status == STATUS_not_found)
        nothing_here(c);
    else if (error == 0 && reply->status == STATUS_refused)
        plain_sentence(c, 410, "It was not recorded", reply->message);
    else
        plain_sentence(c, 503, "Please try again",
                       text_from("We cannot take your answer just now. Nothing is lost: this link "
                                 "stays as it is."));
}

/* --- the form --------------------------------------------------------------------------------- */

static struct text choice(struct call *c, int64_t value, bool chosen, const char *words)
{
    return arena_printf(&c->arena,
                        "<label><input type=\"radio\" name=\"score\" value=\"%lld\" required%s>"
                        "<span>%lld</span>%s%s%s</label>\n",
                        (long long)value, chosen ? " checked" : "", (long long)value,
                        words ? " <small>" : "", words ? words : "", words ? "</small>" : "");
}

/* The values of a scale as buttons, from the lowest on; what the ends mean is said below. */
static struct text scale(struct call *c, const json_t *row, int64_t low, int64_t high)
{
    const struct answering *s = c->state;
    const struct question *q = question_of(row);
    bool reversed = json_is_true(json_object_get(row, "best_is_low"));
    bool worded = high - low + 1 == SATISFACTION && strcmp(q->kind, "nps") != 0;
    int64_t chosen = INT64_MIN;
    struct text all = { 0 };
    if (integer_parse(s->score, &chosen) < 0)
        chosen = INT64_MIN;
    if (high - low >= SCALE_BUTTONS)
        return arena_printf(&c->arena,
                            "<p><input type=\"number\" name=\"score\" min=\"%lld\" max=\"%lld\" "
                            "step=\"1\" required aria-label=\"Your score\" value=\"%.*s\"></p>\n",
                            (long long)low, (long long)high,
                            TEXT_ARG(guard_html(s->score, &c->arena)));
    for (int64_t value = low; value <= high; value++) {
        int64_t place = reversed ? high - value : value - low;
        struct text one = choice(c, value, value == chosen, worded ? satisfaction[place] : NULL);
        all = arena_printf(&c->arena, "%.*s%.*s", TEXT_ARG(all), TEXT_ARG(one));
    }
    all = arena_printf(&c->arena, "<div class=\"scale%s\">\n%.*s</div>\n", worded ? " worded" : "",
                       TEXT_ARG(all));
    if (worded)
        return all;
    return arena_printf(&c->arena,
                        "%.*s<p class=\"ends\"><span>%lld: %s</span><span>%lld: %s</span></p>\n",
                        TEXT_ARG(all), (long long)low, reversed ? q->best : q->worst,
                        (long long)high, reversed ? q->worst : q->best);
}

static void form(struct call *c, const json_t *row, int64_t low, int64_t high)
{
    const struct answering *s = c->state;
    struct arena *a = &c->arena;
    struct text question = asked(c, row),
                legend = arena_printf(a, "%lld to %lld", (long long)low, (long long)high);
    struct text until = instant_words(c, plain_member(c, row, "expires_at"));
    struct text about = plain_member(c, row, "service");
    struct text wrong = { 0 };
    if (!text_empty(s->wrong))
        wrong = arena_printf(a, "<p class=\"wrong\" role=\"alert\">%.*s</p>\n",
                             TEXT_ARG(guard_html(s->wrong, a)));
    struct text facts = { 0 };
    if (!text_empty(about))
        facts = arena_printf(a, "<p>It is about %.*s.</p>\n", TEXT_ARG(guard_html(about, a)));
    struct text inside = arena_printf(
        a,
        "%.*s%.*s<form method=\"post\">\n<fieldset>\n<legend>Your score, %.*s</legend>\n%.*s"
        "</fieldset>\n<p><label for=\"comment\">What is the reason for your score? "
        "<small>optional</small></label>\n"
        "<textarea id=\"comment\" name=\"comment\" rows=\"4\" "
        "maxlength=\"%d\">\n%.*s</textarea></p>\n"
        "<button>Send my answer</button>\n</form>\n<p class=\"foot\">You answer as %.*s. ",
        TEXT_ARG(wrong), TEXT_ARG(facts), TEXT_ARG(legend), TEXT_ARG(scale(c, row, low, high)),
        COMMENT_MAX, TEXT_ARG(guard_html(s->comment, a)),
        TEXT_ARG(guard_html(plain_who(s->link.actor), a)));
    if (!text_empty(until))
        inside = arena_printf(a, "%.*sIt can be answered until %.*s, once.", TEXT_ARG(inside),
                              TEXT_ARG(guard_html(until, a)));
    plain_page(c, text_empty(s->wrong) ? 200 : 422, question,
               arena_printf(a, "%.*s</p>\n", TEXT_ARG(inside)));
}

/* A score that was one click may get its words afterwards. */
static struct text more(struct call *c, struct text comment)
{
    const struct answering *s = c->state;
    if (!text_empty(comment) || !http_verb(&s->noun, COMMENT))
        return (struct text){ 0 };
    return arena_printf(&c->arena,
                        "<form method=\"post\">\n<p><label for=\"comment\">What is the reason for "
                        "your score?</label>\n<textarea id=\"comment\" name=\"comment\" rows=\"4\" "
                        "maxlength=\"%d\" required></textarea></p>\n<input type=\"hidden\" "
                        "name=\"more\" value=\"1\">\n<button>Add these words</button>\n</form>\n",
                        COMMENT_MAX);
}

/* Who has answered is told what, and thanked. */
static void known(struct call *c, const json_t *row, bool open)
{
    struct text score = plain_member(c, row, "score"), comment = plain_member(c, row, "comment");
    struct text at = instant_words(c, plain_member(c, row, "answered_at"));
    plain_page(c, 200, text_from("You have answered already"),
               arena_printf(&c->arena,
                            "<p>Thank you. Your answer stays as it is.</p>\n<dl>\n%.*s%.*s%.*s%.*s"
                            "</dl>\n%.*s",
                            TEXT_ARG(plain_term(c, "Question", asked(c, row))),
                            TEXT_ARG(plain_term(c, "Score", score)),
                            TEXT_ARG(plain_term(c, "Reason", comment)),
                            TEXT_ARG(plain_term(c, "Answered", at)),
                            TEXT_ARG(open ? more(c, comment) : (struct text){ 0 })));
}

static void show(struct call *c, const json_t *row)
{
    int64_t expires = INT64_MAX, low, high;
    const json_t *least = json_object_get(row, "scale_min");
    const json_t *most = json_object_get(row, "scale_max");
    low = json_is_integer(least) ? json_integer_value(least) : 0;
    high = json_integer_value(most);
    (void)instant_parse(plain_member(c, row, "expires_at"), &expires);
    if (json_object_get(row, "answered_at"))
        known(c, row, expires > suite_now(&c->gateway->suite->clock));
    else if (expires <= suite_now(&c->gateway->suite->clock))
        ended(c);
    else
        form(c, row, low, high);
}

static void shown(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    (void)a;
    if (error < 0 || reply->status != STATUS_ok) {
        trouble(c, error, reply);
        return;
    }
    json_t *rows = json_from_msg(reply->result, reply->result_size);
    if (json_array_size(rows))
        show(c, json_array_get(rows, 0));
    else
        nothing_here(c);
    json_decref(rows);
}

/* Shows the survey as it is now. */
static void ask(struct call *c)
{
    const struct answering *s = c->state;
    struct msg_buffer body = { .arena = &c->arena };
    msg_put_map(&body, 1);
    msg_put_key(&body, s->noun.one_id->name);
    msg_put_text(&body, s->id);
    const struct request r = {
        .query = true,
        .type = text_from(s->noun.one->name),
        .client = s->client,
        .data = body.at,
        .data_size = body.size,
    };
    int error = bus_ask(c->gateway->bus, s->noun.service, &r, shown, c);
    if (error < 0)
        trouble(c, error, NULL);
}

void survey_get(struct call *c)
{
    struct answering *s = read_link(c);
    if (!s)
        return;
    s->score = call_param(c, "score");
    ask(c);
}

static const struct text CHOOSE = TEXT_OF("Please choose one of the scores."),
                         TOO_LONG = TEXT_OF("Your words are longer than there is room for: please "
                                            "shorten them.");

/* --- POST ------------------------------------------------------------------------------------- */

static void done(void *arg, int error, const struct reply *reply, struct arena *a)
{
    struct call *c = arg;
    struct answering *s = c->state;
    (void)a;
    bool again = error == 0 && (reply->status == STATUS_id_reused || reply->replayed);
    if (error == 0 && reply->status == STATUS_ok && !again) {
        struct text words =
            arena_printf(&c->arena, "<p>Your %s recorded.</p>\n%.*s",
                         s->further ? "words were" : "answer was", TEXT_ARG(more(c, s->comment)));
        plain_page(c, 200, text_from("Thank you"), words);
    } else if (error == 0 && reply->status == STATUS_invalid) {
        s->wrong = text_equal(reply->field, text_from("comment")) ? TOO_LONG : CHOOSE;
        ask(c);
    } else if (again || (error == 0 && reply->status == STATUS_refused)) {
        s->wrong = arena_text(&c->arena, reply->message);
        ask(c); /* the page says what became of the survey; where it is open still, the rule */
    } else {
        trouble(c, error, reply);
    }
}

static void read_json(struct call *c, struct answering *s)
{
    struct msg_error error;
    json_t *body = json_parse(call_body(c), &error);
    s->score = plain_member(c, body, "score");
    s->comment = plain_member(c, body, "comment");
    json_decref(body);
}

static void read_form(struct call *c, struct answering *s)
{
    struct param all[HTTP_PARAMS_MAX];
    struct text bad;
    uint32_t count = 0;
    if (guard_form(call_body(c), &c->arena, all, &count, &bad) < 0)
        return;
    for (uint32_t i = 0; i < count; i++)
        if (text_equal(all[i].name, text_from("score")))
            s->score = all[i].value;
        else if (text_equal(all[i].name, text_from("comment")))
            s->comment = all[i].value;
        else if (text_equal(all[i].name, text_from("more")))
            s->further = true;
}

/* The id of a command is made of the link; that of more words is another one. Ids that are six days
 * old are refused, and surveys last longer: in each few days of its life a link has another id.
 * That a survey is answered once is its own rule. */
static struct id command_id(struct call *c, const struct answering *s)
{
    const struct suite_clock *clock = &c->gateway->suite->clock;
    const int64_t window = SURVEY_ID_DAYS * DAYS;
    struct link link = s->link;
    struct text token =
        s->further ? arena_printf(&c->arena, "%.*s more", TEXT_ARG(s->token)) : s->token;
    link.issued += (suite_now(clock) - link.issued) / window * window;
    return link_command(clock, &link, token);
}

static struct msg_buffer body_of(struct call *c, const struct command_row *row, int64_t score)
{
    const struct answering *s = c->state;
    struct msg_buffer body = { .arena = &c->arena };
    bool words = !text_empty(s->comment);
    msg_put_map(&body, 1 + (uint32_t)words + (uint32_t)!s->further);
    msg_put_key(&body, http_target(row)->name);
    msg_put_text(&body, s->id);
    if (!s->further) {
        msg_put_key(&body, "score");
        msg_put_integer(&body, score);
    }
    if (words) {
        msg_put_key(&body, "comment");
        msg_put_text(&body, s->comment);
    }
    return body;
}

void survey_post(struct call *c)
{
    struct answering *s = read_link(c);
    int64_t score = 0;
    if (!s)
        return;
    if (guard_media_type(text_from(call_header(c, "Content-Type")), "application/json"))
        read_json(c, s);
    else
        read_form(c, s);
    const struct command_row *row = http_verb(&s->noun, s->further ? COMMENT : ANSWER);
    if (!row || (!s->further && integer_parse(s->score, &score) < 0)) {
        s->wrong = CHOOSE;
        ask(c);
        return;
    }
    struct msg_buffer body = body_of(c, row, score);
    const struct request r = {
        .id = command_id(c, s),
        .type = text_from(row->name),
        .client = s->client,
        .actor = s->link.actor,
        .data = body.at,
        .data_size = body.size,
    };
    int error = bus_ask(c->gateway->bus, s->noun.service, &r, done, c);
    if (error < 0)
        trouble(c, error, NULL);
}
