/* The work on an escalation, its closeout and its review (RULES 5 and 6), in the seeds' words. */
#include "tests/unit/escalation_book.h"

#define RAISED "00:00 ticket.record priority=3\n 00:00 escalation.raise tickets=desk:1\n"
#define SOLVED RAISED "01:00 ticket.record priority=3 state=resolved\n"
#define TOLD                                                                                       \
    SOLVED "01:00 escalation.confirm\n 01:00 escalation.review decision=not_required\n"            \
           "01:00 escalation.assess\n 01:00 escalation.survey decision=asked\n"

/* 03f.01 Management Engagement */
static const struct given_row engagement[] = {
    { "The provider's executives get involved: time to engagement, and the pair of executives",
      RAISED,
      "00:20 escalation.engage provider_executive=Pat client_executive=Olga primary_contact=Ken\n"
      "00:30 escalation.engage manager=Max role=director\n"
      "00:30 query escalation.get escalation=esc-1\n 00:30 query escalation.summary",
      "00:20 escalation.engaged esc-1 manager=Mia role=service_manager provider_executive=Pat "
      "client_executive=Olga primary_contact=Ken first=yes after=20m\n"
      "00:30 escalation.engaged esc-1 manager=Max role=director after=30m\n"
      "row engaged_after=20m primary_contact=Ken "
      "engagements=00:20/Mia/service_manager/Pat/Olga+00:30/Max/director\n"
      "one raised=1 raised_by_hand=1 open=1 engaged=1 engaged_minutes=20" },
};

/* 03f.03 Ongoing Incident Management: timely and accurate communications */
static const struct given_row updates[] = {
    { "The client is told how things stand, and when to hear again", RAISED,
      "00:10 escalation.update next_update_at=01:10\n"
      "00:10 query escalation.get escalation=esc-1",
      "00:10 escalation.updated esc-1 context=Mail_is_down impact=No_orders_come_in "
      "action=Restoring workaround=Use_the_phone next_update_at=01:10\n"
      "row updates=1 updated_at=00:10 context=Mail_is_down workaround=Use_the_phone" },
    { "An update without the next instant, or any other of the five, is no update", RAISED,
      "00:10 escalation.update\n 00:10 escalation.update next_update_at=01:00 action=",
      "invalid next_update_at\n invalid action" },
    { "The next update does not come: that is told once",
      RAISED "00:10 escalation.update next_update_at=01:10\n",
      "01:59 passes\n 01:59 query escalation.list",
      "01:10 escalation.update_missed esc-1 occurred_at=01:10\n row update_overdue=yes" },
    { "An update before that instant gives a new one",
      RAISED "00:10 escalation.update next_update_at=01:10\n",
      "01:00 escalation.update next_update_at=02:00\n 02:00 passes\n"
      "02:00 escalation.update next_update_at=03:00\n 02:00 query escalation.summary",
      "01:00 escalation.updated\n 02:00 escalation.level_raised\n"
      "02:00 escalation.update_missed occurred_at=02:00\n 02:00 escalation.updated\n"
      "one updates=3 updates_missed=1" },
    { "Who closed the escalation need not update any more",
      TOLD "01:00 escalation.update next_update_at=02:00\n 01:30 escalation.close\n",
      "05:00 passes", "" },
    { "A clock adopted: an update that was due before is not told as missed",
      RAISED "00:10 escalation.update next_update_at=01:10\n", "01:30 adopts\n 01:59 passes", "" },
    { "A missed update ends no acknowledgement, and a step misses no update",
      "00:00 escalation.raise severity=1\n 00:05 escalation.update next_update_at=00:20\n",
      "00:14 escalation.ack\n 00:25 escalation.update next_update_at=09:00\n 00:44 passes",
      "00:10 escalation.level_raised level=2\n 00:14 escalation.acked until=00:44\n"
      "00:20 escalation.update_missed\n 00:25 escalation.updated\n"
      "00:44 escalation.ack_expired\n 00:44 escalation.level_raised level=4" },
    { "A clock adopted before an update is due: it is told as missed",
      "00:00 escalation.raise severity=4\n 00:00 escalation.update next_update_at=02:00\n"
      "00:00 escalation.perceive promise=A_call promise_until=01:00\n",
      "01:30 adopts\n 02:00 passes", "02:00 escalation.update_missed" },
    { "The service was down: a missed update is told when it starts",
      RAISED "00:10 escalation.update next_update_at=01:10\n", "01:30 starts",
      "01:30 escalation.update_missed occurred_at=01:10" },
};

/* 03f.02 Client Perception Management */
static const struct given_row perceptions[] = {
    { "How the client sees it is recorded, and what was promised", RAISED,
      "00:10 escalation.perceive promise=A_call_by_noon promise_until=12:00\n"
      "00:20 bob@acme escalation.perceive sentiment=4 statement=Better\n"
      "00:20 query escalation.get escalation=esc-1\n 00:20 query escalation.summary",
      "00:10 escalation.perceived esc-1 who=Ms_Olsen sentiment=2 statement=This_takes_too_long "
      "promise=A_call_by_noon promise_until=12:00 number=1\n"
      "00:20 escalation.perceived esc-1 sentiment=4 statement=Better\n"
      "row perceptions=00:10/Ms_Olsen/2/This_takes_too_long/ann+00:20/Ms_Olsen/4/Better/bob "
      "promises=1/A_call_by_noon/12:00\n"
      "one perceptions=2 sentiment=6 promises=1" },
    { "A promise kept",
      "00:00 escalation.raise severity=4\n"
      "00:10 escalation.perceive promise=A_call promise_until=01:00\n",
      "00:30 escalation.keep\n 02:00 passes\n 02:00 query escalation.get escalation=esc-1",
      "00:30 escalation.promise_kept esc-1 promise=1\n row promises=1/A_call/01:00/00:30" },
    { "A promise that passes unkept is told once, and can still be kept late",
      "00:00 escalation.raise severity=4\n"
      "00:10 escalation.perceive promise=A_call promise_until=01:00\n"
      "00:10 escalation.perceive promise=A_credit promise_until=02:00\n",
      "01:30 escalation.keep\n 03:00 passes\n 03:00 query escalation.summary\n"
      "03:00 query escalation.get escalation=esc-1",
      "01:00 escalation.promise_missed esc-1 promise=1 occurred_at=01:00\n"
      "01:30 escalation.promise_kept promise=1\n"
      "02:00 escalation.promise_missed promise=2\n"
      "one promises=2 promises_kept=1 promises_missed=2\n"
      "row promises=1/A_call/01:00/01:30/01:00+2/A_credit/02:00//02:00" },
    { "A promise stands when the escalation is closed, and can be kept then",
      TOLD "01:00 escalation.perceive promise=A_call promise_until=05:00\n"
           "01:00 escalation.perceive promise=A_credit promise_until=06:00\n"
           "01:30 escalation.close\n",
      "04:00 escalation.keep\n 07:00 passes",
      "04:00 escalation.promise_kept promise=1\n 06:00 escalation.promise_missed promise=2" },
    { "The service was down: two missed promises are told at once",
      "00:00 escalation.raise severity=4\n"
      "00:10 escalation.perceive promise=A_call promise_until=01:00\n"
      "00:10 escalation.perceive promise=A_credit promise_until=02:00\n"
      "00:10 escalation.perceive promise=A_visit promise_until=09:00\n",
      "03:00 starts",
      "03:00 escalation.promise_missed promise=1 occurred_at=01:00\n"
      "03:00 escalation.promise_missed promise=2 occurred_at=02:00" },
    { "A clock adopted: promises that were due before are not told as missed",
      "00:00 escalation.raise severity=4\n"
      "00:10 escalation.perceive promise=A_call promise_until=01:00\n"
      "00:10 escalation.perceive promise=A_credit promise_until=02:00\n",
      "01:30 adopts\n 03:00 passes", "02:00 escalation.promise_missed promise=2" },
};

/* 03f.04 Escalation Closeout and Follow-up: the three exit conditions, and the survey */
static const struct given_row closeout[] = {
    { "The primary contact confirms, the review is decided, loyalty is assessed: it closes", SOLVED,
      "01:05 escalation.confirm\n 01:06 escalation.review decision=not_required\n"
      "01:07 escalation.assess assessment=at_risk\n"
      "01:08 escalation.survey decision=declined reason=They_asked_us_not_to\n"
      "01:09 bob@acme escalation.close\n 01:09 query escalation.get escalation=esc-1\n"
      "01:09 query escalation.summary",
      "01:05 escalation.confirmed esc-1 confirmed_by=Ms_Olsen\n"
      "01:06 escalation.review_decided decision=not_required reason=As_we_agreed\n"
      "01:07 escalation.assessed manager=Mia assessment=at_risk reason=They_renewed\n"
      "01:08 escalation.survey_decided decision=declined reason=They_asked_us_not_to\n"
      "01:09 escalation.closed esc-1 assessment=at_risk lasted=69m\n"
      "row state=closed closed_at=01:09 closed_by=bob confirmed_by=Ms_Olsen confirmation_by=ann "
      "review_decision=not_required review_by=ann assessed_by=Mia survey=declined\n"
      "one closed=1 closed_at_risk=1" },
    { "The contact that was named confirms",
      "00:00 escalation.raise severity=3 primary_contact=Ken",
      "00:01 escalation.confirm confirmed_by=Ken", "00:01 escalation.confirmed confirmed_by=Ken" },
    { "The last word counts",
      SOLVED "01:00 escalation.confirm\n 01:00 escalation.assess assessment=lost\n"
             "01:00 escalation.survey decision=asked\n",
      "01:10 escalation.confirm confirmed_by=Ken\n 01:10 escalation.assess assessment=safe\n"
      "01:10 escalation.survey decision=declined reason=No\n"
      "01:10 query escalation.get escalation=esc-1",
      "01:10 escalation.confirmed\n 01:10 escalation.assessed\n 01:10 escalation.survey_decided\n"
      "row confirmed_by=Ken assessment=safe survey=declined survey_reason=No" },
    { "A closed escalation does not climb", TOLD "01:30 escalation.close\n",
      "01:31 ticket.record priority=1\n 02:00 passes", "" },
};

/* Determination is made as to whether a Post Incident Review is required */
static const struct given_row reviews[] = {
    { "A review is required: the draft is due in two days, the publication in five", RAISED,
      "00:30 escalation.review decision=required\n 00:30 query escalation.get escalation=esc-1\n"
      "00:30 query escalation.reviews",
      "00:30 escalation.review_decided decision=required review=review-1\n"
      "00:30 review.opened review-1 escalation=esc-1 draft_due_at=48:30 publish_due_at=120:30\n"
      "row review=review-1 review_decision=required\n"
      "row id=review-1 client=acme state=open escalation=esc-1" },
    { "Said again, it stays the same review", RAISED "00:30 escalation.review decision=required\n",
      "00:40 escalation.review decision=required reason=Still",
      "00:40 escalation.review_decided review=review-1 reason=Still" },
    { "Not required after all: the review is withdrawn, and nothing is overdue",
      "00:00 escalation.raise severity=4 level=3\n 00:30 escalation.review decision=required\n",
      "00:40 escalation.review decision=not_required\n 00:41 escalation.review "
      "decision=not_required\n 199:00 passes",
      "00:40 escalation.review_decided decision=not_required\n"
      "00:40 review.withdrawn review-1 escalation=esc-1\n"
      "00:41 escalation.review_decided decision=not_required" },
    { "And required once more: a new review",
      "00:00 escalation.raise severity=4\n 00:30 escalation.review decision=required\n"
      "00:40 escalation.review decision=not_required\n",
      "00:50 escalation.review decision=required",
      "00:50 escalation.review_decided review=review-2\n 00:50 review.opened review-2" },
    { "What is published stays published",
      "00:00 escalation.raise severity=4\n 00:30 escalation.review decision=required\n"
      "00:35 review.publish\n",
      "00:40 escalation.review decision=not_required\n 00:41 escalation.review decision=required",
      "00:40 escalation.review_decided review=review-1\n"
      "00:41 escalation.review_decided review=review-1" },
    { "Drafted and published in time",
      RAISED "00:30 escalation.review decision=required\n"
             "00:31 escalation.ack\n 00:31 ticket.record state=resolved",
      "10:00 review.draft actions=Buy_a_spare/Bob/99:00\n 11:00 review.draft summary=Two_disks\n"
      "20:00 review.publish actions=Buy_a_spare/Bob/99:00+Test_it/Eve/120:00\n"
      "199:00 query escalation.reviews ended=yes\n 199:00 query escalation.summary",
      "04:31 escalation.ack_expired\n"
      "10:00 review.drafted review-1 summary=A_disk_failed actions=Buy_a_spare/Bob/99:00\n"
      "11:00 review.drafted summary=Two_disks\n"
      "20:00 review.published review-1 root_cause=No_spare\n"
      "row id=review-1 state=published drafted_at=11:00 published_at=20:00 summary=A_disk_failed "
      "actions=Buy_a_spare/Bob/99:00+Test_it/Eve/120:00\n"
      "one reviews=1 reviews_published=1" },
    { "What is due and not there is told, once each",
      "00:00 escalation.raise severity=4 level=3\n 00:30 escalation.review decision=required\n",
      "199:00 passes\n 199:00 query escalation.reviews\n 199:00 query escalation.summary",
      "48:30 review.overdue review-1 part=draft occurred_at=48:30\n"
      "120:30 review.overdue review-1 part=publication occurred_at=120:30\n"
      "row draft_overdue=yes publish_overdue=yes\n one reviews_overdue=2" },
    { "Drafted, but not published",
      "00:00 escalation.raise severity=4 level=3\n 00:30 escalation.review decision=required\n"
      "01:00 review.draft\n",
      "199:00 passes", "120:30 review.overdue part=publication" },
    { "The publication may be due before the draft",
      "option review_publish_due=60m\n 00:00 escalation.raise severity=4 level=3\n"
      "00:30 escalation.review decision=required\n",
      "50:00 passes", "01:30 review.overdue part=publication\n 48:30 review.overdue part=draft" },
    { "A clock adopted between the two",
      "option review_publish_due=60m\n 00:00 escalation.raise severity=4 level=3\n"
      "00:30 escalation.review decision=required\n",
      "02:00 adopts\n 50:00 passes", "48:30 review.overdue part=draft" },
    { "The service was down: both are told when it starts",
      "00:00 escalation.raise severity=4 level=3\n 00:30 escalation.review decision=required\n",
      "150:00 starts",
      "150:00 review.overdue part=draft occurred_at=48:30\n"
      "150:00 review.overdue part=publication occurred_at=120:30" },
    { "A clock adopted: what was due before is not told, what is due later is",
      "00:00 escalation.raise severity=4 level=3\n 00:30 escalation.review decision=required\n",
      "50:00 adopts\n 199:00 passes", "120:30 review.overdue part=publication" },
    { "A clock adopted long after: nothing is told",
      "00:00 escalation.raise severity=4 level=3\n 00:30 escalation.review decision=required\n",
      "150:00 adopts\n 199:00 passes", "" },
    { "Due instants are options", "option review_draft_due=60m\n 00:00 escalation.raise severity=4",
      "00:30 escalation.review decision=required",
      "00:30 escalation.review_decided\n 00:30 review.opened draft_due_at=01:30" },
    { "Severity 3, nothing breached, no executives, no wish: it may be declined",
      "00:00 escalation.raise severity=3 level=5", "00:30 escalation.review decision=not_required",
      "00:30 escalation.review_decided decision=not_required" },
};

static const struct given_row queries[] = {
    { "Open escalations in the order of their raise, of everybody or of one client",
      "00:00 ann@acme escalation.raise severity=4 title=One\n"
      "00:05 ann@umbrella escalation.raise severity=4 title=Two\n"
      "00:10 ann@acme escalation.raise severity=4 title=Three\n"
      "00:12 ann@acme escalation.merge escalation=esc-3 other=esc-1",
      "00:20 query escalation.list\n 00:20 query escalation.list limit=1\n"
      "00:20 query escalation.list client=acme\n 00:20 @umbrella query escalation.list "
      "client=acme\n"
      "00:20 query escalation.list ended=yes",
      "row raised_at=00:00 escalation=esc-3 client=acme level=1 severity=4 title=Three state=open\n"
      "row raised_at=00:05 escalation=esc-2 client=umbrella\n"
      "row escalation=esc-3\n row escalation=esc-3\n row escalation=esc-2\n"
      "row escalation=esc-1 state=merged closed_at=00:12" },
    { "A client sees its own only",
      "00:00 ann@acme escalation.raise severity=4\n 00:00 ticket.record",
      "00:01 @acme query escalation.get escalation=esc-1\n"
      "00:01 @umbrella query escalation.get escalation=esc-1\n"
      "00:01 query escalation.get escalation=esc-9\n"
      "00:01 @umbrella query escalation.ticket ticket=desk:1 client=acme\n"
      "00:01 query escalation.ticket ticket=desk:1 client=acme",
      "row id=esc-1\n row number=1" },
    { "Reviews to be written, and those that ended",
      "00:00 escalation.raise severity=4\n 00:01 escalation.review decision=required\n"
      "00:02 ann@umbrella escalation.raise severity=4\n"
      "00:03 ann@umbrella escalation.review escalation=esc-2 decision=required\n"
      "00:04 escalation.review decision=not_required",
      "01:00 query escalation.reviews\n 01:00 query escalation.reviews limit=1\n"
      "01:00 query escalation.reviews ended=yes\n 01:00 query escalation.reviews client=acme\n"
      "01:00 @acme query escalation.reviews ended=yes",
      "row id=review-2 client=umbrella\n row id=review-2\n row id=review-1 state=withdrawn\n"
      "row id=review-1" },
    { "What the work comes to, of one client and of all",
      "00:00 escalation.raise severity=1 cause=client_wish\n"
      "00:00 ann@umbrella escalation.raise severity=2\n 00:01 escalation.ack\n"
      "00:40 ann@acme escalation.deescalate level=1",
      "00:40 query escalation.summary\n 00:40 @umbrella query escalation.summary\n"
      "00:40 query escalation.summary client=acme",
      "one raised=2 raised_at_wish=1 raised_by_hand=1 open=2 acks=1 acks_expired=1 "
      "deescalations=1\n one raised=1 open=1\n one raised=1 acks=1" },
};

#define PLAYS(name)                                                                                \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        GIVEN_ROWS(&escalation_book, name);                                                        \
    }
PLAYS(engagement)
PLAYS(updates)
PLAYS(perceptions)
PLAYS(closeout)
PLAYS(reviews)
PLAYS(queries)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engagement),  cmocka_unit_test(test_updates),
        cmocka_unit_test(test_perceptions), cmocka_unit_test(test_closeout),
        cmocka_unit_test(test_reviews),     cmocka_unit_test(test_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
