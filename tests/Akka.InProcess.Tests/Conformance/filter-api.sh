#!/bin/sh
# Cuts the list of Akka.NET's public and protected members down to the types that the in-process assemblies stand for.
#   filter-api.sh FULL-LIST.txt.gz > akka-api.txt
# The types are those that the README of shims/Akka.InProcess lists.
set -eu
readme="$(dirname "$0")/../../../shims/Akka.InProcess/README.md"
gunzip -c "$1" | awk -v readme="$readme" '
    BEGIN {
        while ((getline line < readme) > 0)
            if (line ~ /^    Akka\./) { sub(/^ +/, "", line); wanted[line] = 1 }
    }
    {
        split($0, parts, / \| | :: /)
        if ((index($0, " :: ") ? parts[1] : parts[2]) in wanted) print
    }'
