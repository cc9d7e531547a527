"""Prices a few baskets: the profiled program behind shop.*.pstats.

Small on purpose, one instance of each shape a reader of pstats has to get right:

    plain recursion      basket.depth
    mutual recursion     basket.expression -> term -> factor -> expression
    a generator          basket.lines, resumed once per line
    one name, two files  basket.parse and catalogue.parse
    one name, one file   Basket.total and Order.total
    a lambda             the sort key in report
    a C function         json's scanner, len, list.append, sorted
"""

import basket
import catalogue

CATALOGUE = """[
  {"name": "tea", "price": "3+1"},
  {"name": "pot", "price": "2*(3+4*(1+2))"},
  {"name": "cup", "price": "((1+1)*(1+1))"}
]"""

ORDERS = """\
2 tea
1 pot
6 cup
"""


class Order:
    def __init__(self, baskets):
        self.baskets = baskets

    def total(self):
        return sum(basket.total() for basket in self.baskets)


def report(order):
    ranked = sorted(order.baskets, key=lambda basket: -basket.total())
    return [basket.total() for basket in ranked]


def main():
    prices = catalogue.load(CATALOGUE)
    order = Order([basket.Basket(ORDERS * n, prices) for n in (100, 200, 300)])
    nest = basket.nest(9)
    assert basket.depth(nest) == 10
    assert order.total() == sum(report(order)) == 600 * (2 * 4 + 30 + 6 * 4)


if __name__ == "__main__":
    main()
