#!/usr/bin/env bash
# Prints the stack of the thread that ended a process, from each of the given crash reports of the .NET runtime (DOTNET_EnableCrashReportOnly).
set -euo pipefail

for report in "$@"; do
  [ -e "$report" ] || continue
  awk '
    function value(s) {
      sub(/^[^:]*: *"/, "", s)
      sub(/",?[ \r]*$/, "", s)
      return s
    }
    /"process_name"/ { process = value($0) }
    /"native_thread_id"/ { isCrashed = crashed; crashed = 0; if (isCrashed) print "CRASHED " process }
    /"crashed": *"true"/ { crashed = 1 }
    /"is_managed"/ { method = ""; symbol = ""; module = ""; offset = "" }
    /"method_name"/ { method = value($0) }
    /"unmanaged_name"/ { symbol = value($0) }
    /"native_module"/ { module = value($0) }
    /"native_image_offset"/ { offset = value($0) }
    /^ *}/ && isCrashed && offset != "" {
      print "        " (method != "" ? method : (module != "" ? module : "?") " " (symbol != "" ? symbol : offset))
      offset = ""
    }
  ' "$report"
done
