/* What is set is what is there: once, in its order, and looked up by whoever may. */
#include <string.h>

#include "tests/unit/catalog_book.h"

#define DIGEST1 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define DIGEST2 "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define PEOPLE                                                                                     \
    "00:00 person.set\n 00:00 person.set id=bob name=Bob\n 00:00 client.set\n"                     \
    "00:00 person.set id=olga name=Olga side=client client=acme\n"                                 \
    "00:00 person.set id=otto name=Otto side=client client=acme\n"

/* A row for every part that makes two of a kind differ. */
static const struct given_row known[] = {
    { "Setting what is there changes nothing",
      PEOPLE "00:00 client.set zone=UTC primary_contact=olga executives=otto+olga "
             "holders=1/ann//bob+2/bob targets=1/5m/60m/30m+2/9m\n",
      "01:00 client.set zone=UTC primary_contact=olga executives=otto+olga "
      "holders=1/ann//bob+2/bob targets=1/5m/60m/30m+2/9m",
      "known" },
    { "What is not said is not there any more",
      PEOPLE "00:00 client.set zone=UTC primary_contact=olga executives=otto\n",
      "01:00 client.set zone=UTC executives=otto\n 01:00 client.set executives=otto\n"
      "01:00 client.set name=Acme_Inc executives=otto\n 01:00 client.set name=Acme_Inc",
      "01:00 client.changed zone=UTC executives=otto\n 01:00 client.changed executives=otto\n"
      "01:00 client.changed name=Acme_Inc executives=otto\n 01:00 client.changed name=Acme_Inc" },
    { "A figure of nothing is a figure",
      "00:00 area.set\n 00:00 objective.set draft=yes target= owner=\n",
      "01:00 objective.set draft=yes target=0 owner=\n"
      "01:00 objective.set draft=yes target=0 owner=\n"
      "01:00 objective.set draft=yes target= owner=",
      "01:00 objective.changed draft=yes\n known\n"
      "01:00 objective.changed draft=yes" },
    { "The order of executives counts", PEOPLE "00:00 client.set executives=otto+olga\n",
      "01:00 client.set executives=olga+otto\n 01:00 client.set executives=olga",
      "01:00 client.changed executives=olga+otto\n 01:00 client.changed executives=olga" },
    { "And every part of a line", PEOPLE "00:00 client.set holders=1/ann\n",
      "01:00 client.set holders=2/ann\n 01:00 client.set holders=2/bob\n"
      "01:00 client.set holders=2/bob//ann\n 01:00 client.set holders=2/bob//ann+1/ann",
      "01:00 client.changed holders=2/ann\n 01:00 client.changed holders=2/bob\n"
      "01:00 client.changed holders=2/bob//ann\n 01:00 client.changed holders=2/bob//ann+1/ann" },
    { "And every part of the targets", "00:00 client.set targets=1/5m/60m/30m\n",
      "01:00 client.set targets=2/5m/60m/30m\n 01:00 client.set targets=2/6m/60m/30m\n"
      "01:00 client.set targets=2/6m/61m/30m\n 01:00 client.set targets=2/6m/61m/31m",
      "01:00 client.changed targets=2/5m/60m/30m\n 01:00 client.changed targets=2/6m/60m/30m\n"
      "01:00 client.changed targets=2/6m/61m/30m\n 01:00 client.changed targets=2/6m/61m/31m" },
    { "And every part of a person",
      "00:00 client.set\n 00:00 client.set id=umbrella name=U\n"
      "00:00 person.set role=Lead zone=UTC addresses=email/a@b.example\n",
      "01:00 person.set role=Lead zone=UTC addresses=email/a@b.example\n"
      "01:01 person.set role=Lead zone=UTC addresses=email/a@c.example\n"
      "01:02 person.set role=Lead zone=UTC\n 01:03 person.set role=Lead\n 01:04 person.set\n"
      "01:05 person.set name=Anne\n 01:06 person.set name=Anne side=supplier\n"
      "01:07 person.set name=Anne side=client client=acme\n"
      "01:08 person.set name=Anne side=client client=umbrella",
      "known\n 01:01 person.changed\n 01:02 person.changed\n 01:03 person.changed\n"
      "01:04 person.changed\n 01:05 person.changed\n 01:06 person.changed\n"
      "01:07 person.changed\n 01:08 person.changed" },
    { "And every part of an address",
      "00:00 person.set addresses=webhook/https:||a.example/file:a\n",
      "01:00 person.set addresses=webhook/https:||a.example/file:b\n"
      "01:01 person.set addresses=email/a@a.example\n"
      "01:02 person.set addresses=email/b@a.example\n"
      "01:03 person.set addresses=email/b@a.example+webhook/https:||a.example",
      "01:00 person.changed\n 01:01 person.changed\n 01:02 person.changed\n"
      "01:03 person.changed" },
    { "A group too", PEOPLE "00:00 group.set holders=1/ann\n",
      "01:00 group.set holders=1/ann\n 01:00 group.set side=supplier holders=1/ann\n"
      "01:00 group.set side=supplier",
      "known\n 01:00 group.changed side=supplier holders=1/ann\n"
      "01:00 group.changed side=supplier" },
    { "A group goes by the name that tickets use", "00:00 group.set id=Network_(EU)|2\n",
      "01:00 group.remove group=Network_(EU)|2\n 01:00 query catalog.groups",
      "01:00 group.removed id=Network_(EU)/2" },
    { "What went may come again", PEOPLE "00:00 person.remove person=otto\n",
      "01:00 person.set id=otto name=Otto side=client client=acme",
      "01:00 person.changed otto client=acme" },
    { "A token lasts as long as the option says", "option token_lasts=60m\n 00:00 person.set\n",
      "01:00 token.grant", "01:00 token.granted tok-1 person=ann role=viewer expires_at=02:00" },
};

static const struct given_row lookups[] = {
    { "Clients by id, or those that name somebody",
      PEOPLE "00:00 client.set id=umbrella name=U holders=1/ann//bob\n"
             "00:00 client.set primary_contact=olga executives=otto\n",
      "01:00 query catalog.clients\n 01:00 query catalog.clients limit=1\n"
      "01:00 query catalog.clients names=person|olga\n 01:00 query catalog.clients "
      "names=person|otto\n"
      "01:00 query catalog.clients names=person|ann\n 01:00 query catalog.clients "
      "names=person|bob\n"
      "01:00 query catalog.clients names=person|nobody\n"
      "01:00 query catalog.client client=umbrella\n 01:00 query catalog.client client=none",
      "row id=acme\n row id=umbrella\n row id=acme\n row id=acme\n row id=acme\n"
      "row id=umbrella\n row id=umbrella\n row id=umbrella" },
    { "People by id, or of a client", PEOPLE,
      "01:00 query catalog.people\n 01:00 query catalog.people names=client|acme\n"
      "01:00 query catalog.person person=bob",
      "row id=ann\n row id=bob\n row id=olga\n row id=otto\n row id=olga\n row id=otto\n"
      "row id=bob" },
    { "Groups by name, or those that name somebody",
      PEOPLE "00:00 group.set id=Network_EU holders=1/ann//bob\n 00:00 group.set id=Hardware\n",
      "01:00 query catalog.groups\n 01:00 query catalog.groups names=person|bob\n"
      "01:00 query catalog.group group=Network_EU",
      "row id=Hardware\n row id=Network_EU\n row id=Network_EU\n row id=Network_EU" },
    { "Tokens by id, of a person, or by digest",
      PEOPLE "00:00 token.grant\n 00:00 token.grant person=bob digest=" DIGEST2 "\n"
             "00:05 token.revoke\n",
      "01:00 query catalog.tokens\n 01:00 query catalog.tokens person=bob\n"
      "01:00 query catalog.tokens digest=" DIGEST1 "\n"
      "01:00 query catalog.tokens digest=" DIGEST1 " person=bob\n"
      "01:00 query catalog.token token=tok-2\n 01:00 query catalog.tokens limit=1\n"
      "01:00 ann@acme query catalog.tokens\n 01:00 ann@acme query catalog.token token=tok-2\n"
      "01:00 ann@provider query catalog.token token=tok-2",
      "row id=tok-1 granted_at=00:00 revoked_at=00:05\n row id=tok-2\n row id=tok-2\n"
      "row id=tok-1\n row id=tok-2\n row id=tok-1\n row id=tok-2" },
    { "Whoever asks for one client sees nothing, the provider everything", PEOPLE,
      "01:00 ann@acme query catalog.clients\n 01:00 ann@acme query catalog.client client=acme\n"
      "01:00 ann@provider query catalog.clients\n"
      "01:00 ann@provider query catalog.client client=acme",
      "row id=acme\n row id=acme" },
    { "What was removed is not found", PEOPLE "00:00 person.remove person=bob\n",
      "01:00 query catalog.people\n 01:00 query catalog.person person=bob",
      "row id=ann\n row id=olga\n row id=otto" },
};

static void test_known(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, known);
}

static void test_lookups(void **state)
{
    (void)state;
    GIVEN_ROWS(&catalog_book, lookups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_lookups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
