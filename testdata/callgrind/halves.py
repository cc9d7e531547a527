"""Runs a few functions in two threads under yappi, which writes its callgrind to the file named."""
import sys
import threading

import yappi


def leaf(n):
    return n * n


def fact(n):
    return 1 if n < 2 else n * fact(n - 1)


def half():
    return [leaf(n) for n in range(200)] + [fact(6)]


def main():
    thread = threading.Thread(target=half)
    thread.start()
    half()
    thread.join()


yappi.set_clock_type("cpu")
yappi.start(builtins=True)
main()
yappi.stop()
yappi.get_func_stats().save(sys.argv[1], type="callgrind")
