# SPDX-License-Identifier: Apache-2.0
"""The package's life in an empty Debian: installed, run as its unit says, upgraded, purged."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time

import rig
from rig import check, say, until

ROOT = rig.path("root")
WEB = int(sys.argv[1])
CONFIGURATION = f"{ROOT}/etc/mep/mep.yaml"
KEY = "01" * 16  # a published dummy


def inside(*command, fails=False):
    """In the chroot; what it prints."""
    return said([rig.path("inside"), ROOT], *command, fails=fails)


def said(where, *command, fails=False):
    done = subprocess.run([*where, *command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    words = done.stdout + done.stderr
    check((done.returncode != 0) == fails, f"{shlex.join(command)} ended with {done.returncode}:\n{words}")
    return words


def file(path):
    with open(ROOT + path, encoding="utf-8") as text:
        return text.read()


def write(path, words, mode=0o644):
    with open(ROOT + path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, mode)) as text:
        text.write(words)


def lines(path, pattern):
    return [line for line in file(path).splitlines() if re.search(pattern, line)]


class Unit:
    """The service, run as its unit says, where no systemd runs to do it."""

    def __init__(self):
        self.says = {}
        for line in file("/lib/systemd/system/mep.service").splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                self.says.setdefault(name, value)
        self.heard = set()

    def command(self, name):
        return shlex.split(self.says[name])

    def start(self):
        user = self.says["User"]
        inside("install", "-d", "-o", user, "-g", user, "-m", self.says["StateDirectoryMode"], "/var/lib/mep")
        inside("install", "-d", "-o", user, "-g", user, "/run/mep")
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(ROOT + "/run/notify")
        os.chmod(ROOT + "/run/notify", 0o777)
        threading.Thread(target=self.listen, args=(manager,), daemon=True).start()
        self.process = rig.start(
            "gateway", rig.path("inside"), ROOT, "STATE_DIRECTORY=/var/lib/mep", "RUNTIME_DIRECTORY=/run/mep",
            "NOTIFY_SOCKET=/run/notify", "WATCHDOG_USEC=2000000",
            "setpriv", "--reuid", user, "--regid", self.says["Group"], "--init-groups", "--no-new-privs", "--bounding-set=-all",
            *self.command("ExecStart"),
        )  # fmt: skip

    def listen(self, manager):
        """As a service manager does: always, or the service would wait for it."""
        while True:
            self.heard.add(manager.recv(4096).decode())

    def reload(self):
        inside(*(word.replace("$MAINPID", str(self.process.pid)) for word in self.command("ExecReload")))

    def stop(self):
        rig.stop(self.process, seconds=30)
        check(self.process.returncode == 0, f"the service ends with {self.process.returncode}")
        check("STOPPING=1" in self.heard, "the service manager does not hear of its end")
        os.remove(ROOT + "/run/notify")


def installed():
    words = inside("apt-get", "install", "-y", "--no-install-recommends", "/mep.deb")
    check("no meter is named yet" in words, f"it is not said what to do next:\n{words}")
    check("mep" in lines("/etc/group", "^dialout:")[0], "its user is not in dialout")
    check(os.path.lexists(f"{ROOT}/etc/systemd/system/multi-user.target.wants/mep.service"), "the unit is not enabled")
    for path in ["man/man1/mep.1.gz", "man/man1/mep-serve.1.gz", "bash-completion/completions/mep", "doc/mep/Install.md"]:
        check(os.path.exists(f"{ROOT}/usr/share/{path}"), f"there is no {path}")


def verified():
    """The unit itself, by systemd's own tools."""
    words = inside("systemd-analyze", "verify", "--man=no", "mep.service")
    check("mep.service" not in words, words)
    words = inside("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", "mep.service")
    say(next(line for line in words.splitlines() if "Overall" in line).strip("→ "))


def configured(port):
    """As an owner does it: the # is taken away, the address is changed, the key put into a file of the service's."""
    text = file("/etc/mep/mep.yaml")
    text = re.sub(r"^#(meters:|  - name:|    address:|    key_file:)", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=    address: ).*", f"tcp://127.0.0.1:{port}", text, count=1)
    write("/etc/mep/mep.yaml", text.replace("#web:", "web:").replace("#  port: 8337", f"  port: {WEB}"))
    inside("install", "-o", "mep", "-g", "mep", "-m", "600", "/dev/null", "/etc/mep/house.key")
    write("/etc/mep/house.key", KEY)
    say(inside("runuser", "-u", "mep", "--", "mep", "config", "check").strip())


def meter(port):
    write("/run/mak", "02" * 16, 0o600)
    write("/run/mbk", KEY, 0o600)
    keys = ["--mbk-file", "/run/mbk", "--mak-file", "/run/mak"]
    rig.start("meter", rig.path("inside"), ROOT, "mep", "simulate", *keys, "--lived", "1h", "--listen", f"tcp://127.0.0.1:{port}")
    until(lambda: rig.is_heard(port), "the simulated meter does not start")


def energy():
    one = (rig.get(WEB, "/api/v1/meters/house/values") or {}).get("fwd_active_energy_wh", {"stale": True})
    return None if one["stale"] else one["value"]


def booted():
    """By systemd itself, in all of its sandbox, with a key that only root can read."""
    if not shutil.which("systemd-nspawn"):
        return say("not booted: systemd-nspawn is missing (sudo apt-get install systemd-container)")
    inside("apt-get", "install", "-y", "--no-install-recommends", "systemd-sysv", "dbus")
    write("/etc/mep/mep.yaml", re.sub(r"(?m)^    key_file:.*\n", "", file("/etc/mep/mep.yaml")))
    inside("install", "-D", "-m", "600", "/dev/null", "/etc/credstore/mep.key")
    write("/etc/credstore/mep.key", KEY)
    options = ["--machine", f"mep-{os.getpid()}", "--register=no", "--keep-unit", "--quiet"]
    machine = rig.start("boot", "systemd-nspawn", "--directory", ROOT, *options, "--boot")
    try:
        attended(machine)
    finally:
        # Killed, it would leave all that it has started.
        rig.stop(machine, seconds=60)
    os.remove(ROOT + "/etc/credstore/mep.key")
    say("booted: systemd runs it in its sandbox, with its credential, and has it read its file again")


def attended(machine):
    until(lambda: (rig.get(WEB, "/api/v1/meters/house") or {}).get("online"), "the service that systemd starts reads no meter", 60)
    first = until(energy, "no value comes")
    with open(f"/proc/{machine.pid}/task/{machine.pid}/children", encoding="ascii") as children:
        enter = ["nsenter", "--all", "--target", children.read().split()[0]]

    def there(*command):
        return said([*enter, "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"], *command)

    check(there("systemctl", "is-active", "mep") == "active\n", "systemd does not call it active")
    check("83331-3I" in there("mep", "info", "--meter", "gateway:"), "root cannot ask by the gateway")
    there("systemctl", "reload", "mep")
    until(lambda: "was read again" in there("journalctl", "--unit=mep", "--output=cat"), "it is not read again")
    until(lambda: (energy() or 0) >= first, "no value comes after that")


def upgraded():
    """To a version that is one higher, and brings another configuration: the owner's stays."""
    subprocess.run(["dpkg-deb", "-R", os.environ["DEB"], rig.path("next")], check=True)
    with open(rig.path("next/DEBIAN/control"), encoding="utf-8") as control:
        text = control.read()
    with open(rig.path("next/DEBIAN/control"), "w", encoding="utf-8") as control:
        control.write(re.sub(r"(?m)^(Version: .*)$", r"\1+1", text))
    with open(rig.path("next/etc/mep/mep.yaml"), "a", encoding="utf-8") as example:
        example.write("# What is new.\n")
    build = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", rig.path("next"), f"{ROOT}/next.deb"]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    owners = file("/etc/mep/mep.yaml")
    install = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold"]
    words = inside(*install, "/next.deb")
    check(file("/etc/mep/mep.yaml") == owners, "the owner's configuration is not what it was")
    check("is right: 1 meter" in words, f"the configuration is not looked through:\n{words}")
    check(os.stat(f"{ROOT}/etc/mep").st_mode & 0o7777 == 0o2750, "the service may still write its configuration")
    # One that has gone wrong is told, and keeps nobody from anything.
    write("/etc/mep/mep.yaml", owners.replace("address: tcp", "adress: tcp"))
    words = inside(*install, "--reinstall", "/next.deb")
    check("adress" in words and "is not right" in words, f"what is wrong is not said:\n{words}")
    check("install ok installed" in inside("dpkg-query", "-W", "-f=${Status} ${Version}", "mep"), "it is not installed")
    write("/etc/mep/mep.yaml", owners)


def gone():
    inside("apt-get", "remove", "-y", "mep")
    check(os.path.exists(f"{ROOT}/etc/mep/mep.yaml") and os.path.exists(f"{ROOT}/var/lib/mep/mep.db"), "removing it takes too much")
    inside("apt-get", "purge", "-y", "mep")
    for path in ["/mep.deb", "/next.deb", "/run/mbk", "/run/mak", "/run/copy.db"]:
        os.remove(ROOT + path)
    names = inside("find", "/", "-xdev", "(", "-name", "mep", "-o", "-name", "mep[-._]*", "-o", "-name", "*-mep.*", ")").split()
    left = [name for name in names if not name.startswith(("/proc", "/var/cache/apt/archives/partial"))]
    left += inside("find", "/", "-xdev", "-path", "/proc", "-prune", "-o", "(", "-nouser", "-o", "-nogroup", ")", "-print").split()
    for path in ["/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow"]:
        left += [f"{path}: {line}" for line in lines(path, r"\bmep\b")]
    check(not left, "this is left: " + ", ".join(left))


def body():
    subprocess.run(["cp", os.environ["DEB"], f"{ROOT}/mep.deb"], check=True)
    begin = time.monotonic()
    inside("apt-get", "update", "-q")
    installed()
    say(f"installed: {time.monotonic() - begin:.0f} s from the empty root on")
    unit = Unit()
    (port,) = rig.free_ports(1)
    meter(port)
    configured(port)
    unit.start()
    first = until(energy, "no value comes")
    say(f"the first value, {first} Wh: {time.monotonic() - begin:.0f} s from the empty root on")
    until(lambda: {"READY=1", "WATCHDOG=1"} <= unit.heard, "the service manager hears nothing")
    check("83331-3I" in inside("mep", "info", "--meter", "gateway:"), "root cannot ask by the gateway")
    inside("mep", "backup", "/run/copy.db")
    unit.reload()
    until(lambda: "was read again" in rig.read("gateway.log"), "it is not read again")
    verified()
    upgraded()
    unit.stop()
    unit = Unit()
    unit.start()
    check(until(energy, "no value comes after the upgrade") >= first, "energy has fallen")
    unit.stop()
    say("upgraded: the owner's configuration, and what was measured, are there")
    booted()
    gone()
    say("purged: nothing is left")


rig.run("package", body)
