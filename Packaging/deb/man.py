#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Manual pages from what the program says of its commands: mep(1), and mep-COMMAND(1) for each, with those below it.

man.py VERSION FOLDER < what `mep --experimental-dump-help` prints
"""

import json
import os
import sys


def text(words):
    """As roff has it: no sign of it is an order."""
    words = words.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in words.splitlines())


def name(one):
    return ("-" if one["kind"] == "short" else "--") + one["name"]


def shown(items):
    return [item for item in items or [] if item.get("shouldDisplay")]


def synopsis(command, words):
    yield ".B " + text(" ".join(words))
    for argument in shown(command.get("arguments")):
        if argument["kind"] == "positional":
            word = f"\\fI{text(argument['valueName'])}\\fR"
        elif any(one["name"] in ("help", "version") for one in argument["names"]):
            continue
        else:
            word = f"\\fB{text(name(argument['preferredName']))}\\fR"
            if argument["kind"] == "option":
                word += f" \\fI{text(argument['valueName'])}\\fR"
        if argument["isRepeating"]:
            word += " ..."
        yield f"[{word}]" if argument["isOptional"] else word
    if shown(command.get("subcommands")):
        yield "\\fIcommand\\fR ..."


def options(command):
    for argument in shown(command.get("arguments")):
        yield ".TP"
        if argument["kind"] == "positional":
            yield f"\\fI{text(argument['valueName'])}\\fR"
        else:
            names = ", ".join(f"\\fB{text(name(one))}\\fR" for one in argument["names"])
            yield names + (f" \\fI{text(argument['valueName'])}\\fR" if argument["kind"] == "option" else "")
        yield text(argument.get("abstract", ""))
        if argument.get("defaultValue"):
            yield text(f"Without it: {argument['defaultValue']}.")


def described(command):
    yield text(command.get("abstract", ""))
    if command.get("discussion"):
        # It has lines of its own.
        yield from (".PP", ".nf", text(command["discussion"].strip("\n")), ".fi")


def page(command, words, version):
    title = "-".join(words)
    yield f'.TH "{title.upper()}" "1" "" "mep {version}" "User Commands"'
    yield from (".SH NAME", f"{text(title)} \\- {text(command['abstract'].rstrip('.'))}")
    yield from (".SH SYNOPSIS", *synopsis(command, words))
    yield from (".SH DESCRIPTION", *described(command))
    yield from (".SH OPTIONS", *options(command))
    below = [one for one in shown(command.get("subcommands")) if one["commandName"] != "help"]
    if len(words) > 1:
        for one in below:
            inner = [*words, one["commandName"]]
            yield from (f".SH {text(' '.join(inner)).upper()}", *synopsis(one, inner), ".PP", *described(one), *options(one))
        yield from (".SH SEE ALSO", "\\fBmep\\fR(1)")
        return
    yield ".SH COMMANDS"
    for one in below:
        yield from (".TP", f"\\fB{text(title + '-' + one['commandName'])}\\fR(1)", text(one.get("abstract", "")))
    yield ".SH FILES"
    yield from (".TP", ".I /etc/mep/mep.yaml", "What the service goes by: see mep\\-config(1).")
    yield from (".TP", ".I /var/lib/mep/mep.db", "What the service has kept: see mep\\-backup(1).")


def main():
    version, folder = sys.argv[1:]
    top = json.load(sys.stdin)["command"]
    pages = [(top, ["mep"])]
    pages += [(one, ["mep", one["commandName"]]) for one in shown(top["subcommands"]) if one["commandName"] != "help"]
    for command, words in pages:
        with open(os.path.join(folder, "-".join(words) + ".1"), "w", encoding="utf-8") as file:
            file.write("\n".join(page(command, words, version)) + "\n")


main()
