/* Who is told where roles, deliveries, rosters, agreements and the matrix of responsibilities say,
 * as RULES.md 1 has it. */
#include "tests/unit/given_world.h"
#include "tests/unit/notification_book.h"

#define BARE "00:00 copies client.changed acme name=Acme primary_contact=ken executives=olga "
#define ROLE(id, words)                                                                            \
    "00:00 copies role.changed " id " name=" id "_Role side=provider " words "\n"
#define ON_DUTY(person)                                                                            \
    "00:00 copies duty.changed net group=Net from_what=layer since=00:00 person=" person "\n"
#define NET "00:00 copies group.changed Net side=provider members=l3/yes+l2/ holders=1/l4/\n"

/* A roster for level 1, roles for the levels above. */
#define BY_ROLES                                                                                   \
    PEOPLE BARE "holders=1//Net/b1\n" NET ROLE("lead", "level=2 person=l2")                        \
        ROLE("manager", "level=3 person=l3 backup=l5")

#define MATRIX(cells)                                                                              \
    "00:00 copies raci.changed mail:incident component=mail process=incident cells=" cells "\n"
#define PARTS                                                                                      \
    MSP ROLE("work", "person=l2 backup=l3") ROLE("answer", "person=l5") ROLE("ask", "person=l4")   \
        ROLE("know", "person=kim") PERSON("kim")
#define ALL_PARTS PARTS MATRIX("work/R/+answer/A/+ask/C/+know/I/")
#define SIDE_ROLE(id, side, words)                                                                 \
    "00:00 copies role.changed " id " name=" id " side=" side " " words "\n"

#define ABOUT_MAIL " service=post component=mail"
#define BY_HAND    RAISE("00:01", "severity=3 level=1 cause=hand" ABOUT_MAIL)
#define BY_CLOCK   RAISE("00:01", "severity=3 level=1 cause=threshold" ABOUT_MAIL)

#define BY_OTHER                                                                                   \
    "00:02 ann@acme hears escalation.raised esc-2 raised_at=00:02 severity=3 level=1 "             \
    "cause=threshold" ABOUT_MAIL "\n"

static const struct given_row rows[] = {
    { "Levels are held by who is on duty, and by roles; those of the client go first",
      BY_ROLES ON_DUTY("l6"), RAISE("09:00", "severity=2 level=3"),
      "09:00 message.queued person=l6 reader=responder level=1\n"
      "09:00 message.queued person=b1 reader=responder level=1\n"
      "09:00 message.queued person=l2 reader=responder level=2 role=lead\n"
      "09:00 message.queued person=l3 reader=manager level=3 role=manager\n"
      "09:00 message.queued person=l5 reader=manager level=3 role=manager" },
    { "A shift that ends between two levels changes who is told",
      BY_ROLES ON_DUTY("l6") RAISE("00:01", "severity=3 level=1"),
      "09:00 ann@acme hears escalation.acked esc-1 until=10:00\n"
      "09:30 copies duty.changed net group=Net person=l1 since=09:30\n"
      "10:00 ann@acme hears escalation.ack_expired esc-1 occurred_at=10:00 acked_by=x",
      "09:00 message.queued person=l6\n 09:00 message.queued person=b1\n"
      "10:00 message.queued person=l1\n 10:00 message.queued person=b1" },
    { "Nobody on duty: the group's leads, who are also told as fallback",
      BY_ROLES "00:00 copies duty.changed net group=Net since=00:00\n",
      RAISE("09:00", "severity=3 level=1"),
      "09:00 message.queued person=l3 level=1\n 09:00 message.queued person=b1 level=1" },
    { "A fallback is on duty as anybody",
      BY_ROLES "00:00 copies duty.changed net group=Net since=00:00 person=l6 "
               "from_what=fallback\n",
      RAISE("09:00", "severity=3 level=1"),
      "09:00 message.queued person=l6 level=1\n 09:00 message.queued person=b1 level=1" },
    { "A group without a roster and without leads holds nothing: the next level is told",
      PEOPLE BARE "holders=1//Net/+2/l2/\n"
                  "00:00 copies group.changed Net side=provider members=l3/\n",
      RAISE("09:00", "severity=3 level=1"),
      "09:00 message.queued person=l2 level=2\n 09:00 message.queued failure=nobody level=1" },
    { "A delivery says who has the role for this client, and for this service",
      BY_ROLES ON_DUTY(
          "l6") "00:00 copies delivery.changed acme client=acme roles=lead//l4/+manager//l5/\n"
                "00:00 copies delivery.changed acme:post client=acme service=post "
                "roles=lead//l1/\n",
      RAISE("09:00", "severity=3 level=3 service=post"),
      "09:00 message.queued person=l6 level=1\n 09:00 message.queued person=b1\n"
      "09:00 message.queued person=l1 level=2 role=lead\n"
      "09:00 message.queued person=l5 level=3 role=manager" },
    { "Or for a service of the component",
      BY_ROLES ON_DUTY(
          "l6") "00:00 copies delivery.changed acme:post client=acme service=post roles=lead//l1/\n"
                "00:00 copies component.changed mail name=Mail services=web+post\n",
      RAISE("09:00", "severity=3 level=2 component=mail"),
      "09:00 message.queued person=l6\n 09:00 message.queued person=b1\n"
      "09:00 message.queued person=l1 level=2 role=lead" },
    { "What was removed says nothing any more",
      BY_ROLES ON_DUTY("l6") "00:00 copies delivery.changed acme client=acme roles=lead//l4/\n"
                             "00:00 copies delivery.removed acme\n"
                             "00:00 copies duty.removed net\n"
                             "00:00 copies role.removed manager\n",
      RAISE("09:00", "severity=3 level=3"),
      "09:00 message.queued person=l3 level=1\n 09:00 message.queued person=b1\n"
      "09:00 message.queued person=l2 level=2\n"
      "09:00 message.queued failure=nobody level=3 reader=manager" },
    { "A supplier's own people among the provider's read as a part of it",
      PEOPLE BARE "holders=1/sam/\n", RAISE("09:00", "severity=3 level=1"),
      "09:00 message.queued person=sam reader=partner level=1" },
    { "But where there are no words for them they are not read ours",
      PEOPLE BARE "holders=3/sam/+4/l4/\n" RAISE(
          "00:01",
          "severity=3 level=1") "00:02 a@acme hears review.opened review-1 escalation=esc-1\n",
      "09:00 s@acme hears review.overdue review-1 occurred_at=08:59 part=draft",
      "09:00 message.queued person=sam reader=manager\n 09:00 message.queued person=l4" },
    { "An agreement in force has the line of a supporting group",
      MSP "00:00 copies agreement.changed old kind=supplier groups=Cables start=2025-01-01 "
          "end=2026-01-04 holders=1/l6/\n"
          "00:00 copies agreement.changed uc kind=supplier groups=Cables start=2026-01-05 "
          "holders=1/sue/+2/l3/\n",
      RAISE("09:00", "severity=3 level=2 group=Cables"),
      "09:00 message.queued person=sue reader=supplier level=1\n"
      "09:00 message.queued person=l3 reader=responder level=2\n"
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1" },
    { "A group's line that resolves to nobody is none",
      MSP "00:00 copies group.changed Cables side=supplier holders=1//Cables/\n",
      RAISE("09:00", "severity=3 level=1 group=Cables"),
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1\n"
      "09:00 message.queued failure=nobody reader=supplier group=Cables" },

    /* --- the matrix --- */
    { "R gets the work instead of level 1, I is informed; A is not told of a raise by hand",
      ALL_PARTS, RAISE("09:00", "severity=3 level=1 cause=hand" ABOUT_MAIL),
      "09:00 message.queued person=l2 reader=responder level=1 role=work letter=R\n"
      "09:00 message.queued person=l3 reader=responder level=1 role=work letter=R\n"
      "09:00 message.queued person=kim reader=informed role=know letter=I" },
    { "Half of a target reminds R as it reminds level 1 where there is no R", ALL_PARTS,
      "09:00 s@acme hears ticket.reminded desk:7 occurred_at=09:00 clock=resolve" ABOUT_MAIL
      "\n09:01 s@acme hears ticket.reminded desk:8 occurred_at=09:01 clock=resolve",
      "09:00 message.queued person=l2 stage=reminded letter=R\n"
      "09:00 message.queued person=l3 stage=reminded letter=R\n"
      "09:01 message.queued person=l1 stage=reminded\n"
      "09:01 message.queued person=b1 stage=reminded" },
    { "A threshold tells A", ALL_PARTS,
      RAISE("09:00", "severity=3 level=1 cause=threshold" ABOUT_MAIL),
      "09:00 message.queued person=l2\n 09:00 message.queued person=l3\n"
      "09:00 message.queued person=l5 reader=manager role=answer letter=A\n"
      "09:00 message.queued person=kim reader=informed" },
    { "So does every climb, besides the levels newly reached; I is not told of it",
      ALL_PARTS BY_HAND, "09:00 s@acme hears escalation.level_raised esc-1 level=3 from=2",
      "09:00 message.queued person=l3 reader=manager level=3\n"
      "09:00 message.queued person=l5 reader=manager role=answer letter=A" },
    { "A hears of the rest once it was told", ALL_PARTS BY_CLOCK,
      "09:00 ann@acme hears escalation.acked esc-1 until=10:00\n"
      "10:00 s@acme hears escalation.ack_expired esc-1 occurred_at=10:00 acked_by=ann",
      "09:00 message.queued person=l2\n 09:00 message.queued person=l3\n"
      "09:00 message.queued person=l5 letter=A\n"
      "10:00 message.queued person=l2\n 10:00 message.queued person=l3\n"
      "10:00 message.queued person=l5 letter=A" },
    { "And not before", ALL_PARTS BY_HAND,
      "09:00 ann@acme hears escalation.acked esc-1 until=10:00",
      "09:00 message.queued person=l2\n 09:00 message.queued person=l3" },
    { "I hears that it is solved, open again, and over", ALL_PARTS BY_CLOCK,
      "09:00 s@acme hears escalation.resolved esc-1 occurred_at=09:00\n"
      "09:10 s@acme hears escalation.reopened esc-1 occurred_at=09:10 ticket=desk:7\n"
      "09:20 s@acme hears escalation.closed esc-1 lasted=60m",
      "09:00 message.queued person=ken reader=client\n"
      "09:00 message.queued person=l2\n 09:00 message.queued person=l3\n"
      "09:00 message.queued person=l5 letter=A\n"
      "09:00 message.queued person=kim stage=resolved reader=informed\n"
      "09:10 message.queued person=l2\n 09:10 message.queued person=l3\n"
      "09:10 message.queued person=l5 letter=A\n"
      "09:10 message.queued person=kim stage=reopened reader=informed\n"
      "09:20 message.queued person=ken\n"
      "09:20 message.queued person=l2\n 09:20 message.queued person=l3\n"
      "09:20 message.queued person=l5 letter=A\n"
      "09:20 message.queued person=kim stage=closed reader=informed" },
    { "Who does the work hears of missed updates, as level 1", ALL_PARTS BY_HAND,
      "09:00 s@acme hears escalation.update_missed esc-1 occurred_at=08:59",
      "09:00 message.queued person=l2 letter=R\n 09:00 message.queued person=l3 letter=R\n"
      "09:00 message.queued person=l4 level=4" },
    { "And stays the owner when a group is silent", ALL_PARTS,
      RAISE("09:00", "severity=3 level=1 group=Cables" ABOUT_MAIL),
      "09:00 message.queued person=sam reader=supplier\n"
      "09:00 message.queued person=l2 letter=R\n 09:00 message.queued person=l3 letter=R\n"
      "09:00 message.queued person=kim reader=informed" },
    { "AR does the work, and answers for it", PARTS MATRIX("work/AR/"), BY_CLOCK,
      "00:01 message.queued person=l2 reader=manager letter=A\n"
      "00:01 message.queued person=l3 reader=manager letter=A" },
    { "Whoever is told in several ways is told in the highest",
      PARTS MATRIX("work/R/+work/I/+answer/A/+answer/I/"),
      RAISE("09:00", "severity=3 level=5 cause=threshold" ABOUT_MAIL),
      "09:00 message.queued person=l2 reader=responder level=2\n"
      "09:00 message.queued person=l3 reader=manager level=3\n"
      "09:00 message.queued person=l4 reader=manager level=4\n"
      "09:00 message.queued person=l5 reader=manager level=5" },
    { "A part that nobody has is said when it would first be told, and level 1 has the work",
      MSP ROLE("work", "") ROLE("answer", "") ROLE("know", "") MATRIX("work/R/+answer/A/+know/I/"),
      BY_CLOCK "00:02 s@acme hears escalation.level_raised esc-1 level=2 from=1\n"
               "00:03 s@acme hears escalation.resolved esc-1 occurred_at=00:03",
      "00:01 message.queued person=l1\n 00:01 message.queued person=b1\n"
      "00:01 message.queued failure=nobody reader=responder role=work letter=R\n"
      "00:01 message.queued failure=nobody reader=manager role=answer letter=A\n"
      "00:01 message.queued failure=nobody reader=informed role=know letter=I\n"
      "00:02 message.queued person=l2\n"
      "00:02 message.queued failure=nobody reader=manager role=answer letter=A\n"
      "00:03 message.queued person=ken\n 00:03 message.queued person=l1\n"
      "00:03 message.queued person=b1\n 00:03 message.queued person=l2" },
    { "Of several with a part one is enough",
      MSP ROLE("work", "") ROLE("other", "person=l2") ROLE("answer", "") ROLE("chief", "person=l5")
          MATRIX("work/R/+other/R/+answer/A/+chief/A/"),
      BY_CLOCK, "00:01 message.queued person=l2 letter=R\n 00:01 message.queued person=l5" },
    { "A supplier does the work, and one of ours who has its role reads as ours",
      MSP SIDE_ROLE("work", "supplier", "person=sam backup=l3")
          SIDE_ROLE("know", "supplier", "person=sue backup=l6")
              SIDE_ROLE("answer", "supplier", "person=l5") MATRIX("work/R/+know/I/+answer/A/"),
      BY_CLOCK,
      "00:01 message.queued person=sam reader=partner level=1 letter=R\n"
      "00:01 message.queued person=l3 reader=responder level=1 letter=R\n"
      "00:01 message.queued person=l5 reader=manager letter=A\n"
      "00:01 message.queued person=sue reader=partner letter=I\n"
      "00:01 message.queued person=l6 reader=informed letter=I" },
    { "Somebody at the client with a part hears what the primary contact hears, and no more",
      MSP OTHER("una", "client") SIDE_ROLE("user", "client", "person=una")
          SIDE_ROLE("buyer", "client", "") MATRIX("user/R/+buyer/A/"),
      BY_CLOCK "00:02 ann@acme hears escalation.updated esc-1 context=A impact=B action=C "
               "workaround=D next_update_at=10:00\n"
               "00:03 s@acme hears escalation.resolved esc-1 occurred_at=00:03\n"
               "00:04 s@acme hears escalation.reopened esc-1 occurred_at=00:04 ticket=desk:7\n"
               "00:05 s@acme hears escalation.closed esc-1 lasted=60m",
      "00:01 message.queued person=l1\n 00:01 message.queued person=b1\n"
      "00:02 message.queued person=ken reader=client\n"
      "00:02 message.queued person=una reader=client_informed role=user letter=R\n"
      "00:03 message.queued person=ken reader=client\n"
      "00:03 message.queued person=una reader=client_informed\n"
      "00:03 message.queued person=l1\n 00:03 message.queued person=b1\n"
      "00:04 message.queued person=l1\n 00:04 message.queued person=b1\n"
      "00:05 message.queued person=ken reader=client\n"
      "00:05 message.queued person=una reader=client_informed\n"
      "00:05 message.queued person=l1\n 00:05 message.queued person=b1" },
    { "C is asked, with the time limit", ALL_PARTS BY_HAND,
      "09:00 s@acme hears consultation.asked c-1 escalation=esc-1 role=ask until=09:30",
      "09:00 message.queued person=l4 stage=consulted reader=responder role=ask letter=C "
      "answer_by=09:30 escalation=esc-1 title=Mail_is_down about=consultation/c-1" },
    { "At a supplier and at the client, too",
      ALL_PARTS BY_HAND SIDE_ROLE("user", "client", "person=olga")
          SIDE_ROLE("cable", "supplier", "person=sam backup=sue"),
      "09:00 s@acme hears consultation.asked c-1 escalation=esc-1 role=user until=09:30\n"
      "09:00 s@acme hears consultation.asked c-2 escalation=esc-1 role=cable until=09:30",
      "09:00 message.queued person=olga reader=client_informed\n"
      "09:00 message.queued person=sam reader=partner\n"
      "09:00 message.queued person=sue reader=partner" },
    { "That nobody is there to be asked is said", ALL_PARTS BY_HAND ROLE("empty", ""),
      "09:00 s@acme hears consultation.asked c-1 escalation=esc-1 role=empty until=09:30\n"
      "09:00 s@acme hears consultation.asked c-2 escalation=esc-1 role=gone until=09:30",
      "09:00 message.queued failure=nobody stage=consulted role=empty letter=C\n"
      "09:00 message.queued failure=nobody stage=consulted role=gone letter=C" },
    { "What another was about goes on where it was merged into, unless that has its own",
      ALL_PARTS RAISE("00:01", "severity=3 level=1") BY_OTHER
      "00:03 a@acme hears escalation.absorbed esc-1 other=esc-2 raised_at=00:01\n"
      "00:03 a@acme hears escalation.absorbed esc-1 other=esc-9 raised_at=00:01\n"
      "00:03 a@acme hears escalation.absorbed esc-1 other=esc-1 raised_at=00:01\n",
      "09:00 ann@acme hears escalation.acked esc-1 until=10:00",
      "09:00 message.queued person=l2 letter=R\n 09:00 message.queued person=l3 letter=R\n"
      "09:00 message.queued person=l5 letter=A" },
    { "Which nobody who is accountable hears when nothing was passed in either",
      ALL_PARTS BY_HAND "00:02 ann@acme hears escalation.raised esc-2 raised_at=00:02 severity=3 "
                        "level=1 component=disk\n"
                        "00:03 a@acme hears escalation.absorbed esc-1 other=esc-2 "
                        "raised_at=00:01\n",
      "09:00 ann@acme hears escalation.acked esc-1 until=10:00",
      "09:00 message.queued person=l2 letter=R\n 09:00 message.queued person=l3 letter=R" },
    { "Without a component the matrix says nothing", ALL_PARTS,
      RAISE("09:00", "severity=3 level=1 cause=threshold"),
      "09:00 message.queued person=l1\n 09:00 message.queued person=b1" },
};

static void test_rows(void **state)
{
    (void)state;
    GIVEN_ROWS(&notification_book, rows);
}

/* Who does the work may be so many that no level has room beside them. */
static void test_many_hands(void **state)
{
    (void)state;
    char members[64 * 12];
    size_t at = 0;
    for (int i = 0; i < 64; i++)
        at += (size_t)snprintf(members + at, sizeof members - at, "%sm%d/yes", i ? "+" : "", i);
    given_begin(&notification_book);
    given_play(MSP MATRIX("a/R/+b/R/+c/R/") "00:00 copies group.changed Many side=provider "
                                            "members=%s\n",
               members);
    for (const char *role = "abc"; *role; role++)
        given_play("00:00 copies role.changed %c name=R side=provider group=Many", *role);
    const char *told = given_play(RAISE("09:00", "severity=3 level=2" ABOUT_MAIL));
    int queued = 0;
    for (const char *t = told; (t = strstr(t, "message.queued")); t++)
        queued++;
    assert_int_equal(queued, 64 + 2); /* of level 2, for which no room is left, a record */
    assert_non_null(strstr(told, "level=2 failure=nobody"));
    assert_non_null(strstr(told, "failure=too_many"));
    given_end();
}

/* Whoever is told of a stage finds words for it. */
static void check_told(const struct told *t, int32_t stage)
{
    bool line = false;
    for (uint32_t i = 0; i < t->count; i++) {
        assert_non_null(template_of(stage, t->at[i].reader));
        line = line || reader_fits(t->at[i].reader, side_provider);
    }
    /* A level that nobody holds is told to another, so any of the line may be. */
    for (int32_t reader = reader_responder; line && reader <= reader_executive; reader++)
        assert_non_null(template_of(stage, reader));
}

/* One provider in which everybody has something to do. */
#define WHOLE                                                                                      \
    MSP "00:00 copies role.changed work name=Work side=provider person=l2\n"                       \
        "00:00 copies role.changed answer name=Answer side=provider person=l3\n"                   \
        "00:00 copies role.changed know name=Know side=provider person=l5\n"                       \
        "00:00 copies role.changed cable name=Cable side=supplier person=sam\n"                    \
        "00:00 copies role.changed user name=User side=client person=olga\n"                       \
        "00:00 copies raci.changed mail:incident component=mail process=incident "                 \
        "cells=work/R/+answer/A/+know/I/+cable/R/+user/I/\n"

static void test_everybody_has_words(void **state)
{
    (void)state;
    given_begin(&notification_book);
    given_play("%s", WHOLE);
    for (int32_t stage = 1; stage <= stage_reminder_due; stage++)
        for (int i = 0; i < 2; i++) {
            bool ours = stage >= stage_shift_started;
            struct arena arena = { 0 };
            struct view v = { .state = &given.state,
                              .arena = &arena,
                              .client = ours ? PROVIDER_CLIENT : text_from("acme") };
            const struct context ctx = { .now = given.now, .client = v.client };
            const struct happening h = { .stage = stage,
                                         .to = 6,
                                         .severity = 1,
                                         .passed = true,
                                         .component = i ? text_from("mail") : text_from(""),
                                         .group = i ? text_from("Cables") : text_from(""),
                                         .role = text_from("work"),
                                         .incoming = text_from("l1"),
                                         .person = text_from("l1") };
            struct told told;
            route(&ctx, &v, &h, &told);
            if (told.count == 0 && !(ours && !i))
                fail_msg("nobody is told of %.*s", TEXT_ARG(words_stage(stage)));
            check_told(&told, stage);
            arena_free(&arena);
        }
    assert_null(template_of(stage_raised, reader_client));
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_many_hands),
        cmocka_unit_test(test_everybody_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
