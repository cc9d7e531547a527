"""Three named threads at different work, and a main thread that waits: the program py-spy watches.

`crunch` recurses, `encode` is called by two threads, `poll` is asleep most of the time, so that sampling
with --idle shows it and sampling without does not.
"""

import json
import threading
import time

SECONDS = 0.6


def until(deadline, work):
    while time.monotonic() < deadline:
        work()


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def crunch():
    for _ in range(9):
        fib(7)
    encode(20)


def encode(rows):
    return json.dumps([{"row": row, "text": "tea" * row} for row in range(rows)], indent=1)


def serialize():
    encode(200)


def poll():
    time.sleep(0.05)


def main():
    deadline = time.monotonic() + SECONDS
    jobs = {"cruncher": crunch, "writer": serialize, "poller": poll}
    threads = [threading.Thread(target=until, args=(deadline, job), name=name) for name, job in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
