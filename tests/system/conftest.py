"""Fixtures: a suite of one's own for tests that stop or fill it, one per module for those that only talk to it."""
import pytest

import redress


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: imports the whole real log")


@pytest.fixture(scope="session", autouse=True)
def built():
    """A missing program fails every test with one clear sentence instead of skipping them."""
    if not redress.program().exists():
        pytest.fail(f"{redress.program()} is not built: make all", pytrace=False)


@pytest.fixture(name="suite")
def fixture_suite():
    """A fresh suite, running."""
    with redress.Suite() as suite:
        yield suite.up()


@pytest.fixture(name="asker")
def fixture_asker(suite):
    with suite.commander() as commander:
        yield commander


@pytest.fixture(name="shared", scope="module")
def fixture_shared():
    """One suite for a module's tests, each of which uses a client of its own."""
    with redress.Suite() as suite:
        yield suite.up()


@pytest.fixture(name="ask")
def fixture_ask(shared):
    with shared.commander() as commander:
        yield commander


@pytest.fixture(name="client")
def fixture_client(request):
    """A client that no other test of the module uses."""
    return "c-" + redress.hashlib.sha256(request.node.name.encode()).hexdigest()[:12]
