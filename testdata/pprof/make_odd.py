#!/usr/bin/env python3
"""Makes the hand-written profiles beside this file anew: readable oddities here, malformed ones in bad/."""

import gzip
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def number(value):
    """A number in groups of seven bits."""
    value &= (1 << 64) - 1
    groups = []
    while value >= 128:
        groups.append(value & 127 | 128)
        value >>= 7
    return bytes(groups + [value])


def field(key, value):
    """A field: a number, or bytes with their length."""
    if isinstance(value, int):
        return number(key << 3) + number(value)
    return number(key << 3 | 2) + number(len(value)) + value


def message(**fields):
    """The fields of a message by their numbers, `_1=...`; a list is a field that comes again and again."""
    out = b""
    for key, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            out += field(int(key[1:]), one)
    return out


def texts(*entries):
    return b"".join(field(6, entry if isinstance(entry, bytes) else entry.encode()) for entry in entries)


CPU_NS = field(1, message(_1=1, _2=2))
LOCATION = field(4, message(_1=1, _4=message(_1=1, _2=3)))
FUNCTION = field(5, message(_1=1, _2=3, _3=3))
TEXTS = texts("", "cpu", "ns", "main")
# One sample of 5 ns in main, line 3.
PLAIN = CPU_NS + field(2, message(_1=1, _2=5)) + LOCATION + FUNCTION + TEXTS


def sample(body):
    """The plain profile with another sample."""
    return CPU_NS + field(2, body) + LOCATION + FUNCTION + TEXTS


LABELS = [
    message(_1=4, _2=5),  # key: "text"
    message(_1=4, _3=7, _4=6),  # key: 7 bytes
    message(_1=4, _3=-7),  # key again: -7
    message(_1=4, _2=0),  # key: ""
    message(_1=4, _3=0, _4=6),  # key: 0 bytes
    message(_1=4),  # key: nothing
    message(_1=4, _2=5, _3=9),  # key: "text" and 9
    message(_2=5),  # "": "text"
]
PLACES = (
    CPU_NS
    + field(2, message(_1=[2, 1], _2=5))
    + field(2, message(_1=[3, 1], _2=2))
    + field(2, message(_1=4, _2=1))
    + field(3, message(_1=7, _2=0x1000, _3=0x5000, _4=0x200, _5=4, _6=5, _7=1, _8=1, _9=1, _10=1))
    + field(3, message(_1=3, _2=0x7000, _3=0x8000, _5=6))  # nobody's
    + field(4, message(_1=1, _2=7, _3=0x1010, _4=message(_1=1, _2=3, _3=9)))
    # Inlined into each other: leaf() in middle() in outer().
    + field(4, message(_1=2, _2=7, _3=0x1020, _4=[message(_1=4, _2=40), message(_1=3, _2=30), message(_1=2, _2=20)]))
    + field(4, message(_1=3, _2=7, _3=0x1030, _5=1))  # folded, without a name
    + field(4, message(_1=4, _2=99, _3=0x9000, _4=message(_1=4)))  # in a mapping that is not there
    + b"".join(
        field(5, message(_1=id, _2=name, _3=name + 4 if id > 1 else name, _4=14, _5=id * 10))
        for id, name in [(1, 3), (2, 7), (3, 8), (4, 9)]
    )
    + texts("", "cpu", "ns", "main", "/bin/app", "b01d", "/lib/c.so", "outer", "middle", "leaf", "?")
    + texts("_Zouter", "_Zmiddle", "_Zleaf", "a.cc")
)
HEADER = (
    field(1, message(_1=1, _2=2))
    + field(1, message(_1=3, _2=4))
    + field(2, message(_1=1, _2=[1, 2]))
    + LOCATION
    + field(5, message(_1=1, _2=10, _3=10))
    + message(_7=5, _8=6, _9=1_700_000_000_000_000_000, _10=5_000_000_000, _11=message(_1=3, _2=4), _12=10_000_000)
    + message(_13=[7, 8], _14=1, _15=9)
    + texts("", "samples", "count", "cpu", "ns", "runtime.*", "runtime.main", "a comment", "# not shown")
    + texts("https://example.org/profile", "main")
)
HEAP = (
    field(1, message(_1=1, _2=2))
    + field(1, message(_1=3, _2=4))
    + field(2, message(_1=1, _2=[2, 2048]))
    + LOCATION
    + field(5, message(_1=1, _2=5, _3=5))
    + message(_11=message(_1=6, _2=4), _12=524288, _14=3)
    + texts("", "inuse_objects", "count", "inuse_space", "bytes", "main", "space")
)
# A mangled name that is its own system name, one that has another, and one that is demangled already.
MANGLED = (
    CPU_NS
    + field(2, message(_1=[1, 2, 3], _2=5))
    + b"".join(field(4, message(_1=id, _4=message(_1=id))) for id in (1, 2, 3))
    + field(5, message(_1=1, _2=3, _3=3))
    + field(5, message(_1=2, _2=4, _3=5))
    + field(5, message(_1=3, _2=6, _3=7))
    + texts("", "cpu", "ns", "_Z3fooi", "_ZN4shop6Basket3addEi", "shop_add.cold", "main()", "_Z4mainv")
)

READABLE = {
    "plain": PLAIN,
    "packed": sample(field(1, b"\1\1") + field(2, b"\5")),
    "half_packed": sample(field(1, 1) + field(1, b"\1\1") + field(1, 1) + field(2, 5)),
    "table_first": TEXTS + FUNCTION + LOCATION + field(2, message(_1=1, _2=5)) + CPU_NS,
    "addresses_as_ids": CPU_NS
    + field(2, message(_1=[0xFFFFFFFF81000000, 1], _2=5))
    + LOCATION
    + field(4, message(_1=0xFFFFFFFF81000000, _3=0xFFFFFFFF81000000))
    + FUNCTION
    + TEXTS,
    "labels": CPU_NS
    + field(2, message(_1=1, _2=5, _3=LABELS))
    + LOCATION
    + FUNCTION
    + TEXTS
    + texts("key", "text", "bytes"),
    "places": PLACES,
    "header": HEADER,
    "heap": HEAP,
    "mangled": MANGLED,
    "no_samples": CPU_NS + TEXTS,
    "negative": sample(message(_1=1, _2=-5)),
    "unknown_fields": PLAIN
    + field(99, b"abc")
    + field(100, 5)
    + number(101 << 3 | 1)
    + b"12345678"
    + number(102 << 3 | 5)
    + b"1234"
    + field(0, 5),
    "period_twice": PLAIN + message(_12=[1, 2]),
    "number_of_70_bits": PLAIN + number(12 << 3) + b"\xff" * 9 + b"\x7f",
}

BAD = {
    "no_string_table": CPU_NS,
    "first_text_not_empty": texts("x", "cpu") + CPU_NS,
    "text_out_of_range": field(1, message(_1=9)) + TEXTS,
    "text_negative": field(1, message(_1=-1)) + TEXTS,
    "text_of_label_out_of_range": sample(message(_1=1, _2=5, _3=message(_1=9))),
    "no_sample_type": field(2, message(_2=5)) + TEXTS,
    "nothing_but_texts": TEXTS,
    "too_few_values": sample(message(_1=1)),
    "too_many_values": sample(message(_1=1, _2=[5, 5])),
    "location_missing": sample(message(_1=7, _2=5)),
    "location_zero": sample(message(_1=0, _2=5)),
    "location_id_zero": PLAIN + field(4, message(_3=1)),
    "location_twice": PLAIN + LOCATION,
    "function_id_zero": PLAIN + field(5, message(_2=3)),
    "function_twice": PLAIN + FUNCTION,
    "mapping_id_zero": PLAIN + field(3, message(_5=3)),
    "mapping_twice": PLAIN + field(3, message(_1=1)) * 2,
    "line_without_function": PLAIN + field(4, message(_1=2, _4=message(_2=3))),
    "line_of_missing_function": PLAIN + field(4, message(_1=2, _4=message(_1=99))),
    "group": PLAIN + number(99 << 3 | 3) + number(99 << 3 | 4),
    "wire_type_7": PLAIN + number(12 << 3 | 7),
    "bytes_for_a_number": PLAIN + field(12, b"abc"),
    "fixed_for_a_number": PLAIN + number(12 << 3 | 1) + b"12345678",
    "number_for_a_message": PLAIN + field(2, 5),
    "number_for_a_text": PLAIN + field(6, 5),
    "cut_in_a_text": PLAIN[:-3],
    "cut_in_a_number": PLAIN + number(12 << 3) + b"\x80",
    "cut_in_a_field_number": PLAIN + b"\x80",
    "cut_in_fixed_bytes": PLAIN + number(99 << 3 | 1) + b"1234",
    "length_of_2_63": PLAIN + number(99 << 3 | 2) + number(1 << 63),
    "packed_number_cut": sample(field(1, b"\1\x81") + field(2, 5)),
    "number_of_11_bytes": PLAIN + number(12 << 3) + b"\xff" * 10 + b"\1",
    "two_profiles": (PLAIN + field(9, 5)) * 2,
    "two_profiles_without_time": PLAIN * 2,
}

for name, wire in READABLE.items():
    with open(os.path.join(HERE, name + ".pb"), "wb") as out:
        out.write(wire)
for name, wire in BAD.items():
    with open(os.path.join(HERE, "bad", name + ".pb"), "wb") as out:
        out.write(wire)
with open(os.path.join(HERE, "two_members.pb.gz"), "wb") as out:
    out.write(gzip.compress(PLAIN[:20], mtime=0) + gzip.compress(PLAIN[20:], mtime=0))
with open(os.path.join(HERE, "bad", "gzip_in_gzip.pb.gz"), "wb") as out:
    out.write(gzip.compress(gzip.compress(PLAIN, mtime=0), mtime=0))
