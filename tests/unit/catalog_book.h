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
