"""Writes the files of this folder and of bad/ that no SDK at hand writes, one oddity each."""

import base64
import json
import os
import struct

here = os.path.dirname(os.path.abspath(__file__))
ID = "0123456789abcdef0123456789abcdef"


def write(name, content):
    with open(os.path.join(here, name), "wb") as file:
        file.write(content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":")).encode() + b"\n")


def profile(samples, stacks=([0], [1, 0]), frames=({"function": "main"}, {"function": "f"}), **rest):
    return {"frames": list(frames), "stacks": [list(stack) for stack in stacks], "samples": samples, **rest}


def elapsed(*rows):
    return [{"stack_id": stack, "thread_id": thread, "elapsed_since_start_ns": time} for stack, thread, time in rows]


def v1(inside, **rest):
    return {"version": "1", "event_id": ID, "platform": "python", "timestamp": "2026-01-31T12:00:00.5Z",
            "device": {"architecture": "x86_64"}, "os": {"name": "Linux", "version": "6.1"},
            "transaction": {"id": ID[::-1], "name": "odd", "trace_id": ID, "active_thread_id": "7"}, "profile": inside, **rest}


def v2(inside, **rest):
    return {"chunk_id": ID, "profiler_id": ID[::-1], "platform": "cocoa", "version": "2", "release": None,
            "client_sdk": {"name": "sentry.cocoa", "version": "8.9.0"}, "profile": inside, **rest}


plain = elapsed((0, "7", "0"), (1, "7", "10000000"), (0, "7", "20000000"))

# Readable.
write("idle.profile.json", v1(profile(elapsed((0, "7", 0), (2, "7", 10), (1, "7", 30), (2, "7", 40), (2, "7", 45)),
                                      stacks=([0], [1, 0], []))))
write("beyond-doubles.profile.json", v1(profile(elapsed((0, "7", "9007199254740993"), (1, "7", "9007199254740994"),
                                                        (0, "7", "9007199254740997")))))
write("no-thread-metadata.profile.json", v1(profile(elapsed((0, 0, 5), (1, 0, 12), (1, 0, 20))), platform="php"))
write("unsorted.profile.json", v1(profile(elapsed((0, "7", 20), (1, "7", 0), (0, "8", 20), (1, "8", 0), (1, "7", 30)))))
write("hole.profile.json", v1(profile(elapsed(*[(0, "7", 10_000_000 * tick) for tick in range(6)], (1, "7", 3_000_000_000),
                                              (1, "7", 3_010_000_000)))))
write("cut-at-128.profile.json", v1(profile(elapsed((0, "7", 0), (0, "7", 10)), stacks=[[0] * 128])))
frames = [{"function": "start", "package": "/usr/lib/dyld", "instruction_addr": "0x1000"}, {"instruction_addr": "0x1020",
           "package": "/usr/lib/dyld"}, {"function": "run", "symbol": "_ZN1A3runEv", "lineno": 0, "colno": 3, "in_app": True},
          {"filename": "a.m", "lineno": -1}]
cocoa = [{"timestamp": 1769860800.25 + tick / 128, "stack_id": stack, "thread_id": "0x0000000102adc700", "queue_address": "0x1"}
         for tick, stack in enumerate((0, 1, 2, 3, 1))]
queues = {"0x1": {"label": "io"}}
write("cocoa.chunk.json", v2(profile(cocoa, stacks=[[1, 0], [2, 1, 0], [], [3, 2]], frames=frames, queue_metadata=queues)))
write("wrapped.json", {"chunk": v2(profile(cocoa, stacks=[[1, 0], [2, 1, 0], [], [3, 2]], frames=frames)), "debug_chunk_ids": []})
write("bare.json", profile([{"timestamp": 1769860800.5 + tick / 64, "stack_id": tick % 2, "thread_id": "-1"} for tick in range(4)]))


def envelope(*items, header=None, length=True):
    lines = [json.dumps(header or {})]
    for head, payload in items:
        text = json.dumps(payload)
        lines.append(json.dumps({**head, **({"length": len(text)} if length else {})}))
        lines.append(text)
    return "\n".join(lines).encode()


def chunk(chunk_id, start, rows):
    samples = [{"timestamp": start + tick / 128, "stack_id": stack, "thread_id": "7"} for tick, stack in rows]
    return v2(profile(samples, thread_metadata={"7": {"name": "MainThread"}}), chunk_id=chunk_id * 32, platform="python")


item = {"type": "profile_chunk", "platform": "python"}
write("seam.envelope", envelope((item, chunk("a", 1769860800, [(0, 0), (1, 1)])), (item, chunk("b", 1769860800, [(2, 1), (4, 0)]))))
transaction = {"event_id": ID, "transaction": "GET /", "start_timestamp": 1769860800.0, "timestamp": "2026-01-31T12:00:00.0625Z",
               "contexts": {"trace": {"trace_id": ID, "data": {"thread.id": "7"}}, "profile": {"profiler_id": ID[::-1]}}}
write("no-length.envelope", envelope((item, chunk("a", 1769860800, [(0, 0), (1, 1), (3, 0)])), ({"type": "transaction"}, transaction),
                                     ({"type": "session"}, {"sid": 1}), header={"sdk": {"name": "sentry.js", "version": "1"}}, length=False))

# Android: two threads, recursion, a call that never ends.
classes = [("com.example.Main", "run", "()V"), ("com.example.Fib", "<init>", "(I)V"), ("com.example.Fib", "fib", "(I)I")]
calls = [(1, 0, "Enter", 10), (1, 2, "Enter", 20), (1, 2, "Enter", 30), (2, 0, "Enter", 35), (1, 2, "Exit", 50), (1, 2, "Exit", 60),
         (1, 1, "Enter", 60), (1, 1, "Exit", 61), (1, 0, "Exit", 70), (1, 0, "Exit", 71)]


def span(microseconds):
    return {"secs": 0, "nanos": microseconds * 1000}


methods = [{"id": number + 1, "class_name": cls, "name": name, "signature": sig, "source_file": "Main.java", "source_line": 3}
           for number, (cls, name, sig) in enumerate(classes)]
events = [{"action": action, "thread_id": thread, "method_id": method + 1,
           "time": {"Monotonic": {"wall": span(at), "cpu": span(at)}}} for thread, method, action, at in calls]
android = {"clock": "Dual", "start_time": "0", "threads": [{"id": 1, "name": "main"}, {"id": 2, "name": "pool"}],
           "methods": methods, "events": events}
head = {"platform": "android", "profile_id": ID, "transaction_id": ID[::-1], "transaction_name": "Main", "trace_id": ID,
        "active_thread_id": "1"}
write("android.stored.json", {**head, "profile": android})
text = "*version\n3\ndata-file-overflow=false\nclock=dual\n*threads\n1\tmain\n2\tpool\n*methods\n"
text += "".join(f"{number + 1 << 2:#x}\t{cls}\t{name}\t{sig}\tMain.java\t3\n" for number, (cls, name, sig) in enumerate(classes))
trace = text.encode() + b"*end\nSLOW" + struct.pack("<HHQHxx", 3, 32, 0, 14)
trace += bytes(12)
for thread, method, action, at in calls:
    trace += struct.pack("<HIII", thread, method + 1 << 2 | (action == "Exit"), at, at)
write("android.trace", trace)
sampled = base64.b64encode(trace).decode().rstrip("=")
write("android-base64.json", {**head, "sampled_profile": sampled})

legacy = {"samples": [{"frames": [{"function": "leaf"}, {"function": "main"}], "thread_id": "259", "queue_address": "0x2",
                       "relative_timestamp_ns": time} for time in ("10", "30", "60")],
          "thread_metadata": {"259": {"priority": 31}}, "queue_metadata": {"0x2": {"label": "com.apple.main-thread"}}}
write("legacy-ios.json", {"platform": "cocoa", "transaction_name": "ios", "transaction_id": ID, "profile": json.dumps(legacy)})

# To be refused.
write("bad/stack-index.json", v1(profile(elapsed((0, "7", 0), (9, "7", 10)))))
write("bad/frame-index.json", v1(profile(plain, stacks=([0], [1, 9]))))
write("bad/negative-time.json", v1(profile(elapsed((0, "7", 0), (1, "7", -5)))))
write("bad/fractional-time.json", v1(profile(elapsed((0, "7", 0), (1, "7", 1.5)))))
write("bad/time-beyond-64-bits.json", v1(profile(elapsed((0, "7", 0), (1, "7", "99999999999999999999")))))
write("bad/no-time.json", v1(profile([{"stack_id": 0, "thread_id": "7"}])))
write("bad/two-kinds-of-time.json", v1(profile([*plain, {"stack_id": 0, "thread_id": "7", "timestamp": 1.5}])))
write("bad/timestamp-text.json", v2(profile([{"stack_id": 0, "thread_id": "7", "timestamp": "now"}])))
write("bad/timestamp-infinite.json", json.dumps(v2(profile([{"stack_id": 0, "thread_id": "7", "timestamp": 7}]))).replace(": 7}", ": 1e999}").encode())
write("bad/start-yesterday.json", v1(profile(plain), timestamp="yesterday"))
write("bad/no-samples.json", v1({"frames": [], "stacks": []}))
write("bad/no-profile.json", {"version": "1", "platform": "python"})
write("bad/stack-is-object.json", v1({**profile(plain), "stacks": [{"frames": [0]}]}))
write("bad/envelope-without-profile.envelope", envelope(({"type": "transaction"}, transaction), ({"type": "session"}, {})))
write("bad/envelope-cut.envelope", envelope((item, chunk("a", 1769860800, [(0, 0)])))[:-9])
write("bad/envelope-perfetto.envelope", envelope(({**item, "content_type": "application/x-perfetto-trace"}, {})))
write("bad/android-clock.json", {**head, "profile": {**android, "clock": "Moon"}})
write("bad/android-no-time.json", {**head, "profile": {**android, "events": [{"action": "Enter"}]}})
write("bad/android-not-base64.json", {**head, "sampled_profile": "!!"})
write("bad/android-cut.json", {**head, "sampled_profile": base64.b64encode(trace[:-3]).decode()})
write("bad/legacy-text.json", {"platform": "cocoa", "profile": "{\"samples\": 7}"})
own = v1(profile(plain), profkit={"threads": []})
write("bad/own-thread.json", own)
write("bad/own-weights.json", v1(profile(plain), profkit={"sessions": [{"weights": "best"}]}))
write("bad/own-order.json", v1(profile(elapsed((0, "7", 9), (1, "7", 3))), profkit={"told": True}))
