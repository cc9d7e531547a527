#!/usr/bin/env python3
"""Reads pstats files of any Python without profkit and tells what is in them: pstats_read.py FILE...

Python's own marshal reads only what its version writes, so there is a plain reader of marshal here; where both can
read a file, both must agree. JSON on stdout, a list with an item per file:

    {"functions": [{"file": "a.py", "line": 3, "name": "f", "cc": 1, "nc": 2, "tt": 0.1, "ct": 0.2, "callers": 1}],
     "sampled": false, "by": "marshal and this script"}

Functions with the same key are listed as often as they stand there. `callers` counts them. Exit status 1, and the
reason on stderr, if a file cannot be read.
"""

import json
import marshal
import struct
import sys

END = object()  # of a dict

# The fields of a code object in every layout there was: plain numbers, bytes, tuples, file name and name.
CODE_LAYOUTS = [
    "iiii" "btttttfn" "ib",  # 2
    "iiiii" "btttttfn" "ib",  # 3.0 to 3.7
    "iiiiii" "btttttfn" "ib",  # 3.8 to 3.10
    "iiiii" "btttbfnb" "ibb",  # 3.11 and later
]


class Reader:
    def __init__(self, data):
        self.data, self.at, self.refs, self.interned = data, 0, [], []

    def take(self, size):
        if size < 0 or self.at + size > len(self.data):
            raise ValueError("cut off at byte %d" % self.at)
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, layout):
        return struct.unpack("<" + layout, self.take(struct.calcsize(layout)))[0]

    def object(self):
        start, code = self.at, self.take(1)[0]
        kind, slot = chr(code & 0x7F), None
        if code & 0x80:  # it can be referred to
            slot = len(self.refs)
            self.refs.append(None)
        value = self.value(kind, start)
        if slot is not None:
            self.refs[slot] = value
        return value

    def value(self, kind, start):
        if kind in "0NTF.S":
            return {"0": END, "N": None, "T": True, "F": False}.get(kind, kind)
        if kind in "ig" or kind == "I":
            return self.number({"i": "i", "g": "d", "I": "q"}[kind])
        if kind == "l":
            size = self.number("i")
            digits = [self.number("H") for _ in range(abs(size))]
            value = sum(digit << 15 * index for index, digit in enumerate(digits))
            return -value if size < 0 else value
        if kind == "f":
            return float(self.take(self.number("B")))
        if kind == "y":
            return complex(self.number("d"), self.number("d"))
        if kind == "x":
            return complex(float(self.take(self.number("B"))), float(self.take(self.number("B"))))
        if kind in "stuaAzZ":
            text = self.take(self.number("B" if kind in "zZ" else "i"))
            if kind == "t":
                self.interned.append(text)
            return text
        if kind == "R":
            return self.interned[self.number("i")]
        if kind == "r":
            return self.refs[self.number("i")]
        if kind in "([<>)":
            size = self.number("B" if kind == ")" else "i")
            return tuple(self.object() for _ in range(size))
        if kind in "{}":
            pairs = []
            while True:
                key = self.object()
                if key is END:
                    return Pairs(pairs)
                pairs.append((key, self.object()))
        if kind == "c":
            return self.code()
        raise ValueError("unknown type %r at byte %d" % (kind, start))

    def code(self):
        before = self.at, len(self.refs), len(self.interned)
        for layout in CODE_LAYOUTS:
            self.at = before[0]
            del self.refs[before[1] :], self.interned[before[2] :]
            try:
                fields = [self.number("i") if field == "i" else self.object() for field in layout]
            except (ValueError, IndexError, struct.error):
                continue
            types = {"i": int, "t": tuple}
            if all(isinstance(value, types.get(field, bytes)) for field, value in zip(layout, fields)):
                return Code(fields[layout.index("f")], fields[layout.index("n")])
        raise ValueError("no known layout of code at byte %d" % before[0])


class Pairs(list):
    """A dict, in order."""


class Code:
    def __init__(self, file, name):
        self.file, self.name = file, name


def text(value):
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def functions(pairs):
    rows, sampled = [], False
    for key, value in pairs:
        if len(key) == 1:
            sampled = True
            continue
        file, line, name = key
        if isinstance(name, Code):
            file, name = name.file, name.name
        elif hasattr(name, "co_name"):
            file, name = name.co_filename, name.co_name
        cc, nc, tt, ct, callers = value
        row = {"file": text(file), "line": line, "name": text(name), "cc": cc, "nc": nc, "tt": float(tt), "ct": float(ct)}
        row["callers"] = len(callers)
        rows.append(row)
    return rows, sampled


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    rows, sampled = functions(Reader(data).object())
    by = "this script"
    try:
        native = marshal.loads(data)
    except Exception:  # whatever it is, this Python cannot read the file
        native = None
    if native is not None:
        order = lambda row: json.dumps(row, sort_keys=True)
        if sorted(functions(native.items())[0], key=order) != sorted(rows, key=order):
            raise ValueError("marshal and this script do not agree")
        by = "marshal and this script"
    return {"functions": rows, "sampled": sampled, "by": by}


def main():
    found = []
    for path in sys.argv[1:]:
        try:
            found.append(read(path))
        except Exception as reason:  # whatever it is, the file could not be read
            sys.exit("%s: %s: %s" % (path, type(reason).__name__, reason))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
