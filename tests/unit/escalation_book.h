/* escalation_book: how the scripts of the escalation service's tests are to be read. */
#ifndef REDRESS_ESCALATION_BOOK_H
#define REDRESS_ESCALATION_BOOK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "proto/escalation.h"
#include "tests/unit/given.h"

extern const struct service_type escalation_service;

/* A ticket of acme's, desk:1, of priority 3, being worked on: what a line does not say. */
static const struct given_default escalation_defaults[] = {
    { "ticket.record", "source=desk number=1 state=active priority=3 updated_at=now" },
    { "escalation.raise", "title=The_director_is_angry" },
    { "escalation.ack", "escalation=esc-1" },
    { "escalation.engage", "escalation=esc-1 manager=Mia role=service_manager" },
    { "escalation.update", "escalation=esc-1 context=Mail_is_down impact=No_orders_come_in "
                           "action=Restoring workaround=Use_the_phone" },
    { "escalation.perceive",
      "escalation=esc-1 who=Ms_Olsen sentiment=2 statement=This_takes_too_long" },
    { "escalation.keep", "escalation=esc-1 promise=1" },
    { "escalation.merge", "escalation=esc-1 other=esc-2" },
    { "escalation.deescalate", "escalation=esc-1 reason=It_works_again" },
    { "escalation.confirm", "escalation=esc-1 confirmed_by=Ms_Olsen" },
    { "escalation.review", "escalation=esc-1 reason=As_we_agreed" },
    { "escalation.assess", "escalation=esc-1 manager=Mia assessment=safe reason=They_renewed" },
    { "escalation.survey", "escalation=esc-1" },
    { "escalation.close", "escalation=esc-1" },
    { "review.draft", "review=review-1 summary=A_disk_failed root_cause=No_spare" },
    { "review.publish", "review=review-1 summary=A_disk_failed root_cause=No_spare" },
    { "consultation.answer", "consultation=con-1 advice=Restart_the_queue_first" },
    { NULL, NULL },
};

/* Facts come out as they went in, a ticket's escalation is in the escalation's own event, and
 * verdicts have a test of their own (escalation_judged_test). */
static const char *const escalation_quiet[] = { "ticket.recorded", "ticket.escalated",
                                                "ticket.judged", NULL };

static const struct given_book escalation_book = {
    .service = &escalation_service,
    .defaults = escalation_defaults,
    .quiet = escalation_quiet,
};

#endif
