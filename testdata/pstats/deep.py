"""Switches the profiler on three levels deep and off at the top: deep.*.pstats.

`main`, `descend(6)`, `descend(5)` and `descend(4)` are already running when the profiler starts, so no call
to them is recorded, nor what they do themselves: one call of `descend` has no caller, three of `work` have
none (made by the unrecorded descends), and `climb`, called from the unrecorded `main`, is one more root.
"""

import cProfile
import sys

PROFILER = cProfile.Profile()


def descend(levels):
    if levels == 4:
        PROFILER.enable()
    if levels:
        descend(levels - 1)
    return work(levels)


def work(n):
    return sum(i * i for i in range(5000 * n))


def climb(levels):
    return work(levels) if levels == 0 else climb(levels - 1)


def main(out):
    descend(6)
    climb(3)
    PROFILER.disable()
    PROFILER.dump_stats(out)


main(sys.argv[1])
