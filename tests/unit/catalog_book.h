/* catalog_book: how the scripts of the catalog service's tests are to be read. */
#ifndef REDRESS_CATALOG_BOOK_H
#define REDRESS_CATALOG_BOOK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "proto/catalog.h"
#include "tests/unit/given.h"

extern const struct service_type catalog_service;

/* Ann is one of the provider's people, acme a client without anybody. */
static const struct given_default catalog_defaults[] = {
    { "client.set", "id=acme name=Acme" },
    { "client.remove", "client=acme" },
    { "person.set", "id=ann name=Ann side=provider" },
    { "person.remove", "person=ann" },
    { "group.set", "id=network side=provider" },
    { "group.remove", "group=network" },
    { "calendar.set", "id=office zone=UTC versions=2026-01-01/mon-fri;09:00;17:00" },
    { "area.set", "id=support name=Support kind=support" },
    { "service.set", "id=mail name=Mail" },
    { "component.set", "id=mx name=MX services=mail" },
    { "partner.set", "id=carrier name=Carrier state=active" },
    { "desk.set", "id=desk name=Desk group=network channels=phone+mail" },
    { "contract.set", "id=c-1 client=acme services=mail start=2026-01-01" },
    { "contract.remove", "contract=c-1" },
    { "agreement.set", "id=a-1 kind=internal groups=network start=2026-01-01" },
    { "skill.set", "id=linux name=Linux" },
    { "training.set", "id=t-1 person=ann skill=linux passed_on=2026-01-01" },
    { "objective.set", "id=o-1 name=Sooner area=support kpi=response_time baseline=30 target=15 "
                       "means=A_robot owner=ann reason=They_wait since=2026-01-01 by=2026-06-30" },
    { "sop.set", "id=s-1 name=Restart version=1 owner=ann review_on=2026-12-01 "
                 "steps=Stop_it+Start_it/A_log_line" },
    { "sop_run.set", "id=r-1 sop=s-1 version=1 person=ann at=00:00" },
    { "risk.set", "id=k-1 name=Fire state=open probability=1 impact=5 owner=ann "
                  "review_on=2026-03-01" },
    { "report.set", "id=p-1 name=Weekly audience=client_executive owner=ann every_days=7" },
    { "transition.set", "id=n-1 name=Mail_moves services=mail owner=ann started_on=2026-01-01" },
    { "lesson.set", "id=l-1 name=Ask_before source=other learned_on=2026-01-02" },
    { "change.set", "id=h-1 name=Move from=240:00 to=244:00 owner=ann services=mail" },
    { "relationship.set", "id=b-1 kind=client client=acme manager=ann every_days=90 "
                          "next_review=2026-03-01" },
    { "plan.set", "id=plan name=Plan owner=ann every_days=365 next_evaluation=2026-12-31" },
    { "tool.set", "id=wiki name=Wiki" },
    { "process.set", "id=incident name=Incidents" },
    { "token.grant", "person=ann role=viewer digest="
                     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" },
    { "token.revoke", "token=tok-1" },
    { NULL, NULL },
};

static const char *const catalog_quiet[] = { NULL };

static const struct given_book catalog_book = {
    .service = &catalog_service,
    .defaults = catalog_defaults,
    .quiet = catalog_quiet,
};

#endif
