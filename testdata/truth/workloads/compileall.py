"""Compiling and importing: the import machinery calls itself through every module that imports others.

What is imported below, before the recording, is only there to keep the recording small.
"""

import ast
import concurrent.futures
import os
import random
import shutil
import struct
import tempfile
import tokenize
import traceback

SOURCE = "def f(a):\n  return a + 1\nprint(f(2), [x for x in (1, 2)])\n"


def main():
    import compileall

    library = os.path.dirname(os.__file__)
    folder = tempfile.mkdtemp()
    try:
        for name in ("keyword.py", "colorsys.py"):
            shutil.copy(os.path.join(library, name), folder)
        os.mkdir(folder + "/sub")
        shutil.copy(library + "/this.py", folder + "/sub")
        compileall.compile_dir(folder, quiet=1, force=True)
        import py_compile

        py_compile.compile(folder + "/keyword.py")
        import colorsys
        import shelve
        import sndhdr

        ast.NodeVisitor().visit(ast.parse(SOURCE))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
