#!/usr/bin/env bash
# Makes the files of this folder that tools write anew, as root. Needs gcc, valgrind 3.19, Go 1.19 and a Python 3.11 with
# yappi 1.7.6 (or its name in PYTHON_311). Built and run in /srv/app, because paths are in the files; the ids of
# processes are replaced, since they differ each time.
#
# tiny.c has no C library and a handful of functions. It is run under each option that changes the form of the file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

mkdir /srv/app
trap 'rm -rf /srv/app' EXIT
cp "$here"/*.c "$here"/*.h "$here"/*.py /srv/app
cd /srv/app
gcc -g -O1 -fno-optimize-sibling-calls -nostdlib -static -o tiny tiny.c other.c
gcc -g -O2 -nostdlib -static -o fast tiny.c other.c

valgrinds() { # valgrinds TOOL FILE PROGRAM OPTION...
    valgrind -q --tool="$1" --"$1"-out-file="$2" "${@:4}" "./$3"
}

keep() { # keep FROM TO: with one id of a process, and Python where it always is
    sed -E "s/^pid: [0-9]+/pid: 4711/; s#${stdlib:-/none}#/usr/lib/python3.11#" "$1" > "$here/$2"
}

run() { # run NAME OPTION...: tiny under callgrind
    valgrinds callgrind "$1.callgrind" tiny "${@:2}"
    keep "$1.callgrind" "$1.callgrind"
}

run default
run instructions --dump-instr=yes
run jumps --dump-instr=yes --collect-jumps=yes
run no-lines --dump-line=no --dump-instr=yes
run uncompressed --compress-strings=no --compress-pos=no
run cache --cache-sim=yes --branch-sim=yes
run times --collect-systime=nsec
run callers --separate-callers=3
run callers-compressed --separate-callers=3 --compress-mangled=yes
run all-callers --separate-callers=20
run levels --separate-recs=4
run one-level --separate-recs=1
run beside-names --mangle-names=no --separate-callers=2
run blocks --dump-bbs=yes
run parts --dump-before=half --combine-dumps=yes --separate-threads=yes
valgrinds callgrind fast.callgrind fast
keep fast.callgrind fast.callgrind
# Several dumps go into files of their own: the first one is up to half(), and the last one has the summary.
valgrinds callgrind dumps.callgrind tiny --dump-before=half
keep dumps.callgrind.1 first-dump.callgrind
keep dumps.callgrind last-dump.callgrind
valgrinds cachegrind cachegrind.out tiny
keep cachegrind.out cachegrind.callgrind

go tool pprof -callgrind -output pprof.callgrind "$here/../pprof/go-cpu.pb.gz" 2> pprof.err
keep pprof.callgrind pprof.callgrind
python=${PYTHON_311:-python3.11}
stdlib=$("$python" -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
"$python" halves.py yappi.callgrind
keep yappi.callgrind yappi.callgrind
