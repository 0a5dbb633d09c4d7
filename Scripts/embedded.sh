#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two checks of the pure targets in Embedded mode, both optimised, since that is where the compiler finds what Embedded
# Swift lacks: (1) they compile for a small chip, (2) they run, on this machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

modules=(C1219 MEP OSGPTables) # in the order in which they import each other
triple=riscv32-none-none-eabi
out=.build/embedded

# A name, and the octets of the sections of what follows.
row() {
  size -A -d "${@:2}" | awk -v name="$1" '
    /^\.text/ { text += $2 }
    /^\.s?rodata/ { rodata += $2 }
    /^\.s?(data|bss)/ { data += $2 }
    END { printf "%-12s %8d %8d %8d\n", name, text, rodata, data }'
}

echo "== Embedded: $triple"
# A build folder of its own: the release build of the benchmarks would else be planned anew each time.
for module in "${modules[@]}"; do
  swift build --triple $triple --toolset Embedded/riscv32.json --scratch-path $out -c release \
    -Xswiftc -warnings-as-errors --target "$module"
done

printf '%-12s %8s %8s %8s\n' module .text .rodata .data+.bss
for module in "${modules[@]}"; do
  objects=("$out/$triple/release/$module.build"/*.o)
  for object in "${objects[@]}"; do
    # The chip has no atomic instructions. A toolset that stops saying so would go unnoticed until the chip traps.
    case $(readelf -A "$object") in
      *_a[0-9]p*) echo "$object uses the A extension: is -march=rv32imc gone?" >&2 && exit 1 ;;
    esac
  done
  row "$module" "${objects[@]}"
done

echo "== Embedded: what naming only some tables is worth"
# Linked as firmware is, only that nobody looks for what the chip's own library has.
sizes=$out/sizes
mkdir -p "$sizes"
flags=(-swift-version 6 -enable-experimental-feature Embedded -Osize -wmo -parse-as-library -warnings-as-errors
  -target $triple -Xfrontend -function-sections -Xcc -march=rv32imc -Xcc -mabi=ilp32 -I "$out/$triple/release/Modules")
text=()
for program in some all; do
  swiftc "${flags[@]}" -module-name "Sizes_$program" -c -o "$sizes/$program.o" "Embedded/Sizes/$program.swift"
  ld.lld -m elf32lriscv --gc-sections --entry start --unresolved-symbols=ignore-all -o "$sizes/$program.elf" \
    "$sizes/$program.o" "$out/$triple/release"/{C1219,OSGPTables}.build/*.o
  row "$program" "$sizes/$program.elf"
  text+=("$(size -A -d "$sizes/$program.elf" | awk '/^\.text/ { text += $2 } END { print text }')")
done
# BT54's declaration is linked by whoever names it, and by nobody else.
# grep reads to the end: one that leaves early would end nm by a signal, and the pipe with it.
if nm "$sizes/some.elf" | grep 'bt54_WZ' >/dev/null || [ "${text[0]}" -gt $((text[1] / 3)) ]; then
  echo "A program that names three tables links others too: is the catalogue drawn in?" >&2
  exit 1
fi
if ! nm "$sizes/all.elf" | grep 'bt54_WZ' >/dev/null; then
  echo "The declaration of BT54 has another symbol now: this check no longer sees it." >&2
  exit 1
fi

echo "== Embedded: self test on this machine"
host=$out/host
rm -rf "$host" && mkdir -p "$host"
flags=(-swift-version 6 -enable-experimental-feature Embedded -Osize -wmo -parse-as-library -warnings-as-errors)
objects=()
for module in "${modules[@]}"; do
  mapfile -t sources < <(find "Sources/$module" -name '*.swift' | sort)
  swiftc "${flags[@]}" -I "$host" -module-name "$module" -emit-module -emit-module-path "$host/$module.swiftmodule" \
    -c -o "$host/$module.o" "${sources[@]}"
  objects+=("$host/$module.o")
done
# Linked with neither Swift's Unicode tables nor libm: a core that compares Strings or has a Dictionary fails here.
if ! swiftc "${flags[@]}" -I "$host" -module-name SelfTest Embedded/SelfTest/*.swift "${objects[@]}" \
  -o "$host/selftest" >"$host/link.log" 2>&1; then
  if grep -q 'undefined reference' "$host/link.log"; then
    echo "These use what a small chip does not have (Strings compared, or enumerations with String values, ask for" >&2
    echo "_swift_stdlib_get…; a Dictionary or Set for ceil):" >&2
    sed -n "s/^[^:]*\/\([^:/]*\.o\):.*undefined reference to '\(.*\)'/  \1 \2/p" "$host/link.log" | sort -u >&2
  else
    cat "$host/link.log" >&2
  fi
  exit 1
fi
"$host/selftest"
