"""Six modules of the standard library, each with callers of its own for what they share."""

import argparse
import csv
import difflib
import io
import json
import re
import string
import textwrap


def use_json():
    document = {
        "a": [1, 2.5, None, True, "x" * 20],
        "b": {"c": list(range(40)), "d": {"e": ['é"', "\\n"]}},
    }
    for _ in range(12):
        text = json.dumps(document, sort_keys=True)
        json.loads(text)
        json.dumps(document)


def use_re():
    address = re.compile(r"(\w+)@(\w+)\.com")
    for _ in range(100):
        address.search("foo bar x@y.com = abcdee")
        address.sub(lambda match: match.group(0).upper(), "k = v x@y.com")


def use_csv():
    text = io.StringIO()
    writer = csv.DictWriter(text, ["a", "b", "c"])
    writer.writeheader()
    for number in range(60):
        writer.writerow({"a": number, "b": 'x,"%d' % number, "c": None})
    text.seek(0)
    return [row for row in csv.DictReader(text)]


def use_difflib():
    before = ["line %d" % number for number in range(50)]
    after = [line if number % 7 else line + "!" for number, line in enumerate(before)]
    list(difflib.unified_diff(before, after))
    difflib.get_close_matches("appel", ["ape", "apple", "peach"])


def use_argparse():
    parser = argparse.ArgumentParser("x")
    parser.add_argument("-v", action="count")
    parser.add_argument("--num", type=int, default=3)
    parser.add_argument("files", nargs="*")
    for _ in range(6):
        parser.parse_args(["-v", "--num", "4", "f1", "f2"])


def use_string():
    template = string.Template("$who likes ${what} $$5")
    for _ in range(40):
        template.substitute(who="tim", what="kung pao")
    textwrap.fill("the quick brown fox jumps over the lazy dog " * 12, 40)


def main():
    for use in (use_json, use_re, use_csv, use_difflib, use_argparse, use_string):
        use()


if __name__ == "__main__":
    main()
