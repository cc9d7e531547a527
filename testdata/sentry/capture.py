"""Runs one scenario under Sentry's SDK and writes what it would send: `capture.py SCENARIO FOLDER`.

The transport keeps every envelope in the process; nothing leaves it. Without a known scenario it lists them.
"""

import asyncio
import sys
import threading
import time

import sentry_sdk
from sentry_sdk.transport import Transport


class Kept(Transport):
    """A transport that keeps envelopes as the bytes that would be sent."""

    envelopes = []

    def capture_envelope(self, envelope):
        Kept.envelopes.append(envelope)


def leaf(until):
    while time.perf_counter() < until:
        sum(range(200))


def spin(seconds):
    leaf(time.perf_counter() + seconds)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def transaction(name, body):
    sentry_sdk.init(dsn="https://public@localhost/1", transport=Kept, server_name="host", release="shop@1.2.3", traces_sample_rate=1.0, profiles_sample_rate=1.0)
    with sentry_sdk.start_transaction(op="task", name=name):
        body()
    sentry_sdk.flush()


def single():
    transaction("single", lambda: (spin(0.08), fib(18), spin(0.05)))


def threads():
    def work():
        spin(0.12)
        threading.Event().wait(0.05)

    def body():
        workers = [threading.Thread(target=work, name=f"worker-{number}") for number in range(2)]
        [worker.start() for worker in workers]
        spin(0.05)
        [worker.join() for worker in workers]

    transaction("threads", body)


def tid_reuse():
    """One thread after another, with pauses: the system gives their ids to the next ones."""

    def body():
        for _ in range(3):
            worker = threading.Thread(target=spin, args=(0.04,))
            worker.start()
            worker.join()
            time.sleep(0.08)

    transaction("tid reuse", body)


def asyncio_tasks():
    async def task(number):
        spin(0.03)
        await asyncio.sleep(0.03)
        spin(0.02 * number)

    async def main():
        await asyncio.gather(task(1), task(2))

    transaction("tasks", lambda: asyncio.run(main()))


def continuous():
    sentry_sdk.init(dsn="https://public@localhost/1", transport=Kept, server_name="host", release="shop@1.2.3", traces_sample_rate=1.0,
                    profile_session_sample_rate=1.0, profile_lifecycle="manual")
    import sentry_sdk.profiler.continuous_profiler as profiler
    profiler.PROFILE_BUFFER_SECONDS = 0.15
    sentry_sdk.profiler.start_profiler()
    with sentry_sdk.start_transaction(op="task", name="continuous"):
        spin(0.4)
    sentry_sdk.profiler.stop_profiler()
    time.sleep(0.1)
    sentry_sdk.flush()


SCENARIOS = {"single": single, "threads": threads, "tid-reuse": tid_reuse, "asyncio": asyncio_tasks, "continuous": continuous}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in SCENARIOS:
        sys.exit(f"usage: capture.py {'|'.join(SCENARIOS)} FOLDER")
    SCENARIOS[sys.argv[1]]()
    number = 0
    for envelope in Kept.envelopes:
        if any(item.type in ("profile", "profile_chunk") for item in envelope.items):
            with open(f"{sys.argv[2]}/{sys.argv[1]}.{number}.envelope", "wb") as file:
                envelope.serialize_into(file)
            number += 1
    sys.exit(None if number else "no profile was sent")
