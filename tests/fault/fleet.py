"""The processes that a fault run kills. They are started directly, each with its own claim on a partition, so that the run
knows every one of them and nothing else starts them again behind its back."""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import threading

import redress
import sse

SINGLE, FOLLOWED = ("catalog", "gateway"), ("escalation", "tally")


def last_lines(lines):
    """What is no line of a log: an assertion, an abort or a traceback speaks so."""
    return " | ".join([line for line in lines if line and not line.startswith("{")][-5:]) or "nothing"


class Fleet:
    """One process for each (service, partition) of a data directory, the gateway among them."""

    def __init__(self, suite, build, config=None):
        self.suite, self.build, self.lock, self.config = suite, pathlib.Path(build), threading.Lock(), config
        self.processes, self.rows, self.kills, self.folds, self.deaths = {}, {}, {}, 0, []
        self.address = f"127.0.0.1:{sse.free_port()}"
        self.log = open(suite.data / "fleet.log", "ab")  # pylint: disable=consider-using-with

    def launch(self, services):
        """Learns the endpoints from a short life of the suite, then starts every process itself."""
        self.suite.up()
        for row in self.suite.endpoints():
            self.rows[row["service"], row["partition"]] = row
            if row["service"] == "escalation":
                self.rows["tally", row["partition"]] = {
                    key: value.replace("escalation", "tally") if isinstance(value, str) else value
                    for key, value in row.items()}
        self.suite.down()
        for service in services:
            for partition in range(1 if service in SINGLE else self.suite.partitions):
                self.start(service, partition)

    def start(self, service, partition):
        command = [str(self.build / f"redress-{service}"), "--data", str(self.suite.data)]
        command += ["--http", self.address] if service == "gateway" else ["--partition", str(partition)]
        command += ["--config", str(self.config)] if self.config and service == "notification" else []
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.processes[service, partition] = process

    def last_words(self):
        """What the processes said last that is no line of their log: an assertion or an abort speaks so."""
        lines = (self.suite.data / "fleet.log").read_text(errors="replace").splitlines()
        return last_lines(lines)

    def kill(self, service, partition, forget_state):
        """Kills one process and starts it again; forgetting its derived state makes the next life fold from the log."""
        with self.lock:
            process = self.processes[service, partition]
            if process.poll() is not None:
                self.deaths.append(f"{service} {partition} ended by itself with {process.returncode}: {self.last_words()}")
            process.send_signal(signal.SIGKILL)
            process.wait()
            if forget_state:
                self.folds += self.forget(service, partition)
            self.start(service, partition)
            self.kills[service] = self.kills.get(service, 0) + 1

    def forget(self, service, partition):
        """Removes what is only derived: `state` beside `log` in the partition's directory."""
        removed = 0
        for state in self.suite.data.glob("**/state"):
            if service in state.parts and any(part.isdigit() and int(part) == partition for part in state.parts):
                shutil.rmtree(state)
                removed += 1
        return removed

    def stop(self):
        """Ends all of them as an operator would, and by force those that do not."""
        with self.lock:
            for process in self.processes.values():
                process.send_signal(signal.SIGTERM)
            for (service, partition), process in self.processes.items():
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    self.deaths.append(f"{service} {partition} did not end on SIGTERM within 60 s")
                    process.kill()
                    process.wait()
        self.log.close()

    def consumer(self, service, partition, **options):
        return redress.Consumer(self.suite.context, lambda: self.rows[service, partition], service, partition, **options)

    def commander(self, service="escalation"):
        commander = redress.Commander(self.suite, service)
        commander.rows = {p: row["command"] for (s, p), row in self.rows.items() if s == service}
        return commander

    def partitions_of_logs(self):
        return [key for key in self.processes if key[0] != "gateway"]

    def read(self, service, partition, seconds=60.0):
        """A log by replay alone."""
        with self.consumer(service, partition, live=False) as consumer:
            return consumer.follow(seconds=seconds).frames


class Killer(threading.Thread):
    """Kills at random moments until told to stop; every choice comes from one seed."""

    def __init__(self, fleet, seed, fold_part=0.2, pause=(0.05, 0.9)):
        super().__init__(daemon=True)
        self.fleet, self.dice, self.fold_part, self.pause = fleet, random.Random(seed), fold_part, pause
        self.ended, self.error = threading.Event(), None

    def run(self):
        try:
            while not self.ended.wait(self.dice.uniform(*self.pause)):
                target = self.dice.choice(sorted(self.fleet.processes))
                self.fleet.kill(*target, forget_state=self.dice.random() < self.fold_part)
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    def stop(self):
        self.ended.set()
        self.join()
        if self.error:
            raise self.error


class Followers:
    """Consumers in processes of their own: a quick one, a slow one, and one that is killed as well."""

    def __init__(self, fleet, directory, seed):
        self.fleet, self.directory, self.dice = fleet, pathlib.Path(directory), random.Random(seed)
        self.endpoints = self.directory / "endpoints.json"
        self.endpoints.write_text(redress.json.dumps({"endpoints": [
            {**row, "service": service, "partition": partition} for (service, partition), row in fleet.rows.items()]}),
            encoding="utf-8")
        self.processes, self.kills = {}, 0
        for service, partition in fleet.processes:
            if service not in FOLLOWED:
                continue
            for name, pause in (("quick", 0), ("slow", 300), ("killed", 50)):
                self.start((service, partition, name, pause))

    def path(self, key):
        return self.directory / f"{key[0]}-{key[1]}-{key[2]}"

    def start(self, key):
        script = pathlib.Path(redress.__file__).with_name("follower.py")
        command = [sys.executable, "-B", str(script), key[0], str(key[1]), str(self.endpoints), str(self.path(key)), str(key[3])]
        with open(self.directory / "followers.log", "ab") as log:
            self.processes[key] = subprocess.Popen(command, stdout=log, stderr=log)

    def kill_one(self):
        """Kills one of those that are to be killed, and starts it again on its file."""
        key = self.dice.choice(sorted(k for k in self.processes if k[2] == "killed"))
        self.processes[key].send_signal(signal.SIGKILL)
        self.processes[key].wait()
        self.start(key)
        self.kills += 1

    def stop(self):
        """Ends them; who ended before that is one of the deaths of the run."""
        for key, process in self.processes.items():
            if process.poll() is not None:
                said = last_lines((self.directory / "followers.log").read_text(errors="replace").splitlines())
                self.fleet.deaths.append(f"the consumer {key[:3]} ended by itself with {process.returncode}: {said}")
            process.kill()
            process.wait()


def scratch(suite, name):
    path = suite.data.parent / name
    os.makedirs(path, exist_ok=True)
    return path
