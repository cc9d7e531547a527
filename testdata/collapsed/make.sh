#!/usr/bin/env bash
# Makes the *.folded files of this folder anew, as root. Needs py-spy 0.4.3 (or its name in PY_SPY) and
# python3.11 (PYTHON_311). The Python is reached through a link in /opt and the program through /srv/app, so that
# no path of the machine gets into the files.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
py_spy=${PY_SPY:-py-spy}
export PYTHONDONTWRITEBYTECODE=1

mkdir /srv/app
trap 'rm -rf /srv/app; rm -f /opt/python3.11' EXIT
ln -s "$("${PYTHON_311:-python3.11}" -c 'import sys; print(sys.base_prefix)')" /opt/python3.11
cp "$here"/threads.py /srv/app
cd /srv/app

record() { # record OUT OPTION...
    "$py_spy" record --rate 50 --format raw --output "$here/$1" "${@:2}" -- /opt/python3.11/bin/python3.11 -S threads.py
}

record py-spy.folded
record py-spy-threads.folded --threads --idle
record py-spy-nolineno.folded --nolineno
