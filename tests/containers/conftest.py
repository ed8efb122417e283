"""One engine, one image and one running suite for all tests here; they are in the order of a suite's life."""
import json
import random
import socket

import pytest

import engine as engines

IMAGE = "redress:container-test"
PROJECT = "redresstest"
BUILD_SECONDS, UP_SECONDS, HEALTHY_SECONDS = 480, 120, 90


@pytest.fixture(name="engine", scope="session")
def fixture_engine():
    with engines.engine() as engine:
        yield engine


@pytest.fixture(name="image", scope="session")
def fixture_image(engine):
    """`make image`, as README says it, but that its apt uses this machine's network: an engine may have none."""
    engine.prepare_base()
    engine.forget_old_images()
    engines.run("make", "-C", engines.ROOT, "--no-print-directory", "image", f"IMAGE={IMAGE}", f"BASE={engines.BASE}",
                "IMAGE_FLAGS=--network=host", env=engine.environment, seconds=BUILD_SECONDS)
    return IMAGE


def free_port():
    """Below those that the kernel takes for connections: until the gateway listens there it is nobody's."""
    least, _ = map(int, open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii").read().split())
    while True:
        port = random.randrange(min(10240, least - 1024), least)
        try:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
            return port
        except OSError:
            pass


class Stack:
    """The suite of docker-compose.yml under a project name of its own."""

    def __init__(self, engine):
        self.engine, self.port = engine, free_port()
        self.environment = {**engine.environment, "REDRESS_IMAGE": IMAGE, "REDRESS_LISTEN": f"127.0.0.1:{self.port}"}
        self.composer = engines.composers()[0]
        self.services = self.compose("config", "--services").stdout.split()

    def compose(self, *words, composer=None, settings=None, **options):
        """`settings`: variables that docker-compose.yml knows."""
        return engines.run(*(composer or self.composer), "-p", PROJECT, "-f", engines.ROOT / "docker-compose.yml", *words,
                           env={**self.environment, **(settings or {})}, **options)

    def containers(self):
        """Service to what the engine knows of its container."""
        ids = self.engine.docker("ps", "-aq", "--no-trunc", "-f", f"label=com.docker.compose.project={PROJECT}",
                                 "-f", "label=com.docker.compose.oneoff=False").stdout.split()
        found = json.loads(self.engine.docker("inspect", *ids).stdout) if ids else []
        return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in found}

    def inside(self, service, *command, **options):
        """Runs a command in the container of a service."""
        return self.engine.docker("exec", self.containers()[service]["Id"], *command, **options)

    def healths(self):
        return {name: one["State"].get("Health", {}).get("Status") for name, one in self.containers().items()}

    def wait_healthy(self):
        try:
            engines.wait_for(lambda: self.healths() == dict.fromkeys(self.services, "healthy"), HEALTHY_SECONDS, "health")
        except AssertionError as error:
            checks = {name: one["State"].get("Health", {}).get("Log", [])[-1:] for name, one in self.containers().items()}
            raise AssertionError(f"{error}\n{self.healths()}\n{checks}\n{self.logs()}") from None

    def up(self):
        self.compose("up", "-d", seconds=UP_SECONDS)
        self.wait_healthy()

    def logs(self, *services):
        return self.compose("logs", "--no-color", *services, check=False).stdout[-12000:]

    def end(self):
        self.compose("down", "-v", "--remove-orphans", "-t", "1", check=False, seconds=UP_SECONDS)


@pytest.fixture(name="stack", scope="session")
def fixture_stack(engine, image):
    """Nothing runs yet; nothing of it stays."""
    assert image == IMAGE
    stack = Stack(engine)
    stack.end()
    yield stack
    stack.end()
    left = [engine.docker(kind, "ls", "-q", "--filter", f"label=com.docker.compose.project={PROJECT}", *more).stdout.strip()
            for kind, more in (("container", ["-a"]), ("volume", []), ("network", []))]
    assert left == ["", "", ""], "something stayed"
