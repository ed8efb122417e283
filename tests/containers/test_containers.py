"""The suite of docker-compose.yml with a real engine, from `make image` to its end: what README promises of containers."""
import json
import os
import pathlib
import signal
import urllib.request

import pytest

import engine as engines

CLIENT = "harbor-hospital"
USER = "10001"
OPTIONS = ["--client", CLIENT, "--title", "Patient records unreachable", "--severity", "1", "--actor", "ann"]


def program(name):
    return f"redress-{name}"


def http(stack, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.port}{path}", timeout=60) as answer:
        return answer.status, answer.read()


def escalations(stack, service="escalation"):
    """The ids of the client's escalations, asked from a container of the suite."""
    done = stack.inside(service, "redress", "escalation", "list", "--client", CLIENT, "-o", "json")
    return sorted(row["escalation"] for row in json.loads(done.stdout)["rows"])


def raise_one(stack):
    done = stack.compose("exec", "-T", "escalation", "redress", "escalation", "raise", *OPTIONS, "-o", "json")
    return json.loads(done.stdout)


# --- the image --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("composer", engines.composers(), ids=" ".join)
def test_the_compose_file_is_valid(stack, composer):
    stack.compose("config", "-q", composer=composer)


def test_the_image_holds_what_it_needs_and_no_more(engine, image):
    def inside(script):
        return engine.docker("run", "--rm", "--network=none", image, "sh", "-c", script).stdout

    assert inside("command -v gcc cc c99 clang make ld as apt-file curl wget git; true") == ""
    assert inside("id -u; id -g").split() == [USER, USER]
    assert inside("TZ=Europe/Berlin date -d @1751320800 +%H:%M") == "00:00\n"
    assert "README.md" in inside("ls /usr/local/share/redress/maps")
    assert inside("ls -d /src /out 2>/dev/null; true") == ""
    known = json.loads(engine.docker("image", "inspect", image).stdout)[0]["Config"]
    labels = known["Labels"]
    assert labels["org.opencontainers.image.title"] == "Redress" and known["User"] == f"{USER}:{USER}"
    assert inside("redress --version") == f"redress {labels['org.opencontainers.image.version']}\n"
    assert labels["org.opencontainers.image.revision"] and not known["Volumes"]
    assert "redress health" in " ".join(known["Healthcheck"]["Test"])


def test_every_program_has_a_container_and_a_directory(engine, image, stack):
    built = engine.docker("run", "--rm", "--network=none", image, "sh", "-c",
                          "ls /usr/local/bin; stat -c '%a %u %n' /var/lib/redress/*").stdout.splitlines()
    programs = {name for name in built if name.startswith("redress-")}
    assert programs == {program(service) for service in stack.services}
    assert {f"700 {USER} /var/lib/redress/{service}" for service in stack.services} <= set(built)


def test_options_are_a_file_with_sections(stack, tmp_path):
    """Another program's section is none of its concern; in its own a wrong name is told, and it does not start."""
    tmp_path.chmod(0o755)
    (tmp_path / "redress.yaml").write_text("gateway:\n  other: 1\nescalation:\n  nonsense: 1\n", encoding="ascii")
    done = stack.compose("run", "--rm", "--no-deps", "-T", "escalation", settings={"REDRESS_ETC": str(tmp_path)}, check=False)
    assert done.returncode == 2 and "nonsense" in done.stderr and "does not exist" in done.stderr, done


# --- running ----------------------------------------------------------------------------------------------------------


def test_all_become_healthy(stack):
    stack.up()
    for service in stack.services:
        told = stack.inside(service, "redress", "status", "-o", "json")
        status = json.loads(told.stdout)
        assert status["ready"] and status["directory"] == "/var/lib/redress", told.stdout
        assert sum(row["service"] == "escalation" for row in status["partitions"]) == 8
        assert {row["pid"] for row in status["partitions"]} == {1}


def test_they_are_confined(stack):
    for service, known in stack.containers().items():
        def inside(script, name=service):
            return stack.inside(name, "sh", "-c", script, check=False)

        assert inside("id -u").stdout == f"{USER}\n"
        for path in ("/x", "/usr/local/bin/x", "/etc/redress/x", "/tmp/x", "/run/x"):
            wrote = inside(f"echo x >{path}")
            assert wrote.returncode != 0 and "Read-only file system" in wrote.stderr, (service, path, wrote.stderr)
        told = dict(line.split(":", 1) for line in inside("cat /proc/1/status").stdout.splitlines())
        assert int(told["CapEff"], 16) == int(told["CapBnd"], 16) == 0 and told["NoNewPrivs"].strip() == "1", service
        assert inside("tr '\\0' '\\n' </proc/1/cmdline").stdout.split() == [program(service)]
        assert inside("stat -c '%a %u' /var/lib/redress /var/lib/redress/run").stdout.split() == ["700", USER] * 2
        ours = {mount["Destination"] for mount in known["Mounts"] if mount["Type"] == "volume"}
        assert ours - {"/var/lib/redress"} <= {f"/var/lib/redress/{service}"}, "a volume of another service"
        assert {mount["Destination"] for mount in known["Mounts"] if mount["Type"] == "bind" and not mount["RW"]} == \
            {"/etc/redress"} | ({"/run/secrets"} if service == "notification" else set())
        for mount in known["Mounts"]:
            if mount["Type"] == "volume":
                assert inside(f"stat -c '%a %u' {mount['Destination']}").stdout == f"700 {USER}\n", mount


def test_only_the_gateway_is_published(stack):
    for service, known in stack.containers().items():
        bound = [one for ports in (known["NetworkSettings"]["Ports"] or {}).values() for one in ports or []]
        if service == "gateway":
            assert bound == [{"HostIp": "127.0.0.1", "HostPort": str(stack.port)}]
        else:
            assert bound == []
        listening = stack.inside(service, "sh", "-c", "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null").stdout.splitlines()
        state = [line.split()[1] for line in listening if len(line.split()) > 3 and line.split()[3] == "0A"]
        own = [address for address in state if not address.startswith("0B00007F")]  # the engine's own name service
        assert own == (["00000000:1F90"] if service == "gateway" else []), (service, listening)
    assert http(stack, "/healthz")[0] == 200
    assert http(stack, "/readyz")[0] == 200


def test_an_escalation_is_raised_and_read_back(stack):
    raise_one(stack)
    assert len(escalations(stack)) == 1
    assert escalations(stack, "gateway") == escalations(stack), "sockets are shared"


def test_the_catalog_is_applied_and_a_token_lets_in(stack):
    """What README says of it, and the page's data behind it."""
    example = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "example"
    done = stack.compose("run", "--rm", "--no-deps", "-T", "-v", f"{example}:/example:ro", "catalog", "redress", "apply", "-f",
                         "/example")
    assert "added" in done.stdout
    token = stack.compose("exec", "-T", "catalog", "redress", "token", "grant", "--person", "ann", "--role",
                          "operator").stdout.strip()
    request = urllib.request.Request(f"http://127.0.0.1:{stack.port}/v1/escalations",
                                     headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert len(json.load(answer)["rows"]) == len(escalations(stack)) > 0


def test_who_is_killed_is_known_to_be_dead(stack):
    """By every other container, where process 1 is alive and well: the reader's own."""
    stack.engine.docker("kill", "--signal=KILL", stack.containers()["escalation"]["Id"])

    def dead():
        found = stack.inside("gateway", "redress", "health", "escalation", "-o", "json", check=False)
        return found if found.returncode == 6 else None
    asked = engines.wait_for(dead, 30, "its end")
    assert {row["note"] for row in json.loads(asked.stdout)["partitions"]} == {"nobody serves it"}
    stack.inside("gateway", "redress", "health", "gateway")
    stack.compose("start", "escalation")
    stack.wait_healthy()
    assert len(escalations(stack)) == 1


def test_a_kill_loses_nothing_and_is_repaired(stack):
    """Every process at once by SIGKILL from outside, which the engine takes for a crash: it starts them again by itself."""
    raise_one(stack)
    known, before = stack.containers(), escalations(stack)
    assert len(before) == 2
    for one in known.values():
        os.kill(one["State"]["Pid"], signal.SIGKILL)
    engines.wait_for(lambda: all(one["State"]["Running"] and one["RestartCount"] > known[name]["RestartCount"]
                                 for name, one in stack.containers().items()), 90, "a new start of all")
    stack.wait_healthy()
    assert escalations(stack) == before
    raise_one(stack)
    assert len(escalations(stack)) == 3


# --- the end and the next start ---------------------------------------------------------------------------------------


def test_stop_drains_and_up_has_everything(stack):
    before = escalations(stack)
    installed = stack.inside("gateway", "cat", "/var/lib/redress/suite.json").stdout
    stack.compose("stop", seconds=120)
    for service, one in stack.containers().items():
        # Behind its stop_grace_period the engine kills, and the exit code is another.
        assert (one["State"]["Status"], one["State"]["ExitCode"]) == ("exited", 0), (service, one["State"])
        last = stack.engine.docker("logs", "--tail=3", one["Id"]).stderr
        assert '"message":"ended"' in last or '"message":"stopped"' in last, (service, last)
    data = [service for service in stack.services if service != "gateway"]
    for service in data:
        told = stack.compose("run", "--rm", "--no-deps", "-T", service, "redress", "verify", "--service", service, "-o", "json")
        verified = json.loads(told.stdout)
        assert verified["equal"] and verified["partitions"], told.stdout
    stack.up()
    assert escalations(stack) == before
    assert stack.inside("gateway", "cat", "/var/lib/redress/suite.json").stdout == installed
