"""Four partitions: each has its own log, sequences and clients, and a client that asks at the wrong place is sent on."""
import msgpack
import pytest

import cases
import redress

COUNT = 4


@pytest.fixture(name="four", scope="module")
def fixture_four():
    with redress.Suite(partitions=COUNT) as suite:
        suite.up()
        with suite.commander() as commander:
            for turn in range(5):
                for partition in range(COUNT):
                    commander.ok("escalation.raise", redress.client_in(partition, COUNT), cases.raising(f"{turn}"))
        yield suite


def test_endpoints_name_each_partition_once(four):
    rows = [row for row in four.endpoints() if row["service"] == "escalation"]
    assert sorted(row["partition"] for row in rows) == list(range(COUNT))
    for row in rows:
        assert set(row) >= {"service", "partition", "command", "events", "replay", "epoch", "instance"}
        assert all(row[name].startswith("ipc://") for name in ("command", "events", "replay"))


@pytest.mark.parametrize("partition", range(COUNT))
def test_each_log_is_gapless_and_holds_its_own_clients_only(four, partition):
    events = [msgpack.unpackb(frame) for frame in four.log(partition=partition)]
    assert len(events) >= 5
    for n, event in enumerate(events, 1):
        assert event["sequence"] == n
        assert event["id"] == f"escalation/{partition:03}/{event['epoch']}/{n}"
        assert event["source"].endswith(f"/escalation/{partition:03}")
        assert redress.partition_of(event["partitionkey"], COUNT) == partition


def test_a_command_at_the_wrong_partition_is_not_done_there(four):
    """`moved` with the right endpoint when the process does not own the partition; otherwise it is done at the right one."""
    client = redress.client_in(2, COUNT)
    with four.commander() as commander:
        message = {"op": "command", "id": redress.uuid7(), "type": "escalation.raise", "client": client,
                   "data": cases.raising("wrong door")}
        commander.raw(msgpack.packb(message), partition=1)
        reply = commander.reply_to(message["id"], 1, redress.PATIENCE)
    assert reply is not None
    rows = {row["partition"]: row["command"] for row in four.endpoints() if row["service"] == "escalation"}
    if reply["status"] == "moved":
        assert reply["endpoint"] == rows[2]
    else:
        assert rows[1] == rows[2] and reply["status"] == "ok", reply
    wrong = [msgpack.unpackb(frame)["partitionkey"] for frame in four.log(partition=1)]
    assert client not in wrong


def test_a_consumer_of_one_partition_hears_no_other(four):
    with four.consumer(partition=1) as consumer, four.commander() as commander:
        consumer.follow()
        for partition in range(COUNT):
            commander.ok("escalation.raise", redress.client_in(partition, COUNT), cases.raising("heard"))
        consumer.follow()
        assert consumer.frames == four.log(partition=1)


def test_partitions_survive_a_restart_and_their_count_is_fixed(four):
    before = [four.log(partition=p) for p in range(COUNT)]
    four.down()
    refused = four.cli("up", "--detach", "--partitions", 2, check=False)
    assert refused.returncode != 0 and "partition" in refused.stderr, refused
    four.up()
    assert [four.log(partition=p) for p in range(COUNT)] == before


def test_all_four_verify(four):
    four.down()
    assert four.cli("verify").returncode == 0
    four.up()
