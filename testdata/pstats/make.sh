#!/usr/bin/env bash
# Makes the *.pstats files of this folder anew, as root. Needs python3.11 and python3.13 in PATH, or their
# names in PYTHON_311 and PYTHON_313.
#
# cProfile records the path of every source, the standard library's too. So the program runs in /srv/app and
# Python through a link in /opt: the files then look the same wherever they are made.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1

link() { # link VERSION PYTHON: makes /opt/pythonVERSION
    ln -s "$("$2" -c 'import sys; print(sys.base_prefix)')" "/opt/python$1"
}

mkdir /srv/app
trap 'rm -rf /srv/app; rm -f /opt/python3.11 /opt/python3.13' EXIT
link 3.11 "${PYTHON_311:-python3.11}"
link 3.13 "${PYTHON_313:-python3.13}"
cp "$here"/*.py /srv/app
cd /srv/app

# `python -m cProfile`, with the modules of the shop loaded beforehand: the hundreds of functions that importing
# json runs would drown the rest. What an import looks like is in imports.*.pstats. -S leaves out site-packages.
cprofile='import json, catalogue, runpy; runpy.run_module("cProfile", run_name="__main__", alter_sys=True)'
for version in 3.11 3.13; do
    python=/opt/python$version/bin/python$version
    "$python" -S -c "$cprofile" -o "$here/shop.$version.pstats" shop.py
    "$python" -S deep.py "$here/deep.$version.pstats"
done
/opt/python3.13/bin/python3.13 -S -m cProfile -o "$here/imports.3.13.pstats" imports.py
