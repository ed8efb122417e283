/* Surveys, clients that may be lost, and programmes (RULES.md 1 and 4): who is asked and told, and
 * what a mail with a question is. */
#include "tests/unit/given_world.h"
#include "tests/unit/notification_book.h"

#define CONTACT                                                                                    \
    "00:00 copies person.changed olsen name=Ms_Olsen side=client client=acme zone=Asia|Tokyo "     \
    "addresses=webhook/hook:olsen/+email/olsen@acme.example/\n"
#define ASKS  "09:00 s@acme hears survey.invited srv-1 contact=olsen scale_max=10 expires_at=33:00 "
#define ALARM "09:00 s@acme hears account.alarmed acme title=Ms_Olsen_is_unhappy "
#define PROGRAMME                                                                                  \
    "09:00 person:l1@acme hears programme.alarmed prg-1 title=Mail_stays_up words=New_disks "

#define CANDIDATE "09:00 s@acme hears candidate.alarmed can-1 day=2026-01-01 "

static const struct given_row surveys[] = {
    { "One mail, though the contact's first address is another", MSP CONTACT,
      ASKS "kind=nps scale_min=0",
      "09:00 message.queued msg-1 person=olsen stage=asked_nps reader=client channel=email "
      "about=survey/srv-1 answer_by=33:00 scale_max=10" },
    { "An executive reads it as one", MSP CONTACT,
      ASKS "kind=relationship role=executive scale_min=1",
      "09:00 message.queued stage=asked_relationship reader=client_executive scale_min=1" },
    { "What it is about is said", MSP CONTACT,
      ASKS "kind=escalation role=user scale_min=1 best_is_low=yes title=Mail ticket=desk:7",
      "09:00 message.queued stage=asked_escalation reader=client title=Mail ticket=desk:7 "
      "best_is_low=yes" },
    { "Without a mail address it is told as they are told",
      MSP "00:00 copies person.changed olsen name=O side=client client=acme "
          "addresses=webhook/hook:olsen/\n",
      ASKS "kind=nps scale_min=0", "09:00 message.queued channel=webhook" },
    { "Who has no address at all is not forgotten silently",
      MSP "00:00 copies person.changed olsen name=O side=client client=acme\n",
      ASKS "kind=nps scale_min=0", "09:00 message.queued person=olsen failure=no_address" },
    { "Never to staff, whatever is asked for", MSP,
      "09:00 s@acme hears survey.invited srv-1 contact=l1 kind=nps scale_min=0 scale_max=10 "
      "expires_at=33:00\n 09:00 sends",
      "09:00 message.queued person=l1\n 09:00 message.failed failure=wrong_side" },
    { "As long as it can be answered somebody is asked, however late: who is not is not silent",
      MSP CONTACT,
      "32:59 s@acme hears survey.invited srv-1 contact=olsen kind=nps scale_min=0 "
      "scale_max=10 expires_at=33:00 committed=02:59",
      "32:59 message.queued person=olsen stage=asked_nps expires_at=33:00" },
    { "What cannot be answered any more is asked of nobody", MSP CONTACT,
      "33:00 s@acme hears survey.invited srv-1 contact=olsen kind=nps scale_min=0 "
      "scale_max=10 expires_at=33:00 committed=02:59",
      "" },
};

static const struct given_row accounts[] = {
    { "A detractor is told to those who answer for the client", MSP,
      ALARM "alarm=detractor contact=olsen service=mail component=disk-7",
      "09:00 message.queued person=l3 stage=account_detractor reader=manager level=3 "
      "title=Ms_Olsen_is_unhappy contact=olsen service=mail component=disk-7 about=account/acme\n"
      "09:00 message.queued person=l4 level=4 reader=manager" },
    { "So is a complaint", MSP, ALARM "alarm=complaint",
      "09:00 message.queued person=l3 stage=account_complaint\n 09:00 message.queued person=l4" },
    { "A risk with its reasons, in words where there are any", MSP,
      ALARM "alarm=red_risk score=100 reasons=nps_low/40/no_answer_above_6+late/5/+lost/100/gone",
      "09:00 message.queued person=l3 stage=account_red_risk score=100 "
      "reasons=no_answer_above_6_(+40)\n late_(+5)\n gone_(+100)\n"
      "09:00 message.queued person=l4\n late_(+5)\n gone_(+100)" },
    { "A hostage with the end of the contract", MSP,
      ALARM "alarm=hostage score=55 renewal=2026-04-05 days_left=90",
      "09:00 message.queued person=l3 stage=account_hostage score=55 day=2026-04-05 days_left=90\n"
      "09:00 message.queued person=l4" },
    { "Long ago: nobody", MSP, ALARM "alarm=hostage committed=02:59", "" },
};

static const struct given_row programmes[] = {
    { "Whom it names, each as their side reads it, but who did it", MSP CONTACT,
      PROGRAMME "alarm=action_due day=2026-01-07 people=l1+l2+sam+olsen",
      "09:00 message.queued person=l2 stage=programme_action_due reader=responder words=New_disks "
      "day=2026-01-07 about=programme/prg-1 title=Mail_stays_up\n"
      "09:00 message.queued person=sam reader=partner\n"
      "09:00 message.queued person=olsen reader=client" },
    { "The client, where it says so", MSP, PROGRAMME "alarm=plan_posted people=l2 tell_client=yes",
      "09:00 message.queued person=l2 stage=programme_plan_posted reader=responder\n"
      "09:00 message.queued person=ken stage=programme_plan_posted reader=client" },
    { "The client alone", MSP, PROGRAMME "alarm=signoff_asked tell_client=yes",
      "09:00 message.queued person=ken stage=programme_signoff_asked" },
    { "A client without a primary contact", PEOPLE "00:00 copies client.changed acme name=Acme\n",
      PROGRAMME "alarm=closed tell_client=yes",
      "09:00 message.queued failure=nobody reader=client stage=programme_closed" },
    { "Nobody named is said", MSP, PROGRAMME "alarm=closed",
      "09:00 message.queued failure=nobody reader=responder stage=programme_closed" },
    { "Whose action it is, is said", MSP, PROGRAMME "alarm=action_overdue people=l2 owner=l3",
      "09:00 message.queued stage=programme_action_overdue contact=l3" },
    { "Nobody decided on a candidate: those who answer for the client are told, by its title, or "
      "by what it is about",
      MSP,
      CANDIDATE "title=Mail_is_slow service=mail\n" CANDIDATE "component=disk-7\n" CANDIDATE
                "service=mail\n" CANDIDATE,
      "09:00 message.queued person=l3 stage=programme_candidate reader=manager level=3 "
      "title=Mail_is_slow service=mail day=2026-01-01 about=candidate/can-1\n"
      "09:00 message.queued person=l4 level=4\n"
      "09:00 message.queued title=disk-7 component=disk-7\n 09:00 message.queued\n"
      "09:00 message.queued title=mail service=mail\n 09:00 message.queued\n"
      "09:00 message.queued title=the_client_as_a_whole\n 09:00 message.queued" },
    { "Long ago: nobody is told of a candidate", MSP, CANDIDATE "committed=02:59", "" },
    { "Somebody whom the catalog does not know", MSP, PROGRAMME "alarm=launched people=gone",
      "09:00 message.queued person=gone failure=no_address stage=programme_launched" },
    { "Each alarm has its words", MSP,
      PROGRAMME "alarm=action_overdue people=l2\n" PROGRAMME
                "alarm=review_due people=l2\n" PROGRAMME "alarm=review_missed people=l2\n" PROGRAMME
                "alarm=relapsed people=l2\n" PROGRAMME "alarm=approval_asked people=l2\n" PROGRAMME
                "alarm=approval_expired people=l2\n" PROGRAMME
                "alarm=cancelled people=l2\n" PROGRAMME "alarm=action_opened people=l2\n" PROGRAMME
                "alarm=action_done people=l2",
      "09:00 message.queued stage=programme_action_overdue\n"
      "09:00 message.queued stage=programme_review_due\n"
      "09:00 message.queued stage=programme_review_missed\n"
      "09:00 message.queued stage=programme_relapsed\n"
      "09:00 message.queued stage=programme_approval_asked\n"
      "09:00 message.queued stage=programme_approval_expired\n"
      "09:00 message.queued stage=programme_cancelled\n"
      "09:00 message.queued stage=programme_action_opened\n"
      "09:00 message.queued stage=programme_action_done" },
    { "Long ago: nobody", MSP, PROGRAMME "alarm=launched people=l2 committed=02:59", "" },
};

static bool says(struct text t, const char *words)
{
    return t.length && memmem(t.at, t.length, words, strlen(words));
}

static const struct effect *asked(const char *line)
{
    given_play("%s09:00 sends", line);
    assert_int_equal(given_sent_count(), 1);
    return given_sent(0);
}

#define LINK "https://redress.example/survey/token"

/* One question, its scale, a link for each score, until when: in both parts. */
static void test_question(void **state)
{
    (void)state;
    given_begin(&notification_book);
    given_play(MSP CONTACT);
    const struct effect *e = asked(ASKS "kind=escalation scale_min=7 best_is_low=yes title=a&b\n");
    static const char link[] = "https://redress.example/a/survey?to=acme/srv-1&by=person:olsen&"
                               "until=2026-01-06T09:00";
    char line[300];
    assert_int_equal(e->kind, EFFECT_MAIL);
    assert_true(text_equal(e->to, text_from("olsen@acme.example")));
    assert_true(text_equal(e->subject, text_from("One question: a&b")));
    assert_true(says(e->plain, "score from 7, very satisfied, to 10, very dissatisfied."));
    assert_true(says(e->plain, "until 2026-01-06 09:00 Asia/Tokyo"));
    for (int score = 7; score <= 10; score++) {
        snprintf(line, sizeof line, "\n%d: %s?score=%d\n", score, link, score);
        assert_true(says(e->plain, line));
        snprintf(line, sizeof line, "?score=%d\">%d</a>", score, score);
        assert_true(says(e->html, line));
    }
    assert_false(says(e->plain, "score=6") || says(e->plain, "score=11"));
    assert_true(says(e->html, "/a/survey?to=acme/srv-1&amp;by=person:olsen"));
    given_end();
}

static struct text written(struct message *m, const char *link, bool html)
{
    struct draft l = { .effect = given_effect(), .message = m, .survey_link = text_from(link) };
    struct text body = text_from("- A: b\n% Your score: {{survey_link}}\n");
    m->reader = reader_client;
    return html ? render_html(&l, text_from(""), body) : render_plain(&l, body);
}

static void test_scales(void **state)
{
    struct message m = { .scale_min = -10, .scale_max = 10 };
    (void)state;
    assert_true(says(written(&m, LINK, false), "\n-10: " LINK "?score=-10\n"));
    assert_true(says(written(&m, LINK, false), "\n0: " LINK "?score=0\n"));
    m.scale_max = 11; /* too many to stand beside each other: one link, and the page asks */
    assert_false(says(written(&m, LINK, false), "?score="));
    assert_true(says(written(&m, LINK, false), "Your score:\n" LINK "\n"));
    assert_true(says(written(&m, LINK, true), "href=\"" LINK "\">Your score</a>"));
    assert_false(says(written(&m, "javascript:1", true), "href"));
    assert_true(text_equal(written(&m, "", false), text_from("A: b\n"))); /* no public address */
    world_forget_sent();
}

static void test_surveys(void **state)
{
    (void)state;
    GIVEN_ROWS(&notification_book, surveys);
}

static void test_accounts(void **state)
{
    (void)state;
    GIVEN_ROWS(&notification_book, accounts);
}

static void test_programmes(void **state)
{
    (void)state;
    GIVEN_ROWS(&notification_book, programmes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_surveys),    cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_programmes), cmocka_unit_test(test_question),
        cmocka_unit_test(test_scales),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
