#!/usr/bin/python3
"""A consumer that can be killed at any moment: its file is both its copy of the log and its cursor.

    follower.py SERVICE PARTITION ENDPOINTS.json FILE [MICROSECONDS per event]

Each record is a length of 4 bytes and the frame. A record that a kill cut short is truncated at the next start.
"""
import json
import os
import pathlib
import sys
import time

import msgpack
import zmq

import redress


def stored(path):
    """The whole frames of a follower's file, and where the last whole one ends."""
    data, frames, at = pathlib.Path(path).read_bytes() if pathlib.Path(path).exists() else b"", [], 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at:at + 4], "big")
        if at + 4 + length > len(data):
            break
        frames.append(data[at + 4:at + 4 + length])
        at += 4 + length
    return frames, at


def main():
    service, partition, endpoints, path = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    pause = int(sys.argv[5]) / 1e6 if len(sys.argv) > 5 else 0
    rows = json.loads(pathlib.Path(endpoints).read_text(encoding="utf-8"))["endpoints"]
    row = next(r for r in rows if (r["service"], r["partition"]) == (service, partition))
    frames, end = stored(path)
    last = msgpack.unpackb(frames[-1]) if frames else {"epoch": 0, "sequence": 0}
    with open(path, "ab") as file:
        file.truncate(end)
        consumer = redress.Consumer(zmq.Context(), lambda: row, service, partition, epoch=last["epoch"],
                                    sequence=last["sequence"], credit=16384)
        parent = os.getppid()
        while os.getppid() == parent:  # ends with the test that started it
            consumer.step(0.1)
            for frame in consumer.frames:
                file.write(len(frame).to_bytes(4, "big") + frame)
                if pause:
                    time.sleep(pause)  # the slowness that is tested, not a wait
            file.flush()
            consumer.frames.clear()


if __name__ == "__main__":
    main()
