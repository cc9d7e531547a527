#!/usr/bin/env bash
# Makes the *.speedscope.json files of this folder anew, as root. Needs python3.11 (or its name in PYTHON_311),
# py-spy 0.4.3 (PY_SPY), and pyinstrument 5.1.3 in the folder PYINSTRUMENT, as `pip install --target` leaves it.
# Python is reached through a link in /opt and the programs run in /srv/app, so that no path of the machine
# gets into the files.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
py_spy=${PY_SPY:-py-spy}
export PYTHONDONTWRITEBYTECODE=1

mkdir /srv/app
trap 'rm -rf /srv/app; rm -f /opt/python3.11' EXIT
ln -s "$("${PYTHON_311:-python3.11}" -c 'import sys; print(sys.base_prefix)')" /opt/python3.11
python=/opt/python3.11/bin/python3.11
cp "$here"/../collapsed/threads.py "$here"/steps.py /srv/app
cp -r "$PYINSTRUMENT" /srv/app/site-packages
cd /srv/app

# Sampled, one profile per thread.
"$py_spy" record --rate 50 --format speedscope --output "$here/py-spy.speedscope.json" -- "$python" -S threads.py

# Evented, one profile.
PYTHONPATH=site-packages "$python" -S -m pyinstrument --renderer speedscope --interval 0.002 \
    --outfile "$here/pyinstrument.speedscope.json" steps.py

# Evented, one profile per thread: what speedscope's own Export makes of the first. It lists frames once per profile
# that has them. Needs the peers (npm install in crates/testkit/peers) and Chromium.
export=$(mktemp -d)
node "$here/../../crates/testkit/peers/speedscope_open.mjs" --export "$export" "$here/py-spy.speedscope.json" >/dev/null
mv "$export/py-spy.speedscope.json" "$here/speedscope-export.speedscope.json"
rmdir "$export"
