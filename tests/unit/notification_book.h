/* notification_book: how the scripts of the notification service's tests are to be read, and the
 * little provider that they are about. */
#ifndef REDRESS_NOTIFICATION_BOOK_H
#define REDRESS_NOTIFICATION_BOOK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/notification.h"
#include "services/notification/notification.h"
#include "tests/unit/given.h"

extern const struct service_type notification_service;

static const struct given_default notification_defaults[] = {
    { "message.retry", "message=msg-1" },
    { NULL, NULL },
};

static const char *const notification_quiet[] = { NULL };

static const struct given_book notification_book = {
    .service = &notification_service,
    .defaults = notification_defaults,
    .quiet = notification_quiet,
};

/* People are called by what they do: l1 to l6 hold the levels of acme, b1 stands in for l1. */
#define PERSON_AT(id, zone)                                                                        \
    "00:00 copies person.changed " id " name=" id "_Name side=provider zone=" zone                 \
    " addresses=email/" id "@msp.example/\n"
#define PERSON(id) PERSON_AT(id, "")
#define OTHER(id, side)                                                                            \
    "00:00 copies person.changed " id " name=" id "_Name side=" side " addresses=email/" id        \
    "@else.example/\n"
#define LINE                                                                                       \
    PERSON("l1") PERSON("b1") PERSON("l2") PERSON("l3") PERSON("l4") PERSON("l5") PERSON("l6")
#define THEIRS    OTHER("ken", "client") OTHER("olga", "client")
#define CABLE     OTHER("sam", "supplier") OTHER("sue", "supplier")
#define PEOPLE    LINE THEIRS CABLE
#define ACME_LINE "holders=1/l1//b1+2/l2/+3/l3/+4/l4/+5/l5/+6/l6/"
#define ACME                                                                                       \
    "00:00 copies client.changed acme name=Acme zone=Europe/Berlin primary_contact=ken "           \
    "executives=olga " ACME_LINE "\n"
#define CABLES "00:00 copies group.changed Cables side=supplier holders=1/sam/+2/sue/\n"
#define MSP    PEOPLE ACME CABLES

#define RAISE(time, words)                                                                         \
    time " ann@acme hears escalation.raised esc-1 raised_at=" time " title=Mail_is_down "          \
         "tickets=desk:7 " words "\n"

#endif
