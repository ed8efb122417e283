/* roster_book: how the scripts of tests about rosters are to be read. */
#ifndef REDRESS_ROSTER_BOOK_H
#define REDRESS_ROSTER_BOOK_H

#include "tests/unit/catalog_book.h"

static const struct given_default roster_defaults[] = {
    { "client.set", "id=acme name=Acme" },
    { "person.set", "id=ann name=Ann side=provider" },
    { "group.set", "id=network side=provider" },
    { "roster.set", "id=net group=network zone=UTC" },
    { "roster.remove", "roster=net" },
    { "override.set", "roster=net" },
    { "temporary.set", "id=t roster=net fallback=bob" },
    { "duty.accept", "duty=net" },
    { NULL, NULL },
};

/* What is said besides is looked at where it matters. */
static const char *const roster_quiet[] = { "duty.stirred",           "duty.looked",
                                            "duty.changed",           "duty.gap_found",
                                            "duty.unqualified_found", NULL };

static const struct given_book roster_book = {
    .service = &catalog_service,
    .defaults = roster_defaults,
    .quiet = roster_quiet,
};

#define ROSTER_PEOPLE                                                                              \
    "00:00 person.set addresses=email/ann@p.example\n"                                             \
    "00:00 person.set id=bob name=Bob addresses=email/bob@p.example\n"                             \
    "00:00 person.set id=cid name=Cid addresses=email/cid@p.example\n"                             \
    "00:00 person.set id=dee name=Dee addresses=email/dee@p.example\n"                             \
    "00:00 person.set id=eve name=Eve side=supplier addresses=email/eve@s.example\n"               \
    "00:00 client.set\n 00:00 person.set id=olga name=Olga side=client client=acme\n"              \
    "00:00 group.set\n 00:00 group.set id=storage side=provider\n"
#define ROSTER_DAILY "layers=day/2026-01-05//08:00/day/1/ann&bob"

#endif
