/* sip_book: how the scripts of the sip service's tests are to be read. The first midnight is that
 * of Monday 2026-01-05; hours go on being counted. */
#ifndef REDRESS_SIP_BOOK_H
#define REDRESS_SIP_BOOK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "proto/sip.h"
#include "tests/unit/given.h"

extern const struct service_type sip_service;

/* What a line does not say: a programme about attainment of mail. */
static const struct given_default sip_defaults[] = {
    { "candidate.propose", "title=Mail_is_slow problem=It_takes_hours service=mail" },
    { "candidate.qualify", "candidate=can-1 reason=It_costs_us_the_client" },
    { "candidate.reject", "candidate=can-1 reason=It_was_a_single_day" },
    { "programme.launch",
      "candidate=can-1 title=Mail_in_time charter=Find_out_and_mend manager=mia coordinator=cora "
      "sponsor=pat client_sponsor=olga objectives=Attain/sla_attainment////95/2026-06-30/By_clocks "
      "criteria=closeout/They_say_so" },
    { "programme.approve", "programme=sip-1 person=pat" },
    { "programme.revise", "programme=sip-1 problem=Slow charter=Mend_it" },
    { "programme.assign", "programme=sip-1" },
    { "programme.cause", "programme=sip-1 words=The_queue_is_full" },
    { "programme.clone", "programme=sip-2 other=sip-1" },
    { "programme.post", "programme=sip-1" },
    { "programme.sign", "programme=sip-1 person=olga" },
    { "programme.hold", "programme=sip-1 reason=They_move_house" },
    { "programme.resume", "programme=sip-1" },
    { "programme.review", "programme=sip-1 attended=mia+olga minutes=On_we_go" },
    { "programme.monitor", "programme=sip-1" },
    { "programme.criterion", "programme=sip-1 number=1 person=olga met=yes evidence=She_wrote" },
    { "programme.lesson", "programme=sip-1 lesson=queues" },
    { "programme.ticket", "programme=sip-1 ticket=desk:9" },
    { "programme.survey", "programme=sip-1 decision=not_appropriate words=Nothing_was_escalated" },
    { "programme.signoff", "programme=sip-1" },
    { "programme.confirm", "programme=sip-1 person=ken" },
    { "programme.decline", "programme=sip-1 person=ken reason=Mondays_are_slow" },
    { "programme.close", "programme=sip-1 code=resolved achieved=met" },
    { "programme.reopen", "programme=sip-1 reason=It_is_back" },
    { "programme.cancel", "programme=sip-1 reason=The_client_left" },
    { "action.plan", "programme=sip-1 words=Grow_the_queue cause=1 owner=ann due=2026-01-12" },
    { "action.change", "action=sip-1.1 reason=We_know_more" },
    { "action.start", "action=sip-1.1" },
    { "action.hold", "action=sip-1.1 reason=Parts_are_late" },
    { "action.finish", "action=sip-1.1 evidence=It_holds_a_million" },
    { "action.verify", "action=sip-1.1 person=cora" },
    { "action.refute", "action=sip-1.1 person=cora reason=It_holds_ten" },
    { "action.skip", "action=sip-1.1 reason=The_queue_went" },
    { NULL, NULL },
};

static const char *const sip_quiet[] = { NULL };

static const struct given_book sip_book = {
    .service = &sip_service,
    .defaults = sip_defaults,
    .quiet = sip_quiet,
};

/* --- who there is ------------------------------------------------------------------------------
 */

#define PERSON(id) "00:00 copies person.changed " id " name=" id " side=provider\n"
#define THEIR(id, whose)                                                                           \
    "00:00 copies person.changed " id " name=" id " side=client client=" whose "\n"
#define PEOPLE                                                                                     \
    PERSON("mia")                                                                                  \
    PERSON("cora")                                                                                 \
    PERSON("pat")                                                                                  \
    PERSON("ann")                                                                                  \
    THEIR("ken", "acme")                                                                           \
    THEIR("olga", "acme")                                                                          \
    THEIR("una", "umbrella")                                                                       \
    "00:00 copies person.changed sam name=sam side=supplier\n"                                     \
    "00:00 copies client.changed acme name=Acme primary_contact=ken "                              \
    "executives=olga\n"                                                                            \
    "00:00 copies lesson.changed queues name=Count_queues "                                        \
    "source=programme learned_on=2026-01-10\n"

/* --- what was observed -------------------------------------------------------------------------
 */

#define PERIOD(at, days, words)                                                                    \
    at " hears series.closed s1 kpi=sla_attainment service=mail " days " n=100 " words "\n"
#define WEEK(at, from, to, hits, more)                                                             \
    PERIOD(at, "from=" from " to=" to,                                                             \
           "value=" hits " numerator=" hits " denominator=100 target=95 " more)
#define BAD_WEEKS                                                                                  \
    WEEK("00:00", "2025-12-08", "2025-12-14", "80", "missed=yes")                                  \
    WEEK("00:00", "2025-12-15", "2025-12-21", "82", "missed=yes bad_signal=yes")                   \
    WEEK("00:00", "2025-12-22", "2025-12-28", "78", "missed=yes")                                  \
    WEEK("00:00", "2025-12-29", "2026-01-04", "80", "missed=yes")
#define GOOD_WEEKS                                                                                 \
    WEEK("336:00", "2026-01-12", "2026-01-18", "97", "")                                           \
    WEEK("504:00", "2026-01-19", "2026-01-25", "96", "")                                           \
    WEEK("672:00", "2026-01-26", "2026-02-01", "98", "")

/* --- how far it is, step by step ---------------------------------------------------------------
 */

#define QUALIFIED PEOPLE BAD_WEEKS "01:00 candidate.propose\n 01:00 candidate.qualify\n"
#define LAUNCHED  QUALIFIED "02:00 programme.launch\n"
#define PLANNED   LAUNCHED "03:00 programme.cause\n 03:00 action.plan\n"
#define SIGNED    PLANNED "04:00 programme.post\n 05:00 programme.sign\n"
#define FINISHED  SIGNED "06:00 action.start\n 29:00 action.finish\n"
#define DONE      FINISHED "30:00 action.verify\n"
#define WATCHED   DONE "31:00 programme.monitor\n"
/* 2026-02-04, a month behind the last action. */
#define LATER                                                                                      \
    GOOD_WEEKS "710:00 hears ticket.recorded desk:9 occurred_at=709:00 state=closed\n"             \
               "711:00 programme.ticket\n 711:00 programme.lesson\n 711:00 programme.survey\n"     \
               "711:00 programme.criterion\n"
#define ASKED     WATCHED LATER "712:00 programme.signoff\n"
#define CONFIRMED ASKED "713:00 programme.confirm\n"
#define CLOSED    CONFIRMED "720:00 programme.close\n"

#endif
