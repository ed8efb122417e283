/* Days of the model that somebody is reminded of: planned as what has them is set, said once. */
#include "tests/unit/catalog_book.h"

/* The first midnight is that of Monday 2026-01-05: day n of January begins at 24 * (n - 5). */
#define STAFF                                                                                      \
    "00:00 client.set zone=America|Chicago\n 00:00 person.set zone=Europe|Berlin\n"                \
    "00:00 person.set id=bob name=Bob\n 00:00 service.set\n 00:00 area.set\n 00:00 skill.set\n"    \
    "00:00 partner.set\n 00:00 group.set\n"

static const struct given_row planned[] = {
    { "A contract's end, on its owner's wall; nine in Berlin is eight in UTC", STAFF,
      "01:00 contract.set name=Mail end=2026-03-31 owner=ann\n 608:00 passes\n 2000:00 passes",
      "01:00 contract.changed c-1\n"
      "01:00 reminder.planned contract_end:c-1 what=contract_end of=c-1 name=Mail day=2026-03-31 "
      "at=608:00 person=ann\n"
      "608:00 reminder.due contract_end:c-1 what=contract_end of=c-1 name=Mail day=2026-03-31 "
      "person=ann" },
    { "And the last day for notice, on the client's where nobody has a zone", STAFF,
      "01:00 contract.set end=2026-03-31 notice_days=30 owner=bob",
      /* 30 days before 2026-03-01, nine in Chicago is fifteen in UTC */
      "01:00 contract.changed\n"
      "01:00 reminder.planned contract_notice:c-1 day=2026-03-01 at=615:00 person=bob\n"
      "01:00 reminder.planned contract_end:c-1 day=2026-03-31 at=615:00 person=bob" },
    { "What has no end is not reminded of", STAFF, "01:00 contract.set notice_days=30",
      "01:00 contract.changed" },
    { "How long ahead is an option, in whole days", "option contract_end_ahead=4319m\n" STAFF,
      "01:00 contract.set end=2026-01-09 owner=ann",
      "01:00 contract.changed\n 01:00 reminder.planned day=2026-01-09 at=56:00" },
    { "What should have been said is said at once", STAFF,
      "01:00 contract.set end=2026-01-05\n 02:00 passes",
      "01:00 contract.changed\n 01:00 reminder.planned day=2026-01-05 at=01:00\n"
      "01:00 reminder.due contract_end:c-1" },
    { "Of a contract that is over nobody is reminded, a procedure is still to be looked at", STAFF,
      "01:00 contract.set start=2025-01-01 end=2026-01-04 notice_days=10 owner=ann\n"
      "01:01 sop.set review_on=2026-01-02\n 02:00 passes",
      "01:00 contract.changed\n 01:01 sop.changed\n"
      "01:01 reminder.planned sop_review:s-1 day=2026-01-02 at=01:01\n"
      "01:01 reminder.due sop_review:s-1" },
    { "A later day is planned anew, another owner too", STAFF "00:00 contract.set end=2026-06-30\n",
      "01:00 contract.set end=2026-07-31\n 01:01 contract.set end=2026-07-31 owner=ann\n"
      "01:02 contract.set end=2026-07-31 owner=ann name=Mail\n"
      "01:03 contract.set end=2026-07-31 owner=ann name=Mail renewal=automatic",
      "01:00 contract.changed\n 01:00 reminder.planned day=2026-07-31\n 01:01 contract.changed\n"
      "01:01 reminder.planned day=2026-07-31 person=ann\n 01:02 contract.changed\n"
      "01:02 reminder.planned name=Mail\n 01:03 contract.changed" },
    { "An owner who moves is reminded at nine there, when it is set again",
      STAFF "00:00 contract.set end=2026-06-30 owner=bob\n",
      "01:00 person.set id=bob name=Bob zone=Asia|Tokyo\n"
      "01:01 contract.set end=2026-06-30 owner=bob name=Mail\n"
      "01:02 person.set id=bob name=Bob zone=UTC\n"
      "01:03 contract.set end=2026-06-30 owner=bob name=Mail renewal=agreed",
      "01:00 person.changed\n 01:01 contract.changed\n 01:01 reminder.planned at=2784:00\n"
      "01:02 person.changed\n 01:03 contract.changed\n 01:03 reminder.planned at=2793:00" },
    { "A zone that there is not is UTC", STAFF "00:00 person.set id=bob name=Bob zone=Mars|Base\n",
      "01:00 contract.set end=2026-03-31 owner=bob",
      "01:00 contract.changed\n 01:00 reminder.planned at=609:00" },
    { "Whoever heard of a day is not told again, of a later one they are",
      STAFF "00:00 contract.set end=2026-01-31 owner=ann\n 00:30 passes\n",
      "01:00 contract.set end=2026-01-31 owner=bob\n 02:00 passes\n"
      "03:00 contract.set end=2026-04-30 owner=bob\n 4000:00 passes",
      "01:00 contract.changed\n 01:00 reminder.planned day=2026-01-31 person=bob\n"
      "03:00 contract.changed\n 03:00 reminder.planned day=2026-04-30 at=1335:00\n"
      "1335:00 reminder.due day=2026-04-30 person=bob" },
    { "What goes is not reminded of", STAFF "00:00 contract.set end=2026-03-31 notice_days=30\n",
      "01:00 contract.remove\n 2000:00 passes",
      "01:00 contract.removed\n 01:00 reminder.dropped contract_notice:c-1\n"
      "01:00 reminder.dropped contract_end:c-1" },
    { "Nor what has no day any more", STAFF "00:00 contract.set end=2026-03-31\n",
      "01:00 contract.set\n 01:00 contract.set name=Mail",
      "01:00 contract.changed\n 01:00 reminder.dropped contract_end:c-1\n 01:00 contract.changed" },
    { "What was due under an older clock is passed over",
      STAFF "00:00 contract.set end=2026-03-31\n", "2000:00 adopts\n 2001:00 passes", "" },
    { "Agreements, trainings, objectives", STAFF,
      "01:00 agreement.set end=2026-12-31 notice_days=90 owner=bob\n"
      "01:01 training.set expires_on=2026-12-31 person=bob\n"
      "01:02 objective.set by=2026-06-30 owner=bob\n"
      "01:03 objective.set by=2026-06-30 owner=bob draft=yes",
      "01:00 agreement.changed\n 01:00 reminder.planned agreement_notice:a-1 day=2026-10-02\n"
      "01:00 reminder.planned agreement_end:a-1 day=2026-12-31 person=bob\n"
      "01:01 training.changed\n"
      "01:01 reminder.planned training_expiry:t-1 name=linux day=2026-12-31 person=bob\n"
      "01:02 objective.changed\n 01:02 reminder.planned objective_due:o-1 name=Sooner person=bob\n"
      "01:03 objective.changed\n 01:03 reminder.dropped objective_due:o-1" },
    { "Risks until they are closed, changes, relationships, the plan", STAFF,
      "01:00 risk.set owner=bob\n 01:01 risk.set owner=bob state=closed\n"
      "01:02 change.set from=248:00 to=250:00 owner=bob\n"
      "01:03 relationship.set manager=bob\n"
      "01:04 relationship.set id=b-2 kind=supplier client= partner=carrier manager=bob\n"
      "01:05 plan.set owner=bob",
      "01:00 risk.changed\n 01:00 reminder.planned risk_review:k-1 day=2026-03-01 at=1161:00\n"
      "01:01 risk.changed\n 01:01 reminder.dropped risk_review:k-1\n"
      "01:02 change.changed\n 01:02 reminder.planned change_start:h-1 day=2026-01-15 at=81:00\n"
      "01:03 relationship.changed\n"
      "01:03 reminder.planned relationship_review:b-1 name=acme day=2026-03-01 at=1167:00\n"
      "01:04 relationship.changed\n 01:04 reminder.planned relationship_review:b-2 name=carrier\n"
      "01:05 plan.changed\n 01:05 reminder.planned plan_evaluation:plan day=2026-12-31" },
    { "Whatever goes takes its days with it",
      STAFF "00:00 agreement.set end=2026-12-31\n 00:00 training.set expires_on=2026-12-31\n"
            "00:00 objective.set\n 00:00 sop.set\n 00:00 sop_run.set\n 00:00 risk.set\n"
            "00:00 report.set\n 00:00 transition.set\n 00:00 lesson.set\n 00:00 change.set\n"
            "00:00 relationship.set\n 00:00 plan.set\n 00:00 tool.set\n 00:00 calendar.set\n"
            "00:00 component.set\n 00:00 desk.set\n",
      "01:00 agreement.remove agreement=a-1\n 01:00 training.remove training=t-1\n"
      "01:00 objective.remove objective=o-1\n 01:00 sop_run.remove sop_run=r-1\n"
      "01:00 sop.remove sop=s-1\n 01:00 risk.remove risk=k-1\n 01:00 report.remove report=p-1\n"
      "01:00 transition.remove transition=n-1\n 01:00 lesson.remove lesson=l-1\n"
      "01:00 change.remove change=h-1\n 01:00 relationship.remove relationship=b-1\n"
      "01:00 plan.remove plan=plan\n 01:00 tool.remove tool=wiki\n"
      "01:00 calendar.remove calendar=office\n 01:00 component.remove component=mx\n"
      "01:00 desk.remove desk=desk\n 01:00 area.remove area=support\n"
      "01:00 service.remove service=mail\n 01:00 partner.remove partner=carrier",
      "01:00 agreement.removed\n 01:00 reminder.dropped agreement_end:a-1\n"
      "01:00 training.removed\n 01:00 reminder.dropped training_expiry:t-1\n"
      "01:00 objective.removed\n 01:00 reminder.dropped objective_due:o-1\n"
      "01:00 sop_run.removed\n 01:00 sop.removed\n 01:00 reminder.dropped sop_review:s-1\n"
      "01:00 risk.removed\n 01:00 reminder.dropped risk_review:k-1\n 01:00 report.removed\n"
      "01:00 transition.removed\n 01:00 lesson.removed\n 01:00 change.removed\n"
      "01:00 reminder.dropped change_start:h-1\n 01:00 relationship.removed\n"
      "01:00 reminder.dropped relationship_review:b-1\n 01:00 plan.removed\n"
      "01:00 reminder.dropped plan_evaluation:plan\n 01:00 tool.removed\n"
      "01:00 calendar.removed\n 01:00 component.removed\n 01:00 desk.removed\n"
      "01:00 area.removed\n 01:00 service.removed\n 01:00 partner.removed" },
    { "What is about to be said at once is not planned twice",
      STAFF "00:00 sop.set review_on=2026-01-07 owner=bob\n 00:00 sop.set review_on=2026-01-07 "
            "owner=bob version=2\n",
      "01:00 query catalog.reminders", "row id=sop_review:s-1 said_at=00:00" },
    { "A change begins on a day of its owner's wall", STAFF,
      "01:00 change.set from=239:30 to=244:00 owner=bob\n"
      "01:01 change.set id=h-2 from=239:30 to=244:00 owner=ann",
      "01:00 change.changed\n 01:00 reminder.planned day=2026-01-14\n"
      "01:01 change.changed\n 01:01 reminder.planned day=2026-01-15" },
};

static const struct given_row lookups[] = {
    { "What is to be reminded of, by the instants",
      STAFF "00:00 plan.set owner=bob\n 00:00 contract.set end=2026-01-31\n 00:01 passes\n"
            "00:10 sop.set owner=bob\n",
      "01:00 query catalog.reminders\n 01:00 query catalog.reminders open=yes\n"
      "01:00 query catalog.reminders limit=1\n 01:00 ann@acme query catalog.reminders\n"
      "01:00 ann@provider query catalog.reminders limit=1",
      "row id=contract_end:c-1 at=00:00 said_at=00:00 what=contract_end\n"
      "row id=sop_review:s-1 day=2026-12-01\n row id=plan_evaluation:plan person=bob\n"
      "row id=sop_review:s-1\n row id=plan_evaluation:plan\n row id=contract_end:c-1\n"
      "row id=contract_end:c-1" },
};

static void test_planned(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, planned);
}

static void test_lookups(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, lookups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planned),
        cmocka_unit_test(test_lookups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
