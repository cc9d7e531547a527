#!/usr/bin/env bash
# Makes go-*.txt anew, as root, with Go 1.19 and no network, and all other files with make_old.py. Built and run in
# /srv/app, because the paths of sources are in the profiles.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

mkdir /srv/app
trap 'rm -rf /srv/app' EXIT
cp "$here"/stalls.go /srv/app
cd /srv/app
GOPROXY=off CGO_ENABLED=0 go build -trimpath -o stalls stalls.go
./stalls
cp go-*.txt "$here"
cd "$here"
python3 make_old.py
