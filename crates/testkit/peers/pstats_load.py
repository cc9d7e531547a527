#!/usr/bin/env python
"""Loads a pstats file with Python's own marshal and pstats and tells what they saw. Runs in 2.7 and 3.x.

    pstats_load.py FILE                                  JSON on stdout
    pstats_load.py --print-stats [--sort KEY] FILE       what Stats.print_stats prints, without the line that
    pstats_load.py --print-callers [--sort KEY] FILE     names the file and its time
    pstats_load.py --print-callees [--sort KEY] FILE

The JSON, functions and callers sorted by file, line and name:

    {"python": "3.11.7", "total_calls": 7, "prim_calls": 5, "total_tt": 0.5, "trailing_bytes": 0,
     "functions": [{"file": "a.py", "line": 3, "name": "f", "cc": 1, "nc": 2, "tt": 0.1, "ct": 0.2,
                    "callers": [{"file": "a.py", "line": 9, "name": "g", "nc": 2, "cc": 1, "tt": 0.1, "ct": 0.2}],
                    "callees": [...]}]}

A caller or callee of the pure-Python `profile` dialect, which stores one number, has "nc" alone. Floats are printed
so that they read back to the same double. Exit status 1, and the reason on stderr, if Python rejects the file.
"""

from __future__ import print_function

import argparse
import io
import json
import marshal
import pstats
import sys


def main():
    options = parse_arguments()
    if sys.version_info >= (3,):
        sys.stdout = io.TextIOWrapper(sys.stdout.buffer, "utf-8", "surrogatepass", newline="\n")
    try:
        stats = pstats.Stats(options.file)
        if options.show:
            stats.files = []  # print_stats would begin with the file's name and its time
            getattr(stats.sort_stats(options.sort), options.show)()
        else:
            print(json.dumps(summary(stats, options.file), sort_keys=True))
    except Exception as reason:  # whatever it is, Python could not read the file
        print("%s: %s: %s" % (options.file, type(reason).__name__, reason), file=sys.stderr)
        return 1
    return 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--sort", default="nfl", help="a key of Stats.sort_stats (default: name, file, line)")
    show = parser.add_mutually_exclusive_group()
    for method in ("print_stats", "print_callers", "print_callees"):
        show.add_argument("--" + method.replace("_", "-"), dest="show", action="store_const", const=method)
    return parser.parse_args()


def summary(stats, path):
    stats.calc_callees()
    return {
        "python": sys.version.split()[0],
        "total_calls": stats.total_calls,
        "prim_calls": stats.prim_calls,
        "total_tt": stats.total_tt,
        "trailing_bytes": trailing_bytes(path),
        "functions": [function(key, stats.stats[key], stats.all_callees[key]) for key in sorted(stats.stats)],
    }


def trailing_bytes(path):
    """What marshal leaves unread, in silence, after the dict."""
    with open(path, "rb") as profile:
        marshal.load(profile)
        return len(profile.read())


def function(key, row, callees):
    cc, nc, tt, ct, callers = row
    return named(key, cc=cc, nc=nc, tt=tt, ct=ct, callers=arcs(callers), callees=arcs(callees))


def arcs(rows):
    return [arc(key, rows[key]) for key in sorted(rows)]


def arc(key, row):
    if not isinstance(row, tuple):
        return named(key, nc=row)
    nc, cc, tt, ct = row  # the other way round than in a function's row
    return named(key, nc=nc, cc=cc, tt=tt, ct=ct)


def named(key, **columns):
    path, line, name = key
    return dict(columns, file=path, line=line, name=name)


if __name__ == "__main__":
    sys.exit(main())
