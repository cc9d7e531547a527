"""Makes the *.pstats files of this folder: marshalled objects that must be refused."""

import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))


def i32(number):
    return struct.pack("<i", number)


def text(string):
    return b"u" + i32(len(string)) + string


def integer(number):
    return b"i" + i32(number)


def seconds(number):
    return b"g" + struct.pack("<d", number)


def tuple_of(*parts):
    return b"(" + i32(len(parts)) + b"".join(parts)


def dict_of(*parts):
    return b"{" + b"".join(parts) + b"0"


KEY = tuple_of(text(b"a.py"), integer(3), text(b"f"))
COUNTS = [integer(1), integer(1), seconds(0.5), seconds(0.5)]
VALUE = tuple_of(*COUNTS, dict_of())
WHOLE = dict_of(KEY, VALUE)

BAD = {
    # The container.
    "truncated": WHOLE[:40],
    "no-end-of-dict": WHOLE[:-1],
    "not-a-dict": tuple_of(KEY, VALUE),
    "unknown-type-code": b"{?" + WHOLE[2:],
    "null-in-tuple": dict_of(tuple_of(text(b"a.py"), integer(3), b"0"), VALUE),
    "null-as-value": dict_of(KEY, b"0"),
    "text-longer-than-input": dict_of(tuple_of(b"u" + i32(2**31 - 1) + b"a.py", integer(3), text(b"f")), VALUE),
    "tuple-longer-than-input": b"{(" + i32(2**31 - 1) + WHOLE[6:],
    "negative-size": dict_of(tuple_of(b"u" + i32(-4) + b"a.py", integer(3), text(b"f")), VALUE),
    "nested-too-deep": b"{" + b")\x01" * 5000 + b"N" + VALUE + b"0",
    "reference-to-nothing": dict_of(b"r" + i32(7), VALUE),
    "reference-to-itself": b"{\xa9\x03r" + i32(0) + integer(3) + text(b"f") + VALUE + b"0",
    "reference-to-negative": dict_of(b"r" + i32(-1), VALUE),
    "interned-reference-to-nothing": dict_of(tuple_of(b"R" + i32(0), integer(3), text(b"f")), VALUE),
    "number-that-is-none": dict_of(KEY, tuple_of(*COUNTS[:2], b"f\x03abc", COUNTS[3], dict_of())),
    "digit-of-16-bits": dict_of(KEY, tuple_of(b"l" + i32(1) + b"\xff\xff", *COUNTS[1:], dict_of())),
    "code-of-no-python": dict_of(tuple_of(text(b"profile"), integer(0), b"c" + i32(0) * 20), VALUE),
    # What is in it.
    "key-of-two": dict_of(tuple_of(text(b"a.py"), integer(3)), VALUE),
    "key-without-text": dict_of(tuple_of(integer(1), integer(3), text(b"f")), VALUE),
    "line-as-text": dict_of(tuple_of(text(b"a.py"), text(b"3"), text(b"f")), VALUE),
    "value-of-four": dict_of(KEY, tuple_of(*COUNTS)),
    "value-as-number": dict_of(KEY, integer(1)),
    "calls-as-text": dict_of(KEY, tuple_of(text(b"1"), *COUNTS[1:], dict_of())),
    "calls-beyond-64-bits": dict_of(KEY, tuple_of(b"l" + i32(9) + b"\xff\x7f" * 9, *COUNTS[1:], dict_of())),
    "time-not-a-number": dict_of(KEY, tuple_of(*COUNTS[:3], seconds(float("nan")), dict_of())),
    "time-infinite": dict_of(KEY, tuple_of(*COUNTS[:3], seconds(float("inf")), dict_of())),
    "time-too-large": dict_of(KEY, tuple_of(*COUNTS[:3], seconds(1e300), dict_of())),
    "callers-as-list": dict_of(KEY, tuple_of(*COUNTS, b"[" + i32(0))),
    "caller-of-three": dict_of(KEY, tuple_of(*COUNTS, dict_of(KEY, tuple_of(*COUNTS[:3])))),
    "caller-of-none": dict_of(KEY, tuple_of(*COUNTS, dict_of(KEY, tuple_of()))),
    "sampled-with-times": dict_of(
        KEY, tuple_of(*COUNTS, dict_of(KEY, tuple_of(*COUNTS))), tuple_of(text(b"__sampled__")), b"T"),
}

for name, content in BAD.items():
    with open(os.path.join(HERE, name + ".pstats"), "wb") as file:
        file.write(content)
