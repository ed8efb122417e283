/* Who is affected by an announced change: through contracts, services, components and whatever
 * depends on them. */
#include "tests/unit/catalog_book.h"

#include <stdio.h>
#include <string.h>

/* dns <- ad <- mx (mail), dns <- www (web); fax stands alone. Acme has mail, umbrella web, initech
 * had fax. */
#define WORLD                                                                                      \
    "00:00 person.set\n 00:00 client.set\n 00:00 client.set id=umbrella name=Umbrella\n"           \
    "00:00 client.set id=initech name=Initech\n 00:00 service.set\n"                               \
    "00:00 service.set id=web name=Web\n 00:00 service.set id=print name=Print\n"                  \
    "00:00 component.set id=dns name=DNS services=print\n"                                         \
    "00:00 component.set id=ad name=AD services=print depends=dns\n"                               \
    "00:00 component.set depends=ad\n"                                                             \
    "00:00 component.set id=www name=WWW services=web depends=dns\n"                               \
    "00:00 component.set id=fax name=Fax services=print\n"                                         \
    "00:00 contract.set\n 00:00 contract.set id=c-2 client=umbrella services=web\n"                \
    "00:00 contract.set id=c-3 client=umbrella services=mail end=2026-01-14\n"                     \
    "00:00 contract.set id=c-4 client=initech services=print start=2025-01-01 end=2025-12-31\n"

static const struct given_row affected[] = {
    { "By a service, whoever has it under contract then", WORLD "00:00 change.set\n",
      "01:00 query catalog.affected change=h-1",
      "row client=acme name=Acme contracts=c-1 services=mail" },
    { "A contract's last day still counts", WORLD "00:00 change.set from=239:00 to=241:00\n",
      "01:00 query catalog.affected change=h-1",
      "row client=acme contracts=c-1\n row client=umbrella contracts=c-3 services=mail" },
    { "By a component, whatever cannot do without it",
      WORLD "00:00 change.set services= components=dns\n",
      "01:00 query catalog.affected change=h-1",
      "row client=acme contracts=c-1 services=mail components=mx\n"
      "row client=umbrella contracts=c-2 services=web components=www" },
    { "In between too", WORLD "00:00 change.set services= components=ad\n",
      "01:00 query catalog.affected change=h-1",
      "row client=acme contracts=c-1 services=mail components=mx" },
    { "A component of two services is told once",
      WORLD "00:00 component.set id=www name=WWW services=web+mail\n"
            "00:00 contract.set services=mail+web\n 00:00 change.set services= components=www\n",
      "01:00 query catalog.affected change=h-1",
      "row client=acme contracts=c-1 services=mail+web components=www\n"
      "row client=umbrella contracts=c-2 services=web" },
    { "What nobody has under contract affects nobody",
      WORLD "00:00 change.set services= components=fax\n",
      "01:00 query catalog.affected change=h-1", "" },
    { "But whom it names, and by what it affects them, too",
      WORLD "00:00 change.set services=mail+web clients=initech+acme\n",
      "01:00 query catalog.affected change=h-1\n 01:00 query catalog.affected change=h-1 limit=1",
      "row client=acme named=yes contracts=c-1 services=mail\n row client=initech named=yes\n"
      "row client=umbrella contracts=c-2 services=web\n row client=acme named=yes" },
    { "A contract that begins behind it is none yet",
      WORLD "00:00 contract.set start=2026-02-01\n 00:00 change.set\n",
      "01:00 query catalog.affected change=h-1", "" },
    { "Of no change, and for one client, there is nothing to say", WORLD "00:00 change.set\n",
      "01:00 query catalog.affected change=h-2\n 01:00 ann@acme query catalog.affected change=h-1\n"
      "01:00 ann@provider query catalog.affected change=h-1",
      "row client=acme" },
};

static void test_affected(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, affected);
}

/* More contracts, services and components than a row holds: it says that there are more. */
static void test_more(void **state)
{
    enum { CONTRACTS_SHOWN = 64, SERVICES_SHOWN = 32, COMPONENTS_SHOWN = 32 };
    (void)state;
    given_begin(&catalog_book);
    given_play("00:00 person.set\n00:00 client.set\n00:00 service.set id=s0 name=S\n"
               "00:00 component.set id=root name=Root services=s0\n"
               "00:00 change.set services= components=root");
    for (int i = 0; i < COMPONENTS_SHOWN - 1; i++)
        given_play("00:00 component.set id=part%02d services=s0 depends=root", i);
    for (int i = 0; i < CONTRACTS_SHOWN; i++)
        given_play("00:00 contract.set id=c%02d services=s0", i);
    const char *full = given_play("01:00 query catalog.affected change=h-1");
    assert_null(strstr(full, "more=yes"));
    assert_non_null(strstr(full, "part30"));
    assert_non_null(strstr(full, "c63"));
    given_play("01:00 component.set id=zz services=s0 depends=root");
    given_play("01:00 query catalog.affected change=h-1");
    given_expect("row client=acme more=yes");
    given_play("01:00 component.set id=zz services=s0\n01:00 contract.set id=c64 services=s0");
    given_play("01:00 query catalog.affected change=h-1");
    given_expect("row client=acme more=yes");
    given_play("01:00 contract.remove contract=c64\n");
    for (int i = 1; i <= SERVICES_SHOWN; i++)
        given_play("01:00 service.set id=s%d name=S\n"
                   "01:00 component.set id=own%d services=s%d depends=root\n"
                   "01:00 contract.set id=d%d services=s%d",
                   i, i, i, i, i);
    given_play("01:00 query catalog.affected change=h-1");
    given_expect("row client=acme more=yes");
    given_end();
}

/* More than is looked at: components, then services. */
static void test_looked(void **state)
{
    enum { COMPONENTS_LOOKED = 2000, SERVICES_TOUCHED = 256, OF_ONE = 32 };
    (void)state;
    given_begin(&catalog_book);
    given_play("00:00 person.set\n00:00 client.set\n00:00 service.set\n00:00 contract.set\n"
               "00:00 component.set id=zz\n00:00 component.set id=a0 depends=zz\n"
               "00:00 component.set id=a1 depends=zz\n"
               "00:00 change.set services= components=a0");
    for (int i = 3; i < COMPONENTS_LOOKED; i++)
        given_play("00:00 component.set id=c%04d", i);
    given_play("01:00 query catalog.affected change=h-1");
    given_expect("row client=acme components=a0");
    assert_null(strstr(given_play("01:00 query catalog.affected change=h-1"), "more"));
    given_play("01:00 component.set id=b0");
    given_play("01:00 query catalog.affected change=h-1");
    given_expect("row client=acme components=a0 more=yes");
    given_end();
    given_begin(&catalog_book);
    given_play("00:00 person.set\n00:00 client.set\n00:00 service.set\n00:00 contract.set\n"
               "00:00 component.set id=a0\n00:00 change.set services=mail components=a0");
    for (int i = 0; i <= SERVICES_TOUCHED / OF_ONE; i++) {
        char services[OF_ONE * 8];
        size_t used = 0;
        for (int n = i * OF_ONE; n < (i + 1) * OF_ONE; n++) {
            used += (size_t)snprintf(services + used, sizeof services - used, "%ss%04d",
                                     used ? "+" : "", n);
            given_play("00:00 service.set id=s%04d name=S", n);
        }
        given_play("00:00 component.set id=b%d services=%s depends=a0", i, services);
    }
    given_play("01:00 query catalog.affected change=h-1");
    given_expect("row client=acme more=yes");
    given_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_affected),
        cmocka_unit_test(test_more),
        cmocka_unit_test(test_looked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
