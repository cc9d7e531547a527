#!/usr/bin/env bash
# Makes the *.pstats files of this folder that are not cProfile's of today: other tools, older Pythons.
#
# Needs the Pythons in PATH, or their names in PYTHON_27 and so on, and for 3.11 one with yappi 1.7.6 and
# pyinstrument 5.1.3. Only the sources of errands.py and of the tools appear in the files, so that the folder
# the program runs in is all that has to be the same everywhere.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
mkdir /tmp/app
trap 'rm -rf /tmp/app' EXIT
cp "$here"/errands.py "$here"/dialects.py /tmp/app
cd /tmp/app

python() { # python VERSION: its name
    local name=PYTHON_${1/./}
    echo "${!name:-python$1}"
}

# The layout of code objects, which `python -m profile` puts into the file, changed in 3.0, 3.8 and 3.11.
for version in 2.7 3.7 3.9 3.13; do
    "$(python $version)" -S -m profile -o "$here/profile-module.$version.pstats" errands.py > errands.txt
done
"$(python 2.7)" dialects.py cprofile "$here/cprofile.2.7.pstats"
for tool in version-0 bias; do
    "$(python 3.13)" dialects.py $tool "$here/$tool.3.13.pstats"
done
"$(python 3.13)" dialects.py sampled "$here/sampled.3.15.pstats"
for tool in yappi pyinstrument; do
    "$(python 3.11)" dialects.py $tool "$here/$tool.3.11.pstats"
done
