#!/usr/bin/env bash
# Makes the files of this folder anew, as root. Needs python3.11 (PYTHON_311) with pip, Node 20 and npm, which fetch
# Sentry's SDKs. The Python is reached through a link in /opt and everything else through /srv/app, so that no path of
# the machine gets into the files. The files of make_odd.py are the same every time, the others never.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1

mkdir /srv/app
trap 'rm -rf /srv/app; rm -f /opt/python3.11' EXIT
ln -s "$("${PYTHON_311:-python3.11}" -c 'import sys; print(sys.base_prefix)')" /opt/python3.11
/opt/python3.11/bin/python3.11 -m pip install --quiet --target /srv/app/packages sentry-sdk==2.75.0
cp "$here"/capture.py "$here"/capture.mjs /srv/app
cd /srv/app
mkdir out
for scenario in single threads tid-reuse asyncio continuous; do
    PYTHONPATH=packages /opt/python3.11/bin/python3.11 capture.py "$scenario" out
done
npm install --no-audit --no-fund --loglevel=error @sentry/node@10.75.3 @sentry/profiling-node@10.75.3
node capture.mjs out

# The name of a kernel says more of a machine than a profile needs to. Items have lengths: no letter more or less.
kernel=$(uname -r)
other=$(printf '6.1.0-amd64%s' '.....................' | head -c ${#kernel})
sed -i "s/$kernel/$other/g" out/*.envelope
cp out/*.envelope "$here"
gzip -n -9 -c out/single.0.envelope >"$here"/single.envelope.gz
python3 "$here"/make_odd.py
