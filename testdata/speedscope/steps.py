"""One thread, a few milliseconds of each shape: the program pyinstrument watches."""

import json
import time


def spin(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def descend(levels):
    spin(0.004)
    if levels:
        descend(levels - 1)
    spin(0.004)


def encode(rows):
    for _ in range(5):
        json.dumps([{"row": row} for row in range(rows)], indent=1)


def main():
    descend(3)
    encode(300)
    time.sleep(0.01)
    descend(1)


main()
