"""Baskets, and the sums that prices are written in."""


class Basket:
    def __init__(self, text, prices):
        self.text = text
        self.prices = prices

    def total(self):
        return sum(count * self.prices[name] for count, name in lines(self.text))


def lines(text):
    for line in text.splitlines():
        yield parse(line)


def parse(line):
    count, name = line.split()
    return int(count), name


def price(text):
    value, rest = expression(text)
    assert not rest, rest
    return value


def expression(text):
    value, text = term(text)
    while text[:1] == "+":
        more, text = term(text[1:])
        value += more
    return value, text


def term(text):
    value, text = factor(text)
    while text[:1] == "*":
        more, text = factor(text[1:])
        value *= more
    return value, text


def factor(text):
    if text[0] == "(":
        value, text = expression(text[1:])
        return value, text[1:]
    return int(text[0]), text[1:]


def nest(levels):
    inner = []
    for _ in range(levels):
        inner = [inner]
    return inner


def depth(nested):
    return 1 + max([0] + [depth(inner) for inner in nested])
