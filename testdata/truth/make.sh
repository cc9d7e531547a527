#!/usr/bin/env bash
# Makes the *.pstats and *.stacks files of this folder anew. Needs CPython 3.11, or its name in PYTHON_311.
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
for workload in workloads/*.py; do
    "${PYTHON_311:-python3.11}" -W ignore record.py "$workload"
done
