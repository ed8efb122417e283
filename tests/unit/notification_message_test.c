/* What becomes of a message, as RULES.md 3 to 5 have it. */
#include "tests/unit/notification_book.h"

#include "tests/unit/given_world.h"

#define ONE                                                                                        \
    PERSON("l1")                                                                                   \
    "00:00 copies client.changed acme name=Acme holders=1/l1/\n" RAISE("09:00",                    \
                                                                       "severity=3 level=1")
#define TWO_WAYS                                                                                   \
    "00:00 copies person.changed l1 name=L1 side=provider "                                        \
    "addresses=email/l1@msp.example/+email/l1@home.example/+webhook/hook:l1/file:l1\n"             \
    "00:00 copies client.changed acme name=Acme holders=1/l1/\n" RAISE("09:00",                    \
                                                                       "severity=3 level=1")

static const struct given_row rows[] = {
    { "A mail that the server took is sent", ONE,
      "09:00:10 sends\n 09:00:20 sends\n"
      "09:01 query notification.summary",
      "09:00:10 message.attempted msg-1 attempt=1\n"
      "mail msg-1 to=l1@msp.example\n"
      "09:00:10 message.sent msg-1 digest=d1ge57 detail=250_ok\n"
      "one queued=1 attempts=1 sent=1 latency_seconds=10" },
    { "A hook that was answered is delivered",
      "00:00 copies person.changed l1 name=L1 side=provider "
      "addresses=webhook/hook:l1/file:l1\n"
      "00:00 copies client.changed acme name=Acme holders=1/l1/\n" RAISE("09:00",
                                                                         "severity=3 level=1"),
      "09:00:10 sends\n 09:01 @acme query notification.message message=msg-1\n"
      "09:01 @acme query notification.summary",
      "09:00:10 message.attempted msg-1\n"
      "hook msg-1 to=hook:l1 type=escalation.raised\n"
      "09:00:10 message.delivered msg-1 digest=d1ge57\n"
      "row state=delivered channel=webhook attempts=1 sent_at=09:00:10 digest=d1ge57 "
      "detail=250_ok\n"
      "one delivered=1" },
    { "What fails for now is tried again, each wait about twice as long", ONE,
      "09:00 fails busy\n 09:00:20 sends\n 09:01 fails unreachable\n 09:01:40 sends\n"
      "09:02:15 sends\n 09:03 query notification.summary",
      "09:00 message.attempted attempt=1\n mail msg-1\n"
      "09:00 message.deferred failure=busy detail=said_no next_attempt_at=09:00:30+600000\n"
      "09:01 message.attempted attempt=2\n mail msg-1\n"
      "09:01 message.deferred failure=unreachable next_attempt_at=09:02:02+400000\n"
      "09:02:15 message.attempted attempt=3\n mail msg-1\n 09:02:15 message.sent\n"
      "one queued=1 attempts=3 sent=1 deferred=2 latency_seconds=135" },
    { "Those that failed together are not tried together",
      PERSON("l1") PERSON("l2")
          PERSON("l3") "00:00 copies client.changed acme name=Acme "
                       "holders=1/l1/+1/l2/+1/l3/\n" RAISE("09:00", "severity=3 level=1"),
      "09:00 fails busy",
      "09:00 message.attempted msg-1\n mail msg-1\n"
      "09:00 message.deferred msg-1 next_attempt_at=09:00:30+600000\n"
      "09:00 message.attempted msg-2\n mail msg-2\n"
      "09:00 message.deferred msg-2 next_attempt_at=09:00:32+100000\n"
      "09:00 message.attempted msg-3\n mail msg-3\n"
      "09:00 message.deferred msg-3 next_attempt_at=09:00:24+300000" },
    { "A peer that says when is listened to, within reason", ONE,
      "09:00 fails busy after=5m\n 09:10 fails busy after=600m",
      "09:00 message.attempted\n mail\n 09:00 message.deferred next_attempt_at=09:05\n"
      "09:10 message.attempted\n mail\n 09:10 message.deferred next_attempt_at=09:40" },
    { "A try whose outcome nobody knows is made again, with the same id", ONE,
      "09:00 dies\n 09:00 sends",
      "09:00 message.attempted msg-1 attempt=1\n mail msg-1\n"
      "09:00 message.attempted msg-1 attempt=2\n mail msg-1\n 09:00 message.sent msg-1" },
    { "But not for ever: then the next channel", "option attempts_max=2\n" TWO_WAYS,
      "09:00 dies\n 09:00 dies\n 09:01 sends msg-1",
      "09:00 message.attempted\n mail msg-1\n 09:00 message.attempted\n mail msg-1\n"
      "09:01 message.failed msg-1 failure=exhausted\n"
      "09:01 message.queued msg-2 channel=webhook instead_of=msg-1" },
    { "Tried as often as is allowed, it fails for good", "option attempts_max=2\n" ONE,
      "09:00 fails timeout\n 09:10 fails timeout\n 09:11 query notification.messages failed=yes",
      "09:00 message.attempted\n mail msg-1\n 09:00 message.deferred\n"
      "09:10 message.attempted\n mail msg-1\n"
      "09:10 message.failed failure=exhausted detail=said_no\n"
      "row id=msg-1 state=failed failure=exhausted failed_at=09:10 attempts=2" },
    { "What fails for good goes to the person's next channel, once", TWO_WAYS,
      "09:00 fails recipient_unknown\n 09:01 fails gone\n 09:02 sends\n"
      "09:03 @acme query notification.messages escalation=esc-1",
      "09:00 message.attempted msg-1\n mail msg-1 to=l1@msp.example\n"
      "09:00 message.failed msg-1 failure=recipient_unknown detail=said_no\n"
      "09:00 message.queued msg-2 channel=webhook person=l1 instead_of=msg-1 stage=raised "
      "title=Mail_is_down reader=responder level=1 cause=escalation/000/1/3 expires_at=21:00\n"
      "09:01 message.attempted msg-2\n hook msg-2 to=hook:l1\n"
      "09:01 message.failed msg-2 failure=gone\n"
      "row id=msg-1 state=failed next=msg-2\n row id=msg-2 state=failed instead_of=msg-1" },
    { "A message that was replaced is not replaced again", TWO_WAYS "09:00 fails gone\n",
      "09:01 message.retry\n 09:01 fails gone msg-1\n 09:02 sends",
      "09:01 message.retried msg-1\n 09:01 message.attempted msg-1\n mail msg-1\n"
      "09:01 message.failed msg-1\n"
      "09:02 message.attempted msg-2\n hook msg-2\n 09:02 message.delivered msg-2" },
    { "What came too late is not sent any more", ONE,
      "09:00 fails busy\n 20:59 passes\n 21:00 sends\n 21:01 @acme query notification.summary",
      "09:00 message.attempted\n mail\n 09:00 message.deferred\n"
      "21:00 message.failed failure=expired\n one failed=1" },
    { "Nor tried once more when the try was interrupted", ONE, "09:00 dies\n 21:00 sends",
      "09:00 message.attempted\n mail\n 21:00 message.failed failure=expired" },
    { "From history nothing is sent", ONE "09:00 fails busy\n",
      "22:00 adopts\n 22:00 sends\n 22:00 query notification.messages failed=yes",
      "row id=msg-1 state=failed failure=history failed_at=22:00" },
    { "An address that is not there any more fails, and the next channel is taken",
      TWO_WAYS "09:00 copies person.changed l1 name=L1 side=provider "
               "addresses=webhook/hook:l1/\n",
      "09:00 sends\n 09:01 sends",
      "09:00 message.failed msg-1 failure=no_address\n 09:00 message.queued msg-2 "
      "channel=webhook\n"
      "09:01 message.attempted msg-2\n hook msg-2\n 09:01 message.delivered msg-2" },
    { "A person that is not there is looked for again: copies may be folded anew",
      "option attempts_max=3\n" ONE "09:00 copies person.removed l1 id=l1\n",
      "09:00 sends\n" PERSON("l1") "09:01 sends",
      "09:00 message.attempted msg-1 attempt=1\n"
      "09:00 message.deferred msg-1 failure=no_address next_attempt_at=09:00:30+600000\n"
      "09:01 message.attempted attempt=2\n mail msg-1\n 09:01 message.sent" },
    { "So is a client", ONE "09:00 copies client.removed acme id=acme\n", "09:00 sends",
      "09:00 message.attempted\n 09:00 message.deferred failure=no_address" },
    { "But not for ever", "option attempts_max=2\n" ONE "09:00 copies person.removed l1 id=l1\n",
      "09:00 sends\n 09:10 sends\n 09:20 sends",
      "09:00 message.attempted\n 09:00 message.deferred\n 09:10 message.attempted\n"
      "09:10 message.deferred\n 09:20 message.failed failure=exhausted" },
    { "Words for one side never go to another",
      ONE "09:00 copies person.changed l1 name=L1 side=client addresses=email/l1@acme.example/\n",
      "09:00 sends", "09:00 message.failed msg-1 failure=wrong_side" },
    { "What failed for good is tried again when somebody asks",
      "option attempts_max=1\n" ONE "09:00 fails timeout\n",
      "13:00 message.retry\n 13:00 @acme query notification.summary\n 13:01 sends\n"
      "13:02 query notification.summary",
      "13:00 message.retried msg-1 channel=email expires_at=25:00\n"
      "one queued=1 attempts=1\n"
      "13:01 message.attempted attempt=1\n mail msg-1\n 13:01 message.sent\n"
      "one queued=1 attempts=2 sent=1" },
    { "What lapsed too", ONE "09:00 fails busy\n 22:00 adopts\n",
      "22:10 message.retry\n 22:10 query notification.summary\n 22:11 sends",
      "22:10 message.retried msg-1\n one queued=1 attempts=1 deferred=1\n"
      "22:11 message.attempted\n mail\n 22:11 message.sent" },
    { "And what had no address, when there is one",
      "00:00 copies person.changed l1 name=L1 side=provider\n"
      "00:00 copies client.changed acme name=Acme holders=1/l1/\n" RAISE("09:00",
                                                                         "severity=3 level=1"),
      "09:01 message.retry\n" PERSON(
          "l1") "09:02 @acme query notification.summary\n"
                "09:02 message.retry\n 09:02 @acme query notification.summary\n 09:03 sends",
      "refused no_address message\n one queued=1 unaddressed=1\n"
      "09:02 message.retried channel=email\n one queued=1\n"
      "09:03 message.attempted\n mail msg-1\n 09:03 message.sent" },
    { "Not when the person is gone",
      ONE "09:00 fails rejected\n 09:00 copies person.removed l1 id=l1\n", "09:01 message.retry",
      "refused no_address message" },
    { "Only what failed is tried again", ONE,
      "09:00 message.retry\n 09:00 sends\n"
      "09:01 message.retry",
      "refused not_failed message\n 09:00 message.attempted\n mail\n 09:00 message.sent\n"
      "refused not_failed message" },
    { "And only when there is somebody",
      "00:00 copies client.changed acme name=Acme\n" RAISE("09:00", "severity=3 level=1"),
      "09:00 message.retry\n 09:01 message.retry message=msg-9",
      "refused nobody message\n missing message" },
    { "One who fails delays nobody else",
      PERSON("l1")
          PERSON("l2") "00:00 copies client.changed acme name=Acme holders=1/l1//l2\n" RAISE(
              "09:00", "severity=3 level=1"),
      "09:00 fails timeout msg-1\n 09:00 sends",
      "09:00 message.attempted msg-1\n mail msg-1\n 09:00 message.deferred msg-1\n"
      "09:00 message.attempted msg-2\n mail msg-2\n 09:00 message.sent msg-2" },
    { "Messages are listed by client, escalation, and what failed",
      ONE "00:00 copies client.changed umbrella name=Umbrella holders=1/l1/\n"
          "09:01 ann@umbrella hears escalation.raised esc-2 raised_at=09:01 severity=3 level=1\n"
          "09:02 s@acme hears ticket.reminded desk:7 occurred_at=09:02 clock=update\n"
          "09:03 fails rejected msg-2\n",
      "09:04 query notification.messages\n"
      "09:05 query notification.messages client=acme\n"
      "09:05 @umbrella query notification.messages client=acme\n"
      "09:05 query notification.messages escalation=esc-1\n"
      "09:05 @umbrella query notification.messages escalation=esc-1\n"
      "09:05 query notification.messages failed=yes\n"
      "09:05 @acme query notification.messages failed=yes\n"
      "09:05 query notification.messages limit=1\n"
      "09:05 @umbrella query notification.message message=msg-1\n"
      "09:05 query notification.message message=msg-1 client=acme\n"
      "09:05 query notification.summary client=nobody",
      "row id=msg-1 client=acme\n row id=msg-2 client=umbrella\n row id=msg-3 stage=reminded\n"
      "row id=msg-1\n row id=msg-3\n"
      "row id=msg-2\n"
      "row id=msg-1\n"
      "row id=msg-2\n"
      "row id=msg-1\n"
      "row id=msg-1\n"
      "one" },
};

static void test_rows(void **state)
{
    (void)state;
    GIVEN_ROWS(&notification_book, rows);
}

static void test_none_forgotten(void **state)
{
    (void)state;
    given_begin(&notification_book);
    given_play("09:00 ann@acme hears escalation.updated esc-1 context=A impact=B action=C "
               "workaround=D");
    given_end();
    for (size_t i = 1; i <= notification_service.refusal_count; i++)
        if (!given_refused((int)i))
            fail_msg("no row was refused: %s", notification_service.refusals[i].code);
}

/* Twelve waits: twice as long each time, 20 percent to either side, at most half an hour. */
static void test_waits(void **state)
{
    (void)state;
    int64_t base = 30 * SECONDS, now = 0;
    given_begin(&notification_book);
    given_play("%s", ONE);
    for (int i = 1; i < 12; i++) {
        int hour, minute, second = 0;
        int64_t rest = 0;
        const char *said = given_play("%02d:%02d:%02d fails busy", 9 + (int)(now / HOURS),
                                      (int)(now / MINUTES % 60), (int)(now / SECONDS % 60));
        const char *next = strstr(said, "next_attempt_at=");
        assert_non_null(next);
        sscanf(next, "next_attempt_at=%d:%d:%d", &hour, &minute, &second);
        if (strchr(next, '+'))
            rest = strtol(strchr(next, '+') + 1, NULL, 10);
        int64_t at = (hour - 9) * HOURS + minute * MINUTES + second * SECONDS + rest;
        int64_t wait = at - now;
        assert_true(wait >= base / 10 * 8 && wait <= base / 10 * 12 && wait <= 30 * MINUTES);
        base = 2 * base < 30 * MINUTES ? 2 * base : 30 * MINUTES;
        now = (at / SECONDS + 1) * SECONDS;
    }
    given_play("20:00 fails busy");
    given_expect("20:00 message.attempted attempt=12\n mail\n"
                 "20:00 message.failed failure=exhausted");
    given_end();
}

/* A hook says what its reader may see, and instants for programs. */
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
               "00:00 copies person.changed sam name=Sam side=supplier "
               "addresses=webhook/hook:sam/\n"
               "00:00 copies person.changed ken name=Ken side=client zone=Asia/Tokyo "
               "addresses=webhook/hook:ken/\n"
               "00:00 copies client.changed acme name=Acme holders=1/l1/ primary_contact=ken\n"
               "00:00 copies group.changed Cables side=supplier holders=1/sam/\n");
    given_play("09:00 person:ann@acme hears escalation.raised esc-1 raised_at=08:59 severity=2 "
               "level=1 title=Mail group=Cables tickets=desk:7\n 09:00 sends");
    const struct effect *sam = given_sent(0), *lea = given_sent(1);
    assert_int_equal(lea->kind, EFFECT_HOOK);
    assert_true(text_equal(lea->id, text_from("msg-2")));
    assert_true(text_equal(lea->to, text_from("hook:l1")));
    assert_true(text_equal(lea->secret, text_from("file:l1")));
    HAS(lea, "stage", "raised");
    HAS(lea, "client", "Acme");
    HAS(lea, "escalation", "esc-1");
    HAS(lea, "severity", "2");
    HAS(lea, "title", "Mail");
    HAS(lea, "level", "1");
    HAS(lea, "to", "1");
    HAS(lea, "group", "Cables");
    HAS(lea, "ticket", "desk:7");
    HAS(lea, "by", "person:ann");
    HAS(lea, "raised_at", "2026-01-05T08:59:00Z");
    HAS(lea, "happened_at", "2026-01-05T09:00:00Z");
    HAS(lea, "from", "");
    HAS(lea, "ack_link",
        "https://redress.example/a/ack?to=acme/esc-1&by=person:l1&until=2026-01-06T09:00");
    HAS(sam, "group", "Cables");
    HAS(sam, "level", "1");
    HAS(sam, "title", "Mail");
    HAS(sam, "by", "");
    HAS(sam, "to", "");
    HAS(sam, "ack_link", "");
    given_play("09:10 ann@acme hears escalation.updated esc-1 context=A impact=B action=C "
               "workaround=D next_update_at=10:00\n 09:10 sends");
    assert_int_equal(given_sent_count(), 1);
    const struct effect *ken = given_sent(0);
    HAS(ken, "stage", "updated");
    HAS(ken, "next_update_at", "2026-01-05T10:00:00Z");
    HAS(ken, "impact", "B");
    HAS(ken, "level", "");
    HAS(ken, "group", "");
    HAS(ken, "by", "");
    assert_true(text_equal(ken->type, text_from("escalation.updated")));
    assert_true(text_empty(ken->secret));
    /* About a ticket alone. */
    given_play("09:20 s@acme hears ticket.reminded desk:7 occurred_at=09:20 clock=resolve\n"
               "09:20 sends");
    lea = given_sent(0);
    HAS(lea, "stage", "reminded");
    HAS(lea, "clock", "resolve");
    HAS(lea, "raised_at", "");
    assert_true(text_equal(lea->type, text_from("ticket.reminded")));
    given_end();
}

static bool says(struct text t, const char *words)
{
    return t.length && memmem(t.at, t.length, words, strlen(words));
}

static const struct effect *mail(const char *script)
{
    given_play("%s", script);
    assert_int_equal(given_sent_count(), 1);
    assert_int_equal(given_sent(0)->kind, EFFECT_MAIL);
    return given_sent(0);
}

/* What is looked up when a mail is written: names, zones, whether there is still something to take.
 */
static void test_mail(void **state)
{
    (void)state;
    given_begin(&notification_book);
    given_play(PERSON_AT("l1", "Asia/Tokyo") PERSON(
        "l2") "00:00 copies client.changed acme name=Acme zone=Europe/Berlin holders=1/l1/+2/l2/ "
              "primary_contact=ken\n" OTHER("ken", "client"));
    const struct effect *e = mail("09:00 person:l2@acme hears escalation.raised esc-1 "
                                  "raised_at=09:00 severity=3 level=1 title=Mail\n 09:00 sends");
    assert_true(text_equal(e->to, text_from("l1@msp.example")));
    assert_true(text_equal(e->to_name, text_from("l1 Name")));
    assert_true(text_equal(e->thread, text_from("acme/esc-1")));
    assert_true(text_equal(e->id, text_from("msg-1")));
    assert_true(text_empty(e->secret));
    assert_true(says(e->plain, "raised by l2 Name;"));
    assert_true(says(e->plain, "09:00 Asia/Tokyo"));
    assert_true(says(e->plain, "https://redress.example/a/ack?to=acme/esc-1&by=person:l1&"));
    e = mail("09:01 service:escalation@acme hears escalation.level_raised esc-1 level=2 from=1\n"
             "09:01 sends");
    assert_true(says(e->plain, "09:00 Europe/Berlin"));
    assert_true(says(e->plain, "by=person:l2"));
    e = mail("09:02 l1@acme hears escalation.acked esc-1 until=09:30\n 09:02 sends");
    assert_true(text_equal(e->to, text_from("l2@msp.example")));
    assert_true(says(e->subject, "Taken by l1 Name: Mail"));
    assert_false(says(e->plain, "https://"));
    e = mail("09:03 l1@acme hears escalation.ack_expired esc-1 occurred_at=09:02 acked_by=robot\n"
             "09:03 sends msg-4");
    assert_true(says(e->plain, "for which robot took"));
    assert_true(says(e->plain, "https://"));
    given_play("09:03 sends");
    e = mail("09:04 s@acme hears escalation.update_missed esc-1 occurred_at=09:04\n"
             "09:04 sends msg-6");
    assert_true(says(e->plain, "https://"));
    given_play("09:04 sends");
    /* By a timer: by nobody. */
    e = mail("09:05 service:escalation@acme hears escalation.raised esc-2 raised_at=09:05 "
             "severity=3 level=1\n 09:05 sends");
    assert_true(says(e->plain, "An escalation was raised; it"));
    /* Merged or closed before the mail left: nothing is to be taken any more. */
    e = mail("09:06 l2@acme hears escalation.raised esc-3 raised_at=09:06 severity=3 level=1\n"
             "09:06 a@acme hears escalation.merged esc-3 into=esc-2\n 09:06 sends");
    assert_false(says(e->plain, "https://"));
    /* Merged with an older one, for which the client waits. */
    given_play("09:06 a@acme hears escalation.absorbed esc-2 other=esc-3 raised_at=08:00 "
               "next_update_at=09:40\n"
               "09:06 a@acme hears escalation.absorbed esc-2 other=esc-3 raised_at=08:00");
    e = mail("09:06 l1@acme hears escalation.level_raised esc-2 level=2 from=1\n 09:06 sends");
    assert_true(says(e->plain, "Raised: 2026-01-05 08:00 Europe/Berlin"));
    assert_true(says(e->plain, "Client hears from us by: 2026-01-05 09:40 Europe/Berlin"));
    e = mail("09:07 s@acme hears ticket.reminded desk:7 occurred_at=09:07 clock=response\n"
             "09:07 sends");
    assert_true(text_equal(e->thread, text_from("acme/desk:7")));
    given_end();
}

/* Copies are folded anew when the state was lost: what they lack is waited for. */
static void test_without_copies(void **state)
{
    (void)state;
    struct arena arena = { 0 };
    given_begin(&notification_book);
    given_play(PERSON("l1") "00:00 copies client.changed acme name=Acme");
    struct view v = { .state = &given.state, .arena = &arena, .client = text_from("acme") };
    struct decision d = { .view = &v };
    const struct context ctx = { .now = given.now, .client = v.client, .options = given.options };
    const struct message m = { .id = text_from("msg-1"),
                               .client = v.client,
                               .escalation = text_from("esc-1"),
                               .stage = stage_raised,
                               .reader = reader_responder,
                               .person = text_from("l1"),
                               .channel = channel_email,
                               .state = message_state_pending,
                               .expires_at = given.now + HOURS };
    struct effect *e = given_effect();
    attempt_message(&ctx, &v, m.id, &m, &d, e);
    assert_int_equal(e->kind, EFFECT_NONE);
    assert_int_equal(d.count, 2);
    assert_string_equal(d.events[1].row->name, "message.deferred");
    given_end();
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),  cmocka_unit_test(test_none_forgotten),
        cmocka_unit_test(test_waits), cmocka_unit_test(test_hook),
        cmocka_unit_test(test_mail),  cmocka_unit_test(test_without_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
