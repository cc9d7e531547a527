"""Imports one small module while the profiler runs: imports.*.pstats.

`builtins.exec` is then the root of the program and also called by the import machinery: a root with callers.
"""

import greeting

greeting.greet()
