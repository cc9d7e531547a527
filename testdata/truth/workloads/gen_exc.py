"""Generators, exceptions, context managers, decorators and properties."""

import contextlib
import functools


def numbers(n):
    for number in range(n):
        yield number


def accumulator():
    total = 0
    while True:
        number = yield total
        if number:
            total += number


def throw(depth):
    if depth == 0:
        raise ValueError(depth)
    throw(depth - 1)


def catch():
    for _ in range(100):
        try:
            throw(8)
        except ValueError:
            pass


@contextlib.contextmanager
def managed():
    try:
        yield 1
    finally:
        pass


def decorated(tag):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*arguments):
            return function(*arguments)

        return wrapper

    return decorate


@decorated("up")
def up(n):
    return n + 1


@decorated("down")
def down(n):
    return n - 1


add_one = lambda n: sum([n, 1])


class Shape:
    @property
    def side(self):
        return 3

    def __len__(self):
        return 5


def delegate(n):
    yield from numbers(n)


def nest(n):
    with contextlib.ExitStack() as stack:
        for _ in range(n):
            stack.enter_context(managed())


def use_generators():
    total = 0
    for number in numbers(2000):
        total += number
    for number in delegate(200):
        total += number
    sums = accumulator()
    next(sums)
    for number in range(500):
        sums.send(number)
    sums.close()


def use_calls():
    for _ in range(200):
        with managed():
            pass
    for number in range(300):
        up(number)
        down(number)
        add_one(number)
    shape = Shape()
    [shape.side + len(shape) for _ in range(500)]
    [max(n for n in range(20)) + sum(n * n for n in range(20)) for _ in range(50)]
    for _ in range(10):
        nest(4)


def main():
    use_generators()
    catch()
    use_calls()


if __name__ == "__main__":
    main()
