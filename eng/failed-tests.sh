#!/usr/bin/env bash
# Prints 'FAILED name' and the beginning of its message for every failed test in the given .trx files; nothing where none failed.
set -euo pipefail

[ "$#" -gt 0 ] || exit 0
awk '
  function text(s) {
    gsub(/&#xD;/, "", s); gsub(/&#xA;/, " ", s); gsub(/&quot;/, "\"", s); gsub(/&apos;/, "\047", s)
    gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s); gsub(/&amp;/, "\\&", s)
    gsub(/^[ \t]+|[ \t\r]+$/, "", s)
    return s
  }
  function add(line) {
    line = text(line)
    if (line != "" && lines++ < 6) message = message (message == "" ? "" : " | ") line
  }
  function tell() {
    print "FAILED " text(name)
    if (message != "") print "       " (length(message) > 400 ? substr(message, 1, 400) "..." : message)
    failed = 0
  }
  /<UnitTestResult / {
    failed = / outcome="Failed"/
    inside = 0; message = ""; lines = 0
    name = $0
    sub(/.* testName="/, "", name)
    sub(/" .*/, "", name)
    if (failed && /\/>[ \t\r]*$/) tell()
    next
  }
  failed && /<Message>/ { inside = 1; sub(/.*<Message>/, "") }
  inside {
    ends = /<\/Message>/
    sub(/<\/Message>.*/, "")
    add($0)
    if (ends) inside = 0
  }
  failed && /<\/UnitTestResult>/ { tell() }
' "$@"
