"""The catalog as files and back: what is exported and applied changes nothing, and is exported the same again."""
import random

import pytest

import redress

EXAMPLE = redress.ROOT / "deploy" / "example"
MARK = "# Written by `redress export`, read by `redress apply -f`.\n"
# What is something else to readers of YAML, or cannot stand there as it is.
WORDS = ["no", "Null", "~", "on", "1e3", "017", "2026-01-01", "12:30", "- a", "a: b", "a #b", "it's", '"', "{x}", "[x]", "*x", "&x",
         "!x", "%x", "@x", "`x`", " a ", "a\tb", "a\nb", "\n", "ü", "\U0001f600", "a\u0085b", "\u2028", "'", "|", ">", "?", "- ", "#",
         "a\\nb", "true", "0x1F", ".5", "=", "<<", "a" * 100]


def files(path):
    return {file.name: file.read_bytes() for file in path.iterdir()}


def exported(suite, path):
    done = suite.cli("export", "-f", path)
    assert done.stdout.startswith("exported: ")
    return files(path)


def nothing_differs(suite, path):
    done = suite.cli("apply", "-f", path, "--prune")
    assert done.stdout.endswith("unchanged\nnothing to change\n"), done.stdout


def there_and_back(suite, tmp_path):
    """Exports from one suite, applies to another, exports from there."""
    first = exported(suite, tmp_path / "a")
    nothing_differs(suite, tmp_path / "a")
    assert exported(suite, tmp_path / "a") == first
    with redress.Suite() as other:
        other.up()
        other.cli("apply", "-f", tmp_path / "a")
        assert exported(other, tmp_path / "b") == first
        nothing_differs(other, tmp_path / "b")
        other.down()
        assert exported(other, tmp_path / "c") == first, "the same of a suite that is down"
        other.cli("verify")
    return first


def test_the_example_provider(suite, tmp_path):
    suite.cli("apply", "-f", EXAMPLE)
    written = there_and_back(suite, tmp_path)
    assert all(text.decode().startswith(MARK) for text in written.values())
    assert set(written) >= {"clients.yaml", "contracts.yaml", "racis.yaml", "rosters.yaml", "trainings.yaml"}
    nothing_differs(suite, EXAMPLE)


class Model:
    """A catalog of random entities that the rules allow."""

    def __init__(self, seed):
        self.random, self.rows = random.Random(seed), {}

    def word(self):
        return self.random.choice([*WORDS, *(f"w{n}" for n in range(10))])

    def named(self, plural, count, **more):
        """Ids in a random order, each with a name, and what `more` makes of the number."""
        ids = [f"{plural[:3]}-{n}" for n in range(count)]
        self.random.shuffle(ids)
        self.rows[plural] = [{"id": id_, "name": "n" + self.word(), **{key: make(id_) for key, make in more.items()}} for id_ in ids]
        return ids

    def some(self, ids, key, most=4):
        return [{key: id_} for id_ in self.random.sample(ids, self.random.randint(0, min(most, len(ids))))]

    def build(self):
        rng, maybe = self.random, lambda value: value if self.random.random() < 0.6 else None
        people = self.named("people", 12, side=lambda _: "provider", role=lambda _: maybe("r" + self.word()[:60]))
        areas = self.named("areas", 3, kind=lambda _: rng.choice(["support", "delivery"]), description=lambda _: maybe(self.word()))
        services = self.named("services", 6, description=lambda _: maybe(self.word()), area=lambda _: maybe(rng.choice(areas)),
                              owner=lambda _: maybe(rng.choice(people)))
        clients = self.named("clients", 5, zone=lambda _: maybe(rng.choice(["Europe/Berlin", "Asia/Kolkata"])))
        for client in self.rows["clients"]:
            mine = [f"{client['id']}-{n}" for n in range(3)]
            self.rows["people"] += [{"id": id_, "name": "n" + self.word(), "side": "client", "client": client["id"]} for id_ in mine]
            client.update(primary_contact=maybe(mine[0]), executives=self.some(mine, "person"),
                          holders=[{"level": n + 1, "person": id_} for n, id_ in enumerate(rng.sample(people, rng.randint(0, 6)))])
        self.rows["groups"] = [{"id": "g" + word.replace("\n", " "), "side": "provider", "members": self.some(people, "person")}
                               for word in sorted(rng.sample(WORDS[:12], 3))]
        self.named("components", 8, services=lambda _: [{"service": id_} for id_ in rng.sample(services, 2)],
                   critical=lambda _: rng.random() < 0.5)
        self.named("calendars", 2, zone=lambda _: "Europe/London", versions=lambda _: [
            {"from": "2026-01-01", "hours": [{"days": "mon-fri", "from": "09:00", "to": "17:30"}]}], holidays=lambda _: [
                {"date": f"2026-0{month}-01", **({"from": "00:00", "to": "12:00"} if rng.random() < 0.5 else {})} for month in range(1, 9)])
        self.rows["contracts"] = [{"id": f"c-{id_}", "client": id_, "services": [{"service": rng.choice(services)}],
                                   "start": "2026-01-01", "value": "12.50", "currency": "EUR", "notice_days": rng.choice([0, 30]),
                                   "terms": [{"priority": 1, "metric": "response", "within": "PT1H30M"}]} for id_ in clients]
        self.named("tools", 5, purpose=lambda _: maybe(self.word()))
        return {kind: [{key: value for key, value in row.items() if value is not None} for row in rows] for kind, rows in self.rows.items()}


@pytest.mark.parametrize("seed", range(4))
def test_random_catalogs(suite, tmp_path, seed):
    path = tmp_path / "model.yaml"
    text = redress.json.dumps(Model(seed).build(), ensure_ascii=False)  # JSON is YAML, but for breaks that YAML alone knows
    path.write_text(text.replace("\u0085", "\\u0085").replace("\u2028", "\\u2028"))
    suite.cli("apply", "-f", path)
    there_and_back(suite, tmp_path)


def test_to_standard_output(suite, tmp_path):
    (tmp_path / "in.yaml").write_text("people: [{id: ann, name: 'no', side: provider}]\n"
                                      "areas: [{id: a, name: A, kind: other, owner: ann}]\n")
    suite.cli("apply", "-f", tmp_path / "in.yaml")
    text = suite.cli("export").stdout
    assert text == MARK + "---\npeople:\n- id: ann\n  name: 'no'\n  side: provider\n---\nareas:\n- id: a\n  name: A\n  kind: other\n" \
        "  owner: ann\n"
    assert suite.cli("export", "-o", "yaml").stdout == text
    assert suite.cli_json("export")["people"] == [{"id": "ann", "name": "no", "side": "provider"}]
    assert suite.cli_json("export")["risks"] == []


def test_what_is_gone_goes_from_the_directory(suite, tmp_path):
    (tmp_path / "in.yaml").write_text("people: [{id: ann, name: A, side: provider}]\nskills: [{id: s, name: S}]\n")
    suite.cli("apply", "-f", tmp_path / "in.yaml")
    assert set(exported(suite, tmp_path / "out")) == {"people.yaml", "skills.yaml"}
    suite.cli("skill", "remove", "s")
    assert set(exported(suite, tmp_path / "out")) == {"people.yaml"}


def test_what_others_wrote_is_left_alone(suite, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("people: []\n")
    done = suite.cli("export", "-f", tmp_path, check=False)
    assert done.returncode == 4 and f"{mine} was not written by `redress export`" in done.stderr
    assert files(tmp_path) == {"mine.yaml": b"people: []\n"}
    assert suite.cli("export", "-f", tmp_path / "no" / "where", check=False).returncode != 0
    assert "-o takes yaml or json" in suite.cli("export", "-o", "table", check=False).stderr


def test_a_kind_that_is_too_large_for_one_file(suite, tmp_path):
    text = "x" * 900
    (tmp_path / "in").mkdir()
    for half in range(2):
        (tmp_path / "in" / f"{half}.yaml").write_text("services:\n" + "".join(
            f"- {{id: s{half}-{n:03}, name: S, description: {text}}}\n" for n in range(500)))
    suite.cli("apply", "-f", tmp_path / "in")
    assert set(exported(suite, tmp_path / "out")) == {"services.yaml", "services-2.yaml"}
    nothing_differs(suite, tmp_path / "out")
