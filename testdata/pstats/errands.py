# -*- coding: utf-8 -*-
"""Runs a few errands, in every Python since 2.7 and without a single import: the profiled program behind the
files that other tools than cProfile write.

Recursion (walk), a cycle (buy -> pay -> buy), a C function (sorted), a lambda, two functions of one name.
"""


def walk(steps):
    return 1 + walk(steps - 1) if steps else 0


def buy(coins):
    return pay(coins - 1) if coins else 0


def pay(coins):
    return coins + buy(coins)


class Post(object):
    def send(self):
        return walk(3)


class Parcel(object):
    def send(self):
        return sorted([3, 1, 2], key=lambda weight: -weight)


def main():
    for _ in range(20):
        walk(5)
        buy(4)
        Post().send()
        Parcel().send()


if __name__ == "__main__":
    main()
