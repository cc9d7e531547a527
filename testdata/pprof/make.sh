#!/usr/bin/env bash
# Makes go-cpu.pb.gz and go-heap.pb.gz anew, as root, with Go 1.19 and no network. Built and run in /srv/app,
# because the paths of sources and of the program are in the profile.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

mkdir /srv/app
trap 'rm -rf /srv/app' EXIT
cp "$here"/orders.go /srv/app
cd /srv/app
GOPROXY=off CGO_ENABLED=0 go build -o orders orders.go
./orders "$here/go-cpu.pb.gz" "$here/go-heap.pb.gz"
