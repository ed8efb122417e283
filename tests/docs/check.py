#!/usr/bin/python3
# Checks the printed documents: schemas are valid, every reference leads somewhere, nothing is undocumented.
import json
import pathlib
import sys

import jsonschema

DIRECTORY = pathlib.Path(sys.argv[1])
rules = set()
wrong = []


def check(rule, what, holds):
    """Holds a rule at one place; a rule counts once, however many places it has."""
    rules.add(rule)
    if not holds:
        wrong.append((rule, what))


def references(node):
    """Every $ref below a node."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolves(document, reference):
    node = document
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return reference.startswith("#/")


def check_schema(path):
    schema = json.loads(path.read_text(encoding="utf-8"))
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
        check(f"{path.stem} valid", "", True)
    except jsonschema.SchemaError as error:
        check(f"{path.stem} valid", f"{path.name}: {error.message}", False)
    for reference in references(schema):
        check(f"{path.stem} references", f"{path.name}: {reference} leads nowhere", resolves(schema, reference))
    for name, record in schema["$defs"].items():
        for field, rule in record["properties"].items():
            check(f"{path.stem} docs", f"{path.name}: {name}.{field} has no doc", bool(rule.get("description")))
            check(f"{path.stem} audience", f"{path.name}: {name}.{field} has no audience", "x-audience" in rule)
    for code, sentence in schema["x-refusals"].items():
        check(f"{path.stem} refusals", f"{path.name}: refusal {code} is no sentence", sentence[:1].isupper() and sentence.endswith("."))
    return schema


CALENDAR = {"id": "office", "zone": "Europe/Berlin",
            "versions": [{"from": "2026-01-01", "hours": [{"days": "mon-fri", "from": "00:00", "to": "24:00"}]}],
            "holidays": [{"date": "2028-02-29", "from": "09:30", "to": "19:59"}]}
NO_DATES = ("2026-1-1", "2026-13-01", "2027-02-29", "2026-01-01T00:00:00Z", "01.01.2026", "", 20454)
NO_TIMES = ("9:30", "24:01", "23:60", "25:00", "09:30:00", "noon", "", 570)


def check_values(schema):
    """Days and times of day are described as they are read."""
    rules_of = dict(schema, **{"$ref": "#/$defs/command.calendar.set"})
    validator = jsonschema.Draft202012Validator(rules_of, format_checker=jsonschema.FormatChecker())
    check("values", f"a calendar: {[e.message for e in validator.iter_errors(CALENDAR)]}", validator.is_valid(CALENDAR))
    for field, values in (("date", NO_DATES), ("from", NO_TIMES), ("to", NO_TIMES)):
        for value in values:
            other = dict(CALENDAR, holidays=[dict(CALENDAR["holidays"][0], **{field: value})])
            check("values", f"{value!r} is taken for the {field} of a holiday", not validator.is_valid(other))


def main():
    schemas = sorted((DIRECTORY / "schema").glob("*.json"))
    check("schemas", "there are no schemas", bool(schemas))
    asyncapi = json.loads((DIRECTORY / "asyncapi.json").read_text(encoding="utf-8"))
    for reference in references(asyncapi):
        check("asyncapi references", f"asyncapi.json: {reference} leads nowhere", resolves(asyncapi, reference))
    reference_text = (DIRECTORY / "reference.md").read_text(encoding="utf-8")
    for path in schemas:
        schema = check_schema(path)
        if path.stem == "catalog":
            check_values(schema)
        for name in schema["$defs"]:
            kind, _, rest = name.partition(".")
            if kind in ("command", "event", "query"):
                check(f"{path.stem} in the reference", f"{name} of {path.stem} is not in reference.md", f"### {rest}\n" in reference_text)
            if kind in ("command", "event"):
                check(f"{path.stem} in asyncapi", f"{name} of {path.stem} is not in asyncapi.json",
                      f"{path.stem}.{name}" in asyncapi["operations"])
    for _, line in wrong[:20]:
        print(f"docs: {line}")
    broken = {rule for rule, _ in wrong}
    print(f"{len(rules - broken)} passed, {len(broken)} failed")
    sys.exit(1 if wrong else 0)


main()
