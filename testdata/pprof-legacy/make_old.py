"""Spells the older profiles of pprof by hand: one kind or one oddity each, named by the file."""

import struct

MAP = b"""\
00400000-00480000 r-xp 00000000 08:01 21306940    /srv/app/server
00480000-00490000 rw-p 00080000 08:01 21306940    /srv/app/server
7f10a0000000-7f10a0200000 r-xp 00000000 08:01 77  /lib/libc-2.15.so
7fff63dfe000-7fff63e00000 r-xp 00000000 00:00 0   [vdso]
"""
LIBC = 0x7F10A0001000
END = (0, 1, 0)


def words(spelling, *numbers):
    return b"".join(struct.pack(spelling, number) for number in numbers)


def profilez(spelling, program, *records, period=10000):
    samples = [word for count, *stack in records for word in (count, len(stack), *stack)]
    return words(spelling, 0, 3, program, period, 0, *samples, *END)


def write(name, text):
    with open(name, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


STACKS = [(2, 0x400100, 0x400205, 0x400305), (3, 0x400180, 0x400205, 0x400305), (1, 0x400305)]
for name, spelling in [("32-little", "<I"), ("32-big", ">I"), ("64-little", "<Q"), ("64-big", ">Q")]:
    write(f"cpp-{name}.prof", profilez(spelling, 0, *STACKS) + MAP)
JAVA = [(4, 3, 7, 9), (1, 8), (1, 3, 1000)]
SYMBOLS = """
 0x00000003 com.example.Shop.price (Shop.java:31)
 0x00000007 com.example.Shop.total (Shop.java:12)
 0x00000008 GC
 0x00000009 libjvm_start (/usr/lib/jvm/libjvm.so)
 0x0000000a com.example.Never.called (Never.java:1)
"""
write("java-32-little.prof", profilez("<I", 1, *JAVA) + SYMBOLS.encode())
write("java-64-big.prof", profilez(">Q", 1, *JAVA) + SYMBOLS.encode())
HANDLER = [(1, 0x400100 + 16 * n, LIBC, 0x400205, 0x400305) for n in range(40)]
write("handler.prof", profilez("<Q", 0, *HANDLER, (1, 0x400401, 0x400205)) + MAP)
write("leaf-twice.prof", profilez("<Q", 0, (2, 0x400100, 0x400100, 0x400205), *STACKS) + MAP)
write("no-end-mark.prof", profilez("<Q", 0, *STACKS)[:-24])
write("empty-stack.prof", profilez("<Q", 0, (5,), *STACKS))

HEAP = """\
     1:     9216 [     3:    27648] @ 0x400205 0x400305 0x7f10a0001001
     2:   262144 [     2:   262144] @ 0x400245 0x400305
     0:        0 [     7:      448] @ 0x400285 0x400305
"""
BRIEF = """
MAPPED_LIBRARIES:
source=/srv/app
  00400000-00480000: $source/server
  7f10a0000000-7f10a0200000: /lib/libc-2.15.so (@1000) abc123
"""
TOTAL = "heap profile:      3:   271360 [    12:   290240] @"
for kind in ["heapz_v2/524288", "heap_v2/524288", "heap/1048576", "heapprofile", "heapz_v2/1"]:
    write(kind.replace("/", "-") + ".heap", f"{TOTAL} {kind}\n{HEAP}{BRIEF}")
IN_USE = "     1:     9216 [     1:     9216] @ 0x400205 0x400305\n     4:     4096 [     4:     4096] @ 0x400245\n"
for kind in ["growthz", "fragmentationz", "heap_v2/524288"]:
    write(kind.replace("/", "-") + "-in-use.heap", f"heap profile: 5: 13312 [ 5: 13312] @ {kind}\n{IN_USE}{BRIEF}")

THREADZ = """\
--- threadz 1 ---

--- Thread 7f10a2000700 (name: main/14748) stack: ---
  PC: @ 0x400100
    @ 0x400205 0x400305
--- Thread 7f10a2001700 (name: thread1/14760) stack: ---
  0x400180 0x400205 0x400305
--- Thread 7f10a2002700 (name: thread2/14761) stack: ---
  [same as previous thread]
--- Memory map: ---
"""
write("threads.threadz", THREADZ.replace("  PC: @ 0x400100\n    @", "  @ 0x400100") + MAP.decode())
write("program-counter.threadz", THREADZ)
write("none.threadz", "--- threadz 1 ---\n\n---- no stack trace for 4 threads ----\n--- Memory map: ---\n" + MAP.decode())

CONTENTION = """\
--- contentionz 1 ---
cycles/second = 3201000000
sampling period = 100
ms since reset = 16502830
discarded samples = 0
  19490304 27 @ 0x400205 0x400305
      2000  1 @ 0x400245
"""
write("cpp.contentionz", f"{CONTENTION}--- Memory map: ---\n{MAP.decode()}")
JAVA_HEAP = """\
--- heapz 1 ---
format = java
resolution = bytes
   7048   1 @ 0x00000003 0x00000007
 524288  16 @ 0x00000008
"""
write("java.heapz", JAVA_HEAP + SYMBOLS)
JAVA_CONTENTION = """\
--- contentionz 1 ---
format = java
resolution = microseconds
sampling period = 100
ms since reset = 6019923
   1 14570 @ 0x00000003 0x00000007
 500     2 @ 0x00000008 0x00000007
"""
write("java.contentionz", JAVA_CONTENTION + SYMBOLS)

COUNT = "goroutine profile: total 4\n3 @ 0x400205 0x400305\n1 @ 0x500245 0x7f10a0001001 0x10\n"
ODD_MAPS = {
    "library-first": MAP.split(b"\n")[2] + b"\n" + MAP,
    "in-parts": b"00400000-00401000 r-xp 00000000 08:01 1 /srv/app/server\n00401000-00600000 r-xp 00001000 08:01 1\n",
    "huge-pages": b"00400000-00500000 r-xp 00000000 00:00 1 /anon_hugepage (deleted)\n"
    b"00500000-00600000 r-xp 00100000 08:01 1 /srv/app/server\n",
    "second-part": b"00500000-00600000 r-xp 00100000 08:01 1 /srv/app/server\n"
    b"7f10a0001800-7f10a0200000 r-xp 00001800 08:01 77  /lib/libc-2.15.so\n",
    "logged": b"I0101 10:00:00.000000 1 maps.cc:12] 400000-600000 r-xp 00000000 08:01 1 /srv/app/server\n",
    "blank-in-name": b"00400000-00600000 r-xp 00000000 08:01 1 /srv/my app/server (deleted)\n",
}
for name, text in ODD_MAPS.items():
    write(f"map-{name}.count", COUNT.encode() + b"\n--- Memory map: ---\n" + text)
write("crlf.heap", f"{TOTAL} heap_v2/524288\n{HEAP}{BRIEF}".replace("\n", "\r\n"))
write("not-utf-8.count", COUNT.encode() + b"MAPPED_LIBRARIES:\n400000-600000: /srv/\xff\n")
write("words-behind.count", COUNT.replace("0x400305", "0x400305 main+0x5"))

write("bad/address_too_long.count", COUNT.replace("0x10", "0x10000000000000000"))
write("bad/bytes_of_no_objects.heap", f"{TOTAL} heapprofile\n 0: 7 [ 1: 7] @ 0x1\n")
write("bad/count_missing.count", COUNT.replace("3 @", "@"))
write("bad/count_too_large.count", COUNT.replace("3 @", "9223372036854775808 @"))
write("bad/cut_in_a_stack.prof", profilez("<Q", 0, *STACKS)[:-40])
write("bad/cut_in_a_word.prof", profilez("<Q", 0, *STACKS)[:-21])
write("bad/depth_of_2_63.prof", words("<Q", 0, 3, 0, 10000, 0, 1, 1 << 63, 0))
write("bad/java_without_resolution.heapz", JAVA_HEAP.replace("resolution = bytes\n", ""))
write("bad/java_of_no_objects.heapz", JAVA_HEAP.replace(" 16 @", " 0 @"))
write("bad/names_that_double.count", COUNT + "MAPPED_LIBRARIES:\na0=xxxxxxxx\n" + "".join(
    f"a{n}=$a{n - 1}$a{n - 1}\n" for n in range(1, 10)) + "".join(f"b{n}=$a9$a9$a9$a9$b{n - 1}\n" for n in range(1, 9)))
write("bad/names_without_end.count", COUNT + "MAPPED_LIBRARIES:\n" + "a=b\n" * 65)
write("bad/no_delay.contentionz", CONTENTION.replace("2000  1 @", "2000 @"))
write("bad/not_a_thread.threadz", THREADZ.replace("--- Thread 7f10a2001700 (name: thread1/14760) stack:", "--- What"))
write("bad/period_too_large.prof", profilez("<Q", 0, *STACKS, period=1 << 63))
write("bad/time_too_large.prof", profilez("<Q", 0, (1 << 62, 0x400100)))
write("bad/unknown_heap.heap", f"{TOTAL} heapz_v9/1\n{HEAP}")
write("bad/unknown_version.prof", profilez("<Q", 2, *STACKS))
