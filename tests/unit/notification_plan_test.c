/* Who hears what the catalog finds out by itself: who comes on duty, what is wrong with a roster,
 * which days draw near (RULES.md 1). */
#include "tests/unit/notification_book.h"

#include "tests/unit/given_world.h"

#define NET(words) "00:00 copies group.changed Net side=provider " words "\n"
#define LEVEL_3    "00:00 copies role.changed manager name=M side=provider level=3 person=l3\n"
#define TEAM       PEOPLE LEVEL_3
#define DUTY(time, words)                                                                          \
    time " s@provider hears duty.changed net group=Net from_what=layer since=" time " " words
#define GAP "09:00 s@provider hears duty.gap_found net group=Net from=33:00 until=41:00"

static const struct given_row rows[] = {
    { "Whoever comes on duty is told until when", TEAM, DUTY("09:00", "person=l1 until=21:00"),
      "09:00 message.queued msg-1 person=l1 stage=shift_started reader=responder group=Net "
      "incoming=l1 begins_at=09:00 ends_at=21:00 about=roster/net channel=email expires_at=21:00" },
    { "And who was there before", TEAM DUTY("00:00", "person=l1 committed=00:00") "\n",
      DUTY("09:00", "person=l2"),
      "09:00 message.queued person=l2 stage=shift_started incoming=l2 outgoing=l1" },
    { "A plan that changes around somebody is no news to them",
      TEAM DUTY("00:00", "person=l1 until=21:00") "\n",
      DUTY("09:00", "person=l1 until=22:00") "\n" DUTY("10:00", "person=l1 incoming=l2"), "" },
    { "Nor is it to anybody that nobody is on duty: that was said ahead of time",
      TEAM DUTY("00:00", "person=l1") "\n", DUTY("09:00", ""), "" },
    { "Who comes behind that is told", TEAM DUTY("00:00", "person=l1") "\n" DUTY("01:00", "") "\n",
      DUTY("09:00", "person=l1"), "09:00 message.queued person=l1 stage=shift_started" },
    { "A roster that is made anew begins anew",
      TEAM DUTY("00:00", "person=l1") "\n" DUTY(
          "01:00", "person=l2") "\n02:00 s@provider hears duty.removed net\n",
      DUTY("09:00", "person=l2"), "09:00 message.queued person=l2 stage=shift_started" },
    { "Who put themselves on duty knows", TEAM,
      "09:00 person:l1@provider hears duty.changed net group=Net since=09:00 person=l1\n"
      "09:01 person:ann@provider hears duty.changed net group=Net since=09:00 person=l2",
      "09:01 message.queued person=l2" },
    { "What happened long ago is told to nobody", TEAM,
      DUTY("09:00", "person=l1 committed=02:59") "\n"
                                                 "09:00 s@provider hears reminder.due sop_review:x "
                                                 "what=sop_review of=x day=2026-01-06 "
                                                 "person=l1 committed=02:59",
      "" },
    { "A supplier's people take turns, too", TEAM CABLES,
      "09:00 s@provider hears duty.changed cables group=Cables since=09:00 person=sam",
      "09:00 message.queued person=sam reader=partner" },
    { "Somebody whom the catalog does not know is not forgotten silently", TEAM,
      DUTY("09:00", "person=gone"),
      "09:00 message.queued person=gone failure=no_address reader=responder" },
    { "A hand-over is asked of who comes, and told to who goes", TEAM,
      "09:00 s@provider hears duty.handover_asked net group=Net incoming=l1 outgoing=l2 "
      "accept_by=09:30 until=21:00\n"
      "10:00 s@provider hears duty.handover_asked net group=Net incoming=l1 accept_by=10:30",
      "09:00 message.queued person=l1 stage=handover_asked incoming=l1 outgoing=l2 "
      "answer_by=09:30 ends_at=21:00\n"
      "09:00 message.queued person=l2 stage=handover_asked\n"
      "10:00 message.queued person=l1 answer_by=10:30" },
    { "One that was missed is told to who stays and who heads the group",
      TEAM NET("members=l4/yes+l5/+l6/yes"),
      "09:00 s@provider hears duty.handover_missed net group=Net incoming=l1 outgoing=l2",
      "09:00 message.queued person=l2 stage=handover_missed incoming=l1 outgoing=l2\n"
      "09:00 message.queued person=l4\n 09:00 message.queued person=l6" },
    { "A gap is told to the leads", TEAM NET("members=l4/yes+l5/ holders=1/l2/"), GAP,
      "09:00 message.queued person=l4 stage=duty_gap reader=responder group=Net begins_at=33:00 "
      "ends_at=41:00" },
    { "Where nobody leads, to the lowest level of the group's line",
      TEAM NET("members=l5/ holders=2/l2/+3/l6/"), GAP,
      "09:00 message.queued person=l2 level=2 reader=responder" },
    { "Or of the agreement's",
      TEAM NET("holders=2/l2/") "00:00 copies agreement.changed ola kind=internal groups=Net "
                                "start=2026-01-01 holders=1/l5/\n",
      GAP, "09:00 message.queued person=l5 level=1" },
    { "And where it has no line, to level 3 of the provider's roles", TEAM NET(""), GAP,
      "09:00 message.queued person=l3 level=3 reader=manager role=manager" },
    { "A group that is not known is the same", TEAM, GAP, "09:00 message.queued person=l3" },
    { "Nobody at all is said", PEOPLE, GAP,
      "09:00 message.queued failure=nobody stage=duty_gap reader=manager level=3" },
    { "That somebody cannot be reached is told likewise, with why", TEAM,
      "09:00 s@provider hears duty.unreachable_found net group=Net person=l1 from=33:00 "
      "why=no_address",
      "09:00 message.queued person=l3 stage=duty_unreachable incoming=l1 begins_at=33:00 "
      "why=no_address" },
    { "And that a training is lacking", TEAM,
      "09:00 s@provider hears duty.unqualified_found net group=Net person=l1 from=33:00 "
      "skill=fibre",
      "09:00 message.queued person=l3 stage=duty_unqualified incoming=l1 skill=fibre" },
    { "A day draws near", TEAM,
      "09:00 s@provider hears reminder.due contract_end:c1 what=contract_end of=c1 name=Acme_gold "
      "day=2026-02-01 person=l4\n"
      "09:01 s@provider hears reminder.due sop_review:x what=sop_review of=x day=2026-01-06",
      "09:00 message.queued person=l4 stage=reminder_due what=contract_end name=Acme_gold "
      "day=2026-02-01 about=reminder/contract_end:c1\n"
      "09:01 message.queued failure=nobody what=sop_review name=x about=reminder/sop_review:x" },
    { "While copies may lack the group it is waited for", TEAM,
      "09:00 s@provider hears "
      "duty.gap_found net group=Net from=33:00 until=41:00 patient",
      "waits" },
    { "These messages are the provider's, and are listed and tried as such",
      TEAM DUTY("09:00", "person=l1") "\n",
      "09:01 fails rejected\n 09:02 @provider message.retry message=msg-1\n 09:02 sends\n"
      "09:03 @provider query notification.messages\n 09:03 @acme query notification.messages\n"
      "09:03 query notification.summary client=provider",
      "09:01 message.attempted\n mail msg-1 to=l1@msp.example\n 09:01 message.failed\n"
      "09:02 message.retried\n 09:02 message.attempted\n mail msg-1\n 09:02 message.sent\n"
      "row id=msg-1 client=provider stage=shift_started state=sent\n"
      "one queued=1 sent=1" },
};

static void test_rows(void **state)
{
    (void)state;
    GIVEN_ROWS(&notification_book, rows);
}

static bool says(struct text t, const char *words)
{
    return t.length && memmem(t.at, t.length, words, strlen(words));
}

static const struct effect *mail(const char *script)
{
    given_play("%s", script);
    assert_int_equal(given_sent_count(), 1);
    return given_sent(0);
}

/* What is looked up when such a mail is written. */
static void test_mail(void **state)
{
    (void)state;
    given_begin(&notification_book);
    given_play(PERSON_AT("l1", "Asia/Tokyo") PERSON("l2") ACME);
    const struct effect *e = mail(DUTY("09:00", "person=l1 until=21:00") "\n09:00 sends");
    assert_true(says(e->subject, "You are on duty for Net until 2026-01-05 21:00 Asia/Tokyo"));
    assert_false(says(e->plain, "Before you"));
    assert_false(says(e->plain, "https://"));
    assert_true(text_equal(e->thread, text_from("provider/roster/net")));
    e = mail(DUTY("10:00", "person=l2") "\n10:00 sends");
    assert_true(says(e->subject, "You are on duty for Net"));
    assert_false(says(e->subject, "until"));
    assert_true(says(e->plain, "Before you: l1 Name"));
    assert_true(says(e->plain, "Since: 2026-01-05 10:00 UTC"));
    e = mail(DUTY("11:00", "person=l1") "\n11:00 copies person.removed l2\n11:00 sends");
    assert_true(says(e->plain, "Before you: l2"));
    e = mail("12:00 s@provider hears reminder.due sop_review:x what=sop_review of=x "
             "day=2026-02-28 person=l1\n12:00 sends");
    assert_true(says(e->subject, "the review of a procedure, 2026-02-28: x"));
    assert_true(text_equal(e->thread, text_from("provider/reminder/sop_review:x")));
    given_end();
}

static struct text member(const struct effect *e, const char *key)
{
    for (uint32_t i = 0; i < e->data.count; i++)
        if (text_equal(e->data.at[i].key, text_from(key)))
            return e->data.at[i].value;
    return (struct text){ 0 };
}

#define HAS(e, key, words) assert_true(text_equal(member((e), (key)), text_from(words)))

static void test_hook(void **state)
{
    (void)state;
    given_begin(&notification_book);
    given_play("00:00 copies person.changed l1 name=Lea side=provider "
               "addresses=webhook/hook:l1/file:l1\n"
               "00:00 copies client.changed acme name=Acme holders=1/l1/\n"
               "00:00 copies role.changed ask name=Adviser side=provider person=l1\n");
    given_play("09:00 s@provider hears reminder.due contract_end:c what=contract_end of=c "
               "name=Gold day=2026-02-01 person=l1\n09:00 sends");
    const struct effect *e = given_sent(0);
    assert_true(text_equal(e->type, text_from("reminder.due")));
    HAS(e, "stage", "reminder_due");
    HAS(e, "what", "contract_end");
    HAS(e, "name", "Gold");
    HAS(e, "day", "2026-02-01");
    HAS(e, "client", "");
    HAS(e, "raised_at", "");
    given_play("09:01 ann@acme hears escalation.raised esc-1 raised_at=09:01 severity=3 level=1\n"
               "09:01 sends\n"
               "09:02 s@acme hears consultation.asked c-1 escalation=esc-1 role=ask until=09:30\n"
               "09:02 sends");
    e = given_sent(0);
    assert_true(text_equal(e->type, text_from("consultation.asked")));
    HAS(e, "role", "Adviser");
    HAS(e, "letter", "C");
    HAS(e, "answer_by", "2026-01-05T09:30:00Z");
    given_play("09:03 s@acme hears consultation.asked c-1 escalation=esc-1 role=ask until=09:30\n"
               "09:03 copies role.removed ask\n09:03 sends");
    HAS(given_sent(0), "role", "ask");
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_mail),
        cmocka_unit_test(test_hook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
