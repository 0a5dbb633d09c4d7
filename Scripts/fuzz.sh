#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fuzzes each Fuzz/*.swift with libFuzzer and AddressSanitizer, on the pure targets compiled here for it.
# Usage: fuzz.sh runs COUNT [TARGET] (fixed seed, repeatable) | fuzz.sh seconds COUNT [TARGET]
# A failing input stays in .build/fuzz/ and the way to replay it is printed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode=$1 amount=$2 only=${3:-}
out=.build/fuzz
modules=(C1219 MEP OSGPTables) # in the order in which they import each other
if [ -n "$only" ] && [ ! -f "Fuzz/$only.swift" ]; then
  echo "There is no Fuzz/$only.swift" >&2
  exit 1
fi

# Optimised for speed, but with the assertions. lld, as gold warns about each of the sanitizer's symbols. The sanitizers
# in one option: of two, the second undoes the first, and what is left fuzzes blindly.
flags=(-swift-version 6 -O -wmo -g -assert-config Debug -parse-as-library -use-ld=lld -I "$out")
flags+=("-sanitize=fuzzer,address" -warnings-as-errors)
# Swift's own backtracer can wait for ever on a process whose signals libFuzzer handles.
export SWIFT_BACKTRACE=enable=no
# Leaks are looked for with ptrace, which many containers refuse.
export ASAN_OPTIONS=detect_leaks=0

echo "== Fuzzing: build"
mkdir -p "$out"
objects=()
for module in "${modules[@]}"; do
  mapfile -t sources < <(find "Sources/$module" -name '*.swift' | sort)
  swiftc "${flags[@]}" -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" \
    -c -o "$out/$module.o" "${sources[@]}"
  objects+=("$out/$module.o")
done

for file in Fuzz/*.swift; do
  target=$(basename "$file" .swift)
  [ -z "$only" ] || [ "$only" = "$target" ] || continue
  swiftc "${flags[@]}" -module-name "Fuzz$target" "$file" "${objects[@]}" -o "$out/$target"

  # What libFuzzer finds goes into the first folder; the inputs kept in the repository are read only. A repeatable run
  # starts from these alone, a long one goes on where the last one ended.
  found=$out/found/$target
  [ "$mode" = runs ] && rm -rf "$found"
  mkdir -p "$found"
  corpus=("$found")
  [ -d "Fuzz/Corpus/$target" ] && corpus+=("Fuzz/Corpus/$target")

  limits=(-max_len=600 -len_control=0 -timeout=10 -malloc_limit_mb=64 "-artifact_prefix=$out/$target-")
  case $mode in
    runs) limits+=(-seed=1 "-runs=$amount") ;;
    seconds) limits+=("-max_total_time=$amount") ;;
    *) echo "runs or seconds, not $mode" >&2 && exit 1 ;;
  esac

  log=$out/$target.log
  echo "== Fuzzing: $target, $amount $mode"
  if ! "$out/$target" "${limits[@]}" "${corpus[@]}" >"$log" 2>&1 </dev/null; then
    tail -n 60 "$log" >&2
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    echo >&2
    echo "Fuzzing $target FAILED. Log: $log. Input: ${input:-none}" >&2
    [ -z "$input" ] || echo "To replay: SWIFT_BACKTRACE=enable=no $out/$target $input" >&2
    exit 1
  fi
  if ! grep -q '^INFO: Loaded .* inline 8-bit counters' "$log"; then
    echo "$out/$target has no coverage counters: libFuzzer would only guess" >&2
    exit 1
  fi
  sed -n -e '/^INFO: Seed/p' -e '/DONE .*cov:/p' "$log"
done
