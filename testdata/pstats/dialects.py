"""Profiles errands.py with whatever is asked for: dialects.py TOOL OUT."""

import sys

import errands


def cprofile(out):
    import cProfile
    profile = cProfile.Profile()
    profile.runcall(errands.main)
    profile.dump_stats(out)


def version_0(out):
    """As cProfile, in the oldest version of marshal: numbers are spelled out."""
    import cProfile
    import marshal
    profile = cProfile.Profile()
    profile.runcall(errands.main)
    profile.create_stats()
    with open(out, "wb") as file:
        marshal.dump(profile.stats, file, 0)


def bias(out):
    """The profile module, with far too large an estimate of what it costs itself: times below zero."""
    import marshal
    import profile
    import re
    profiler = profile.Profile(bias=1e-5)
    profiler.runcall(errands.main)
    profiler.create_stats()
    # Where an object lies in memory is part of its name, and another place every time.
    plain = lambda key: (key[0], key[1], re.sub("0x[0-9a-f]+", "0x7f0000000000", key[2]))
    stats = {
        plain(key): (cc, nc, tt, ct, {plain(caller): calls for caller, calls in callers.items()})
        for key, (cc, nc, tt, ct, callers) in profiler.stats.items()
    }
    with open(out, "wb") as file:
        marshal.dump(stats, file)


def yappi(out):
    import yappi
    yappi.set_clock_type("cpu")
    yappi.start(builtins=True)
    errands.main()
    yappi.stop()
    yappi.get_func_stats().save(out, type="pstat")


def pyinstrument(out):
    """Sampled, so that it takes more than a moment."""
    import pyinstrument
    from pyinstrument.renderers.pstatsrenderer import PstatsRenderer
    profiler = pyinstrument.Profiler(interval=0.0005)
    profiler.start()
    for _ in range(500):
        errands.main()
    session = profiler.stop()
    with open(out, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(PstatsRenderer().render(session))


def sampled(out):
    """What `profiling.sampling` of Python 3.15 writes, by its collector's own rules, for three stacks."""
    import marshal
    interval = 0.0001
    stacks = [
        (60, [("errands.py", 35, "main"), ("errands.py", 10, "walk")]),
        (5, [("errands.py", 35, "main"), ("errands.py", 11, "walk")]),
        (35, [("errands.py", 38, "main"), ("errands.py", 29, "send"), ("~", 0, "<built-in>")]),
    ]
    direct, cumulative, callers = {}, {}, {}
    for samples, stack in stacks:
        direct[stack[-1]] = direct.get(stack[-1], 0) + samples
        for place in stack:
            cumulative[place] = cumulative.get(place, 0) + samples
        for caller, callee in zip(stack, stack[1:]):
            of_callee = callers.setdefault(callee, {})
            of_callee[caller] = of_callee.get(caller, 0) + samples
    stats = {
        place: (direct.get(place, 0), total, direct.get(place, 0) * interval, total * interval, callers.get(place, {}))
        for place, total in cumulative.items()
    }
    stats[("__sampled__",)] = True
    with open(out, "wb") as file:
        marshal.dump(stats, file)


tool, out = sys.argv[1:]
{"cprofile": cprofile, "version-0": version_0, "bias": bias, "yappi": yappi,
 "pyinstrument": pyinstrument, "sampled": sampled}[tool](out)
