# SPDX-License-Identifier: Apache-2.0
"""Reads the P1 telegrams of a gateway at a port of this computer, and compares what dsmr-parser makes of them with what they say."""

import asyncio
import datetime
import re
import socket
import sys
import time
from decimal import Decimal

from dsmr_parser import obis_references, telegram_specifications
from dsmr_parser.clients.protocol import create_tcp_dsmr_reader
from dsmr_parser.clients.telegram_buffer import TelegramBuffer
from dsmr_parser.parsers import TelegramParser

SECONDS = 6
LINE = re.compile(r"(\d-\d:\d+\.\d+\.\d+)\(([^*)]*)(?:\*(\w+))?\)")
PHASES = ["INSTANTANEOUS_VOLTAGE_L", "INSTANTANEOUS_CURRENT_L"] + [
    f"INSTANTANEOUS_ACTIVE_POWER_L{{}}_{way}" for way in ("POSITIVE", "NEGATIVE")
]
EVERYWHERE = {"P1_MESSAGE_HEADER", "P1_MESSAGE_TIMESTAMP", "CURRENT_ELECTRICITY_USAGE", "CURRENT_ELECTRICITY_DELIVERY"} | {
    (name if "{}" in name else name + "{}").format(phase) for name in PHASES for phase in (1, 2, 3)
}
# By the version that is chosen in Home Assistant.
WANTED = {
    "5": (
        telegram_specifications.V5,
        EVERYWHERE | {"EQUIPMENT_IDENTIFIER", "ELECTRICITY_USED_TARIFF_1", "ELECTRICITY_DELIVERED_TARIFF_1"},
    ),
    "5S": (
        telegram_specifications.SWEDEN,
        EVERYWHERE
        | {"ELECTRICITY_IMPORTED_TOTAL", "ELECTRICITY_EXPORTED_TOTAL"}
        | {"ELECTRICITY_REACTIVE_IMPORTED_TOTAL", "ELECTRICITY_REACTIVE_EXPORTED_TOTAL"},
    ),
}


def check(is_so, words):
    if not is_so:
        sys.exit(f"p1: {words}")


def connect(port):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit("p1: nobody listens")


def telegrams(port):
    """As they come over the wire, for some seconds from the first on."""
    link, buffer, end = connect(port), TelegramBuffer(), None
    while end is None or time.monotonic() < end:
        octets = link.recv(4096)
        check(octets, "the gateway has ended the connection")
        buffer.append(octets.decode("ascii"))
        for telegram in buffer.get_all():
            end = end or time.monotonic() + SECONDS
            yield telegram
    link.close()


def compare(text, parsed, specification):
    """Every line that the specification knows, with the value and the unit that stand in it. Returns their number."""
    count = 0
    for line in text.split("\r\n"):
        match = LINE.fullmatch(line)
        if not match:
            continue
        code, value, unit = match.groups()
        for known in specification["objects"]:
            if not re.match(known["obis_reference"], line + "\r\n"):
                continue
            found = getattr(parsed, known["value_name"])
            check(found.unit == unit, f"{code}: {found.unit} in place of {unit}")
            if isinstance(found.value, Decimal):
                check(found.value == Decimal(value), f"{code}: {found.value} in place of {value}")
            elif isinstance(found.value, datetime.datetime):
                age = datetime.datetime.now(datetime.timezone.utc) - found.value
                check(abs(age.total_seconds()) < 10, f"{code}: {value} is {age} ago")
            else:
                check(found.value == value, f"{code}: {found.value} in place of {value}")
            count += 1
    return count


def read(port):
    references = [value for name, value in vars(obis_references).items() if name.isupper() and isinstance(value, str)]
    last, count, values = None, 0, 0
    for text in telegrams(port):
        for line in filter(LINE.fullmatch, text.split("\r\n")):
            check(any(re.match(reference, line + "\r\n") for reference in references), f"nobody knows {line}")
        for version, (specification, wanted) in WANTED.items():
            parsed = TelegramParser(specification).parse(text, throw_ex=True)
            missing = wanted - {name for name, _ in parsed}
            check(not missing, f"version {version} misses {', '.join(sorted(missing))} in\n{text}")
            values += compare(text, parsed, specification)
            if version == "5":
                now = (parsed.P1_MESSAGE_TIMESTAMP.value, parsed.ELECTRICITY_USED_TARIFF_1.value)
                check(parsed.ELECTRICITY_USED_TARIFF_1.value == parsed.ELECTRICITY_IMPORTED_TOTAL.value, "the totals differ")
        check(last is None or (now[0] > last[0] and now[1] >= last[1]), f"{now} after {last}")
        last, count = now, count + 1
    check(count >= SECONDS - 2, f"{count} telegrams in {SECONDS} s")
    print(f"p1: {count} telegrams, {values} values as they say")
    print(text)


async def read_as_home_assistant(port, version):
    """By its connection, until three telegrams have come."""
    came, done = [], asyncio.Event()

    def take(telegram):
        came.append(telegram.P1_MESSAGE_TIMESTAMP.value)
        if len(came) == 3:
            done.set()

    transport, _ = await create_tcp_dsmr_reader("127.0.0.1", port, version, take, keep_alive_interval=60)
    await asyncio.wait_for(done.wait(), 20)
    transport.close()
    check(came == sorted(set(came)), f"version {version}: {came}")


async def main(port):
    read(port)
    await asyncio.gather(*(read_as_home_assistant(port, version) for version in WANTED))
    print(f"p1: read as Home Assistant does, versions {' and '.join(WANTED)}")


asyncio.run(main(int(sys.argv[1])))
