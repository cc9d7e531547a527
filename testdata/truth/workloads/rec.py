"""Recursion of every kind: linear, double, mutual, through C functions, of generators, of objects."""


def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def first_of_three(n):
    return n if n <= 0 else second_of_three(n - 1)


def second_of_three(n):
    return n if n <= 0 else third_of_three(n - 1)


def third_of_three(n):
    return n if n <= 0 else first_of_three(n - 1)


def enter_at_first():
    return first_of_three(9)


def enter_at_third():
    return third_of_three(8)


def ackermann(m, n):
    if m == 0:
        return n + 1
    return ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))


def through_map(n):
    return 1 if n == 0 else sum(map(through_map, (n - 1, n - 1)))


class Tree:
    def __init__(self, depth):
        self.depth = depth
        self.children = [Tree(depth - 1) for _ in range(3)] if depth else []

    def walk(self):
        yield self.depth
        for child in self.children:
            yield from child.walk()

    def visit(self, seen):
        seen.append(self.depth)
        for child in self.children:
            child.visit(seen)


class Lazy:
    def __getattr__(self, name):
        return 1 if name == "a" else getattr(self, chr(ord(name[0]) - 1))


def main():
    factorial(60)
    exec("factorial(15)", globals())
    fibonacci(12)
    even(30)
    ackermann(2, 2)
    through_map(5)
    enter_at_first()
    enter_at_third()
    tree = Tree(4)
    sum(depth for depth in tree.walk())
    tree.visit([])
    Lazy().x


if __name__ == "__main__":
    main()
