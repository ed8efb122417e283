/* catalog_refusals_plan: what is refused about the plan of service management: trainings,
 * objectives, procedures, risks, reports, transitions, changes, relationships. */
#ifndef REDRESS_CATALOG_REFUSALS_PLAN_H
#define REDRESS_CATALOG_REFUSALS_PLAN_H

#include "tests/unit/catalog_book.h"

#define STAFF                                                                                      \
    "00:00 client.set\n 00:00 client.set id=umbrella name=U\n 00:00 person.set\n"                  \
    "00:00 person.set id=sue name=Sue side=supplier\n"                                             \
    "00:00 person.set id=olga name=Olga side=client client=acme\n"                                 \
    "00:00 person.set id=umar name=Umar side=client client=umbrella\n"
#define SKILL "00:00 skill.set\n"
#define AREA  "00:00 area.set\n"
#define SOP   "00:00 sop.set\n"
#define MOVES "00:00 service.set\n"

static const struct given_row plan_refusals[] = {
    { "A training ends behind the day it was passed", STAFF SKILL,
      "01:00 training.set expires_on=2026-01-01\n 01:00 training.set skill=windows\n"
      "01:00 training.set expires_on=2028-01-02",
      "refused ends_before expires_on\n refused not_in_catalog skill\n"
      "01:00 training.changed t-1\n 01:00 reminder.planned" },
    { "Nobody keeps book on the training of clients", STAFF SKILL,
      "01:00 training.set person=olga\n 01:00 training.set person=sue",
      "refused wrong_side person\n 01:00 training.changed person=sue" },
    /* --- objectives --- */
    { "An objective is specific", STAFF AREA MOVES,
      "01:00 objective.set area=\n 01:00 objective.set area= service=mail\n"
      "01:01 objective.set area= client=acme",
      "refused not_specific area\n 01:00 objective.changed\n 01:00 reminder.planned\n"
      "01:01 objective.changed" },
    { "It is measurable", STAFF AREA,
      "01:00 objective.set kpi=\n 01:00 objective.set baseline=\n 01:00 objective.set target=",
      "refused not_measurable kpi\n refused not_measurable baseline\n"
      "refused not_measurable target" },
    { "In a range that the figure has", STAFF AREA,
      "01:00 objective.set kpi=retention baseline=50 target=100.01\n"
      "01:00 objective.set kpi=nps baseline=-100.01 target=100\n"
      "01:00 objective.set kpi=maturity baseline=0.99 target=2\n"
      "01:00 objective.set kpi=hostages baseline=3 target=-1\n"
      "01:00 objective.set kpi=nps baseline=-100 target=100",
      "refused kpi_range target\n refused kpi_range baseline\n refused kpi_range baseline\n"
      "refused kpi_range target\n 01:00 objective.changed\n 01:00 reminder.planned" },
    { "And it is to be better than it was", STAFF AREA,
      "01:00 objective.set target=30\n 01:00 objective.set target=31\n"
      "01:00 objective.set kpi=resolution_rate baseline=80 target=79\n"
      "01:00 objective.set kpi=hostages baseline=3 target=0",
      "refused kpi_direction target\n refused kpi_direction target\n"
      "refused kpi_direction target\n 01:00 objective.changed\n 01:00 reminder.planned" },
    { "It is achievable", STAFF AREA,
      "01:00 objective.set means=\n 01:00 objective.set means=__\n 01:00 objective.set owner=\n"
      "01:00 objective.set owner=olga",
      "refused not_achievable means\n refused not_achievable means\n refused not_achievable "
      "owner\n refused wrong_side owner" },
    { "It is relevant", STAFF AREA, "01:00 objective.set reason=\n 01:00 objective.set reason=_",
      "refused not_relevant reason\n refused not_relevant reason" },
    { "It is time-bound", STAFF AREA,
      "01:00 objective.set since=\n 01:00 objective.set by=\n 01:00 objective.set by=2026-01-01",
      "refused not_time_bound since\n refused not_time_bound by\n refused ends_before by" },
    { "A draft need not be any of that", STAFF,
      "01:00 objective.set draft=yes area= kpi= baseline= target= means= owner= reason= since= "
      "by=\n"
      "01:00 objective.set draft=yes area= owner=olga",
      "01:00 objective.changed draft=yes\n refused wrong_side owner" },
    /* --- procedures --- */
    { "A procedure has steps", STAFF, "01:00 sop.set steps=\n 01:00 sop.set owner=olga",
      "refused none_named steps\n refused wrong_side owner" },
    { "Its version rises with its steps, and never falls", STAFF SOP,
      "01:00 sop.set steps=Stop_it\n 01:00 sop.set steps=Stop_it+Begin/A_log_line\n"
      "01:00 sop.set steps=Stop_it+Start_it\n 01:00 sop.set name=Restart_it\n"
      "01:00 sop.set steps=Stop_it version=2\n 01:00 sop.set\n"
      "01:00 sop.set steps=Stop_it version=4",
      "refused sop_version version\n refused sop_version version\n refused sop_version version\n"
      "01:00 sop.changed version=1\n 01:00 reminder.planned\n 01:00 sop.changed version=2\n"
      "01:00 reminder.planned\n refused sop_version version\n 01:00 sop.changed version=4" },
    { "What is followed has that version", STAFF SOP, "01:00 sop_run.set version=2",
      "refused run_version version" },
    { "And those steps, each once, with what shows it", STAFF SOP,
      "01:00 sop_run.set steps=3\n 01:00 sop_run.set steps=1+1\n 01:00 sop_run.set steps=1+2\n"
      "01:00 sop_run.set steps=1+2/_\n"
      "01:00 sop_run.set steps=1+2/See_the_log\n 01:00 sop_run.set steps=",
      "refused step_unknown steps\n refused step_twice steps\n refused evidence_missing steps\n"
      "refused evidence_missing steps\n"
      "01:00 sop_run.changed\n 01:00 sop_run.changed" },
    { "Of an older version the steps are not known",
      STAFF SOP "00:01 sop.set steps=Wait version=2\n",
      "01:00 sop_run.set steps=1+2\n 01:00 sop_run.set id=r-2 steps=3+3",
      "01:00 sop_run.changed version=1\n refused step_twice steps" },
    /* --- risks and reports --- */
    { "Something is done about a risk, or it is not being done", STAFF,
      "01:00 risk.set state=mitigating\n 01:00 risk.set state=mitigating mitigation=_\n"
      "01:00 risk.set state=mitigating mitigation=Sprinklers",
      "refused mitigation_missing mitigation\n refused mitigation_missing mitigation\n 01:00 "
      "risk.changed\n 01:00 reminder.planned" },
    { "It is looked at again until it is closed", STAFF,
      "01:00 risk.set review_on=\n 01:00 risk.set state=accepted review_on=\n"
      "01:00 risk.set state=closed review_on=\n 01:00 risk.set owner=sue",
      "refused review_missing review_on\n refused review_missing review_on\n"
      "01:00 risk.changed\n refused wrong_side owner" },
    { "Only clients are told something at a client", STAFF,
      "01:00 report.set audience=manager client=acme\n 01:00 report.set client=acme\n"
      "01:00 report.set owner=sue",
      "refused report_client client\n 01:00 report.changed\n refused wrong_side owner" },
    { "A rating is somebody's, on a day", STAFF,
      "01:00 report.set rated_by=olga\n 01:00 report.set rating=4\n"
      "01:00 report.set rating=4 rated_by=olga\n 01:00 report.set rated_on=2026-01-04\n"
      "01:00 report.set rating=4 rated_by=olga rated_on=2026-01-04",
      "refused rating_form rating\n refused rating_form rated_by\n"
      "refused rating_form rated_on\n refused rating_form rating\n 01:00 report.changed" },
    { "And whoever gets it judges it", STAFF,
      "01:00 report.set rating=4 rated_by=ann rated_on=2026-01-04\n"
      "01:00 report.set client=umbrella rating=4 rated_by=olga rated_on=2026-01-04\n"
      "01:00 report.set audience=supplier rating=4 rated_by=ann rated_on=2026-01-04\n"
      "01:00 report.set audience=manager rating=4 rated_by=sue rated_on=2026-01-04\n"
      "01:00 report.set audience=responder rating=4 rated_by=olga rated_on=2026-01-04\n"
      "01:00 report.set audience=responder rating=4 rated_by=sue rated_on=2026-01-04\n"
      "01:00 report.set audience=supplier rating=4 rated_by=sue rated_on=2026-01-04\n"
      "01:00 report.set audience=executive rating=4 rated_by=ann rated_on=2026-01-04\n"
      "01:00 report.set audience=client client=umbrella rating=4 rated_by=umar "
      "rated_on=2026-01-04",
      "refused wrong_side rated_by\n refused wrong_side rated_by\n refused wrong_side rated_by\n"
      "refused wrong_side rated_by\n refused wrong_side rated_by\n 01:00 report.changed\n"
      "01:00 report.changed\n 01:00 report.changed\n 01:00 report.changed" },
    /* --- transitions, lessons, changes --- */
    { "A transition is of something, and ends when it has begun", STAFF MOVES,
      "01:00 transition.set services=\n 01:00 transition.set services=mail+mail\n"
      "01:00 transition.set completed_on=2025-12-31\n 01:00 transition.set owner=sue\n"
      "01:00 transition.set services= client=acme completed_on=2026-01-01",
      "refused touches_nothing client\n refused named_twice services\n"
      "refused ends_before completed_on\n refused wrong_side owner\n 01:00 transition.changed" },
    { "A lesson of a transition names it", STAFF MOVES "00:00 transition.set\n",
      "01:00 lesson.set source=transition\n 01:00 lesson.set transition=n-1\n"
      "01:00 lesson.set source=transition transition=n-1\n 01:00 lesson.set id=l-2",
      "refused lesson_form transition\n refused lesson_form transition\n 01:00 lesson.changed\n"
      "01:00 lesson.changed" },
    { "A change is of something, for a while", STAFF MOVES "00:00 component.set\n",
      "01:00 change.set services=\n 01:00 change.set to=240:00\n 01:00 change.set owner=olga\n"
      "01:00 change.set services=mail+mail\n 01:00 change.set components=mx+mx\n"
      "01:00 change.set clients=acme+acme\n"
      "01:00 change.set services= clients=acme components=mx",
      "refused touches_nothing services\n refused ends_before to\n refused wrong_side owner\n"
      "refused named_twice services\n refused named_twice components\n"
      "refused named_twice clients\n 01:00 change.changed\n 01:00 reminder.planned" },
    /* --- relationships and the plan --- */
    { "A relationship is with a client or a partner", STAFF "00:00 partner.set\n",
      "01:00 relationship.set client=\n 01:00 relationship.set partner=carrier\n"
      "01:00 relationship.set kind=supplier\n 01:00 relationship.set kind=supplier client=\n"
      "01:00 relationship.set kind=supplier client= partner=carrier",
      "refused with_whom client\n refused with_whom partner\n refused with_whom client\n"
      "refused with_whom partner\n 01:00 relationship.changed\n 01:00 reminder.planned" },
    { "It is looked at again later, by one of ours", STAFF,
      "01:00 relationship.set reviewed_on=2026-03-01\n 01:00 relationship.set manager=sue\n"
      "01:00 relationship.set reviewed_on=2026-02-28",
      "refused ends_before next_review\n refused wrong_side manager\n"
      "01:00 relationship.changed\n 01:00 reminder.planned" },
    { "The plan too", STAFF,
      "01:00 plan.set evaluated_on=2026-12-31\n 01:00 plan.set owner=sue\n"
      "01:00 plan.set evaluated_on=2026-12-30",
      "refused ends_before next_evaluation\n refused wrong_side owner\n 01:00 plan.changed\n"
      "01:00 reminder.planned" },
};

#endif
