"""Records a workload twice at once: as cProfile would, and with the stacks that cProfile cannot know.

    python3.11 record.py workloads/rec.py           writes rec.pstats and rec.stacks
    python3.11 record.py workloads/rec.py --check   compares the calls of rec.pstats with cProfile's own

The workload is loaded once before, under another name, so that what it imports is not in the recording. Time
is no real time but a clock that every event moves on by a step of 100 to 999 ns, always the same step for the
same function: so a second run records the same, and functions do not all cost the same.
"""

import cProfile
import marshal
import os
import runpy
import sys
import types
import zlib

LIBRARY = os.path.dirname(os.__file__) + os.sep
STOP = "<built-in method sys.setprofile>"


class Counts:
    """The numbers that cProfile keeps of a function, or of a function under one caller."""

    def __init__(self):
        self.calls = self.recursive_calls = self.own = self.total = self.active = 0

    def enter(self):
        self.active += 1

    def leave(self, own, total):
        self.active -= 1
        self.calls += 1
        self.own += own
        if self.active == 0:
            self.total += total
        else:
            self.recursive_calls += 1

    def primitive_calls(self):
        return self.calls - self.recursive_calls

    def times(self):
        return self.own / 1e9, self.total / 1e9


class Function(Counts):
    """A function by its (file, line, name), and what it calls."""

    def __init__(self, label):
        super().__init__()
        self.label = label
        self.step = 100 + zlib.crc32(repr(label).encode()) % 900
        self.callees = {}

    def callee(self, label):
        return self.callees.setdefault(label, Counts())


class Node:
    """A stack: what its leaf itself cost, and the stacks that are one call deeper."""

    def __init__(self):
        self.own = 0
        self.children = {}

    def child(self, label):
        return self.children.setdefault(label, Node())


class Call:
    """A call that is active; `code` is None for a call of a C function."""

    def __init__(self, function, code, start, node):
        self.function, self.code, self.start, self.node = function, code, start, node
        self.of_callees = 0


class Recorder:
    def __init__(self):
        self.functions, self.by_code, self.stacks = {}, {}, Node()
        self.active, self.clock = [], 0

    def event(self, frame, event, argument):
        """The profile function: every event first costs the innermost function its step."""
        if self.active:
            innermost = self.active[-1]
            self.clock += innermost.function.step
            innermost.node.own += innermost.function.step
        if event == "call":
            self.enter(self.python_function(frame.f_code), frame.f_code)
        elif event == "c_call":
            self.enter(self.function(c_label(argument)), None)
        elif self.active:
            # Returns of calls that began before the recording are passed over, as cProfile does.
            code = frame.f_code if event == "return" else None
            if self.active[-1].code is code:
                self.leave()

    def enter(self, function, code):
        function.enter()
        above = self.active[-1] if self.active else None
        if above:
            above.function.callee(function.label).enter()
        node = (above.node if above else self.stacks).child(function.label)
        self.active.append(Call(function, code, self.clock, node))

    def leave(self):
        call = self.active.pop()
        total = self.clock - call.start
        own = total - call.of_callees
        call.function.leave(own, total)
        if self.active:
            above = self.active[-1]
            above.of_callees += total
            above.function.callee(call.function.label).leave(own, total)

    def function(self, label):
        if label not in self.functions:
            self.functions[label] = Function(label)
        return self.functions[label]

    def python_function(self, code):
        if code not in self.by_code:
            label = (code.co_filename.removeprefix(LIBRARY), code.co_firstlineno, code.co_name)
            self.by_code[code] = self.function(label)
        return self.by_code[code]

    def pstats(self):
        """Returns what cProfile would marshal."""
        known = {label: it for label, it in self.functions.items() if label[2] != STOP}
        stats = {label: (it.primitive_calls(), it.calls, *it.times(), {}) for label, it in known.items()}
        for caller, function in known.items():
            for callee, arc in function.callees.items():
                if callee in stats:
                    stats[callee][4][caller] = (arc.calls, arc.primitive_calls(), *arc.times())
        return stats

    def write_stacks(self, out):
        """Writes the functions, one per line, and then the tree of stacks in preorder."""
        functions, lines, todo = {}, [], [(0, label, node) for label, node in self.stacks.children.items()]
        while todo:
            depth, label, node = todo.pop()
            if label[2] != STOP:
                lines.append(f"{depth} {functions.setdefault(label, len(functions))} {node.own}\n")
                todo += [(depth + 1, label, child) for label, child in reversed(node.children.items())]
        out.writelines(f"{file}:{line}({name})\n" for file, line, name in functions)
        out.write("\n")
        out.writelines(lines)


def c_label(function):
    """Returns the label that cProfile gives a C function, without the addresses of objects."""
    owner, name = getattr(function, "__self__", None), function.__name__
    if owner is not None and not isinstance(owner, types.ModuleType):
        for base in type(owner).__mro__:
            if name in base.__dict__:
                return ("~", 0, repr(base.__dict__[name]).split(" at 0x")[0])
        return ("~", 0, f"<built-in method {name}>")
    module = getattr(function, "__module__", None) or (owner.__name__ if owner is not None else "")
    return ("~", 0, f"<built-in method {module}.{name}>")


def record(code, base):
    recorder, module = Recorder(), {"__name__": "__main__"}
    sys.setprofile(recorder.event)
    try:
        exec(code, module)
    finally:
        sys.setprofile(None)
    while recorder.active:
        recorder.leave()
    with open(base + ".pstats", "wb") as out:
        marshal.dump(recorder.pstats(), out)
    with open(base + ".stacks", "w") as out:
        recorder.write_stacks(out)


def check(code, base):
    """Prints the functions whose calls, or whose calls by callers, are not those that cProfile counts."""
    profiler = cProfile.Profile()
    profiler.runctx(code, {"__name__": "__main__"}, None)
    profiler.create_stats()

    def short(label):
        return label[0].removeprefix(LIBRARY), label[1], label[2].split(" at 0x")[0]

    def calls(stats):
        return {
            short(label): (it[0], it[1], sorted((short(caller), arc[:2]) for caller, arc in it[4].items()))
            for label, it in stats.items()
        }

    with open(base + ".pstats", "rb") as recorded:
        wanted, found = calls(profiler.stats), calls(marshal.load(recorded))
    for label in sorted(wanted.keys() | found.keys()):
        if wanted.get(label) != found.get(label):
            print(base, label, "cProfile:", wanted.get(label), "recorded:", found.get(label), sep="\n  ")


def main(script, *options):
    with open(script) as source:
        code = compile(source.read(), script, "exec")
    runpy.run_path(script, run_name="loaded")
    base = os.path.splitext(os.path.basename(script))[0]
    check(code, base) if "--check" in options else record(code, base)


if __name__ == "__main__":
    main(*sys.argv[1:])
