/* catalog_refusals_people: what is refused about clients, people, groups and tokens. */
#ifndef REDRESS_CATALOG_REFUSALS_PEOPLE_H
#define REDRESS_CATALOG_REFUSALS_PEOPLE_H

#include "tests/unit/catalog_book.h"

#define ANN     "00:00 person.set\n"
#define ACME    "00:00 client.set\n"
#define OLGA    ACME "00:00 person.set id=olga name=Olga side=client client=acme\n"
#define SUE     "00:00 person.set id=sue name=Sue side=supplier\n"
#define DIGEST2 "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

static const struct given_row people_refusals[] = {
    { "An id is a word", "",
      "01:00 client.set id=a_b\n 01:00 client.set id=a{b\n 01:00 client.set id=a[b\n"
      "01:00 client.set id=a/b\n 01:00 person.set id=a@b\n"
      "01:00 person.set id=ann.B-2 name=Ann\n 01:00 client.set id=Acme.EU-2",
      "refused id_form id\n refused id_form id\n refused id_form id\n refused id_form id\n"
      "refused id_form id\n 01:00 person.changed ann.B-2\n 01:00 client.changed Acme.EU-2" },
    { "No client is called as the provider is", "", "01:00 client.set id=provider",
      "refused id_reserved id" },
    { "A zone looks like one", ANN,
      "01:00 client.set zone=CET[\n 01:00 client.set zone=CET{\n 01:00 client.set zone=CET!\n "
      "01:00 client.set zone=/Berlin\n"
      "01:00 client.set zone=Europe/\n 01:00 client.set zone=Europe//Berlin\n"
      "01:00 client.set zone=+01:00\n 01:00 person.set zone=../passwd\n"
      "01:00 client.set zone=Europe/Berlin\n 01:00 person.set zone=Etc/GMT+1",
      "refused zone_form zone\n refused zone_form zone\n refused zone_form zone\n refused "
      "zone_form zone\n refused "
      "zone_form zone\n"
      "refused zone_form zone\n refused zone_form zone\n refused zone_form zone\n"
      "01:00 client.changed zone=Europe/Berlin\n 01:00 person.changed zone=Etc/GMT+1" },
    { "Who is named is there", ACME,
      "01:00 client.set holders=1/ann\n 01:00 client.set primary_contact=olga\n"
      "01:00 client.set executives=olga\n 01:00 group.set holders=1/ann\n 01:00 token.grant",
      "refused not_in_catalog holders[0].person\n refused not_in_catalog primary_contact\n"
      "refused not_in_catalog executives[0].person\n"
      "refused not_in_catalog holders[0].person\n refused not_in_catalog person" },
    { "A backup too", ACME ANN, "01:00 client.set holders=1/ann//bob",
      "refused not_in_catalog holders[0].backup" },
    { "A client that is named is there", ANN,
      "01:00 person.set id=olga side=client client=acme\n 01:00 token.grant clients=acme",
      "refused not_in_catalog client\n refused not_in_catalog clients" },
    { "Somebody at a client says at which", ACME, "01:00 person.set side=client",
      "refused client_missing client" },
    { "And nobody else does", ACME,
      "01:00 person.set client=acme\n 01:00 person.set side=supplier client=acme",
      "refused client_needless client\n refused client_needless client" },
    { "A client's line is of the provider", OLGA SUE ANN,
      "01:00 client.set holders=1/olga\n 01:00 client.set holders=1/sue\n"
      "01:00 client.set holders=1/ann//sue\n 01:00 group.set holders=1/sue",
      "refused wrong_side holders\n refused wrong_side holders\n refused wrong_side holders\n"
      "refused wrong_side holders" },
    { "A supplier's line is of the supplier, or of the provider who looks after it", OLGA SUE ANN,
      "01:00 group.set side=supplier holders=1/olga\n"
      "01:00 group.set side=supplier holders=1/sue+2/ann",
      "refused wrong_side holders\n 01:00 group.changed side=supplier" },
    { "A contact is of that client", OLGA ANN "00:00 client.set id=umbrella name=Umbrella\n",
      "01:00 client.set primary_contact=ann\n 01:00 client.set executives=ann\n"
      "01:00 client.set id=umbrella primary_contact=olga",
      "refused wrong_side primary_contact\n refused wrong_side executives\n"
      "refused wrong_side primary_contact" },
    { "An executive is named once", OLGA, "01:00 client.set executives=olga+olga",
      "refused named_twice executives" },
    { "A token's client too", ANN ACME, "01:00 token.grant clients=acme+acme",
      "refused named_twice clients" },
    { "Nobody holds a level twice", ANN ACME "00:00 person.set id=bob name=Bob\n",
      "01:00 client.set holders=1/ann+1/bob+1/ann\n 01:00 client.set holders=1/ann+2/ann+1/bob",
      "refused held_twice holders\n 01:00 client.changed acme" },
    { "Nobody stands in for themselves", ANN ACME, "01:00 client.set holders=1/ann//ann",
      "refused own_backup holders" },
    { "A priority has its targets once", ACME, "01:00 client.set targets=1/5m/60m+2/5m+1/6m/60m",
      "refused target_twice targets" },
    { "It is answered before it is solved", ACME,
      "01:00 client.set targets=1/61m/60m\n 01:00 client.set targets=1/60m/60m+2/90m",
      "refused target_order targets\n 01:00 client.changed acme" },
    { "A mail address is one", "",
      "01:00 person.set addresses=email/ann\n 01:00 person.set addresses=email/@example.org\n"
      "01:00 person.set addresses=email/ann@\n 01:00 person.set addresses=email/a@b@c\n"
      "01:00 person.set addresses=email/a_b@example.org\n"
      "01:00 person.set addresses=email/a\x7f@example.org\n"
      "01:00 person.set addresses=email/Ann<ann@example.org>\n"
      "01:00 person.set addresses=email/ann@example.org,bob@example.org\n"
      "01:00 person.set addresses=email/\xc3\xa4nn@example.org",
      "refused address_form addresses\n refused address_form addresses\n refused address_form "
      "addresses\n"
      "refused address_form addresses\n refused address_form addresses\n"
      "refused address_form addresses\n refused address_form addresses\n"
      "refused address_form addresses\n 01:00 person.changed ann" },
    { "A hook is a URL without a password", "",
      "01:00 person.set addresses=webhook/example.org\n"
      "01:00 person.set addresses=webhook/ftp:||example.org\n"
      "01:00 person.set addresses=webhook/https:||\n"
      "01:00 person.set addresses=webhook/https:|||path\n"
      "01:00 person.set addresses=webhook/https:||me:secret@example.org|hook\n"
      "01:00 person.set addresses=webhook/http:||example.org+webhook/https:||a.example|?to=a@b",
      "refused address_form addresses\n refused address_form addresses\n"
      "refused address_form addresses\n refused address_form addresses\n"
      "refused address_form addresses\n 01:00 person.changed ann" },
    { "An address is named once", "",
      "01:00 person.set addresses=email/a@b.example+email/c@b.example+email/a@b.example",
      "refused address_twice addresses" },
    { "A secret is elsewhere", "",
      "01:00 person.set addresses=webhook/https:||a.example/whsec-123\n"
      "01:00 person.set addresses=webhook/https:||a.example/file:\n"
      "01:00 person.set addresses=webhook/https:||a.example/file:..|passwd\n"
      "01:00 person.set addresses=webhook/https:||a.example/file:.hidden\n"
      "01:00 person.set addresses=webhook/https:||a.example/file:a|b\n"
      "01:00 person.set addresses=email/a@a.example/env:HOOK\n"
      "01:00 person.set addresses=webhook/https:||a.example/env:HOOK",
      "refused secret_form addresses\n refused secret_form addresses\n"
      "refused secret_form addresses\n refused secret_form addresses\n"
      "refused secret_form addresses\n refused secret_form addresses\n"
      "01:00 person.changed ann" },
    { "Clients are not groups", "", "01:00 group.set side=client", "refused group_side side" },
    { "Whoever is in a group is of its side", OLGA SUE ANN,
      "01:00 group.set members=olga\n 01:00 group.set members=sue\n"
      "01:00 group.set members=ann+ann\n 01:00 group.set side=supplier members=sue+ann",
      "refused wrong_side members\n refused wrong_side members\n refused named_twice members\n"
      "01:00 group.changed side=supplier" },
    { "A level is held by a person or a group", ANN "00:00 group.set id=desk\n",
      "01:00 group.set holders=1\n 01:00 group.set holders=1/ann/desk\n"
      "01:00 group.set holders=1//desk\n 01:00 group.set holders=1//desk+1//desk\n"
      "01:00 group.set id=spare\n 01:00 group.set holders=1//desk+1//spare",
      "refused holder_form holders\n refused holder_form holders\n 01:00 group.changed\n"
      "refused held_twice holders\n 01:00 group.changed spare\n 01:00 group.changed network" },
    { "A group does not hold its own line", "00:00 group.set\n",
      "01:00 group.set holders=1//network", "refused own_line holders" },
    { "In a client's line stand no suppliers", ACME "00:00 group.set id=cables side=supplier\n",
      "01:00 client.set holders=1//cables\n 01:00 group.set side=supplier holders=1//cables",
      "refused wrong_group holders\n 01:00 group.changed network" },
    { "A provider's group has no partner", "00:00 partner.set\n",
      "01:00 group.set partner=carrier\n 01:00 group.set side=supplier partner=carrier",
      "refused partner_form partner\n 01:00 group.changed partner=carrier" },
    { "A digest is one", ANN,
      "01:00 token.grant digest=00\n"
      "01:00 token.grant digest=g0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
      "01:00 token.grant digest=G0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
      "01:00 token.grant digest=A0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
      "refused digest_form digest\n refused digest_form digest\n refused digest_form digest\n"
      "refused digest_form digest" },
    { "A token is granted once, even when it was revoked",
      ANN "00:00 token.grant\n 00:01 token.revoke\n", "01:00 token.grant",
      "refused digest_known digest" },
    { "A token ends later", ANN,
      "01:00 token.grant expires_at=01:00\n 01:00 token.grant expires_at=01:00:01",
      "refused token_past expires_at\n 01:00 token.granted tok-1 expires_at=01:00:01" },
    { "A client's token is for that client", OLGA ANN "00:00 client.set id=umbrella name=U\n",
      "01:00 token.grant person=ann role=client\n 01:00 token.grant person=olga role=viewer\n"
      "01:00 token.grant person=olga role=client clients=umbrella\n"
      "01:00 token.grant person=olga role=client clients=acme+umbrella\n"
      "01:00 token.grant person=olga role=viewer clients=acme\n"
      "01:00 token.grant person=olga role=client clients=acme\n"
      "01:00 token.grant person=ann role=client clients=acme+umbrella digest=" DIGEST2,
      "refused token_unscoped clients\n refused wrong_side person\n refused wrong_side person\n"
      "refused wrong_side person\n refused wrong_side person\n"
      "01:00 token.granted tok-1 person=olga role=client clients=acme\n"
      "01:00 token.granted tok-2 person=ann clients=acme+umbrella" },
    { "It ends once", ANN "00:00 token.grant\n 00:01 token.revoke\n", "01:00 token.revoke",
      "refused token_revoked token" },
    { "What is not there cannot go", "",
      "01:00 client.remove\n 01:00 person.remove\n 01:00 group.remove\n 01:00 token.revoke",
      "missing client\n missing person\n missing group\n missing token" },
};

static const struct given_row people_needed[] = {
    { "A client with people stays", OLGA, "01:00 client.remove", "refused still_named client" },
    { "A client with tokens stays until they are revoked",
      ANN ACME "00:00 token.grant clients=acme\n",
      "01:00 client.remove\n 01:00 token.revoke\n 01:00 client.remove",
      "refused still_named client\n 01:00 token.revoked tok-1 person=ann\n"
      "01:00 client.removed acme" },
    { "Who holds a level stays, and goes when nobody names them any more",
      ANN ACME "00:00 client.set holders=1/ann\n",
      "01:00 person.remove\n 01:00 client.set\n 01:00 person.remove",
      "refused still_named person\n 01:00 client.changed acme\n 01:00 person.removed ann" },
    { "Also as a backup, or in a group's line",
      ANN ACME "00:00 person.set id=bob name=Bob\n"
               "00:00 client.set holders=1/bob//ann\n"
               "00:00 group.set holders=3/bob\n 00:00 group.set id=hardware side=supplier "
               "holders=3/ann\n",
      "01:00 person.remove\n 01:00 client.remove\n 01:00 person.remove\n"
      "01:00 person.remove person=bob\n 01:00 group.remove\n 01:00 person.remove person=bob\n"
      "01:00 group.remove group=hardware\n 01:00 person.remove",
      "refused still_named person\n 01:00 client.removed acme\n"
      "refused still_named person\n refused still_named person\n"
      "01:00 group.removed network\n 01:00 person.removed bob\n"
      "01:00 group.removed hardware\n 01:00 person.removed ann" },
    { "A contact stays, and with the client goes last",
      OLGA "00:00 person.set id=otto name=Otto side=client client=acme\n"
           "00:00 client.set primary_contact=olga executives=otto\n",
      "01:00 person.remove person=olga\n 01:00 person.remove person=otto\n 01:00 client.set\n"
      "01:00 person.remove person=olga\n 01:00 person.remove person=otto\n 01:00 client.remove",
      "refused still_named person\n refused still_named person\n"
      "01:00 client.changed acme\n 01:00 person.removed olga\n 01:00 person.removed otto\n"
      "01:00 client.removed acme" },
    { "Whose token is good stays", ANN "00:00 token.grant\n",
      "01:00 person.remove\n 01:00 token.revoke\n 01:00 person.remove",
      "refused still_named person\n 01:00 token.revoked\n 01:00 person.removed ann" },
    { "Who holds a level stays on that side, all else may change",
      ANN ACME "00:00 client.set holders=1/ann\n",
      "01:00 person.set side=supplier\n 01:00 person.set side=client client=acme\n"
      "01:00 person.set role=Lead",
      "refused still_named side\n refused still_named side\n"
      "01:00 person.changed role=Lead" },
    { "Whoever is named stays on a side, whichever would do",
      SUE ACME "00:00 group.set side=supplier holders=1/sue\n",
      "01:00 person.set id=sue name=Sue side=client client=acme\n"
      "01:00 person.set id=sue name=Sue side=provider\n 01:01 group.set side=supplier\n"
      "01:02 person.set id=sue name=Sue side=provider",
      "refused still_named side\n refused still_named side\n 01:01 group.changed\n"
      "01:02 person.changed sue" },
    { "A contact stays at the client",
      OLGA "00:00 client.set id=umbrella name=U\n 00:00 client.set primary_contact=olga\n",
      "01:00 person.set id=olga name=Olga side=client client=umbrella\n 01:00 client.set\n"
      "01:00 person.set id=olga name=Olga side=client client=umbrella\n"
      "01:00 client.remove",
      "refused still_named client\n 01:00 client.changed acme\n"
      "01:00 person.changed olga client=umbrella\n 01:00 client.removed acme" },
    { "An owner of a token stays on that side", ANN "00:00 token.grant\n",
      "01:00 person.set side=supplier", "refused still_named side" },
};

#endif
