#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# UNTESTED: written where no Home Assistant OS was at hand.
# Runs as root to read what only root may, and hands over to the user mep.
set -eu
umask 077

option() { jq -r --arg name "$1" '.[$name] // empty' /data/options.json; }

install -d -o mep -g mep -m 750 /data/mep
install -d -o mep -g mep /run/mep /run/secrets
# give FILE TO: the add-on's own copy, which its user alone reads.
give() { install -o mep -g mep -m 600 "$1" "$2"; }

if [ -e /config/mep.yaml ]; then
  # What a page wrote into the copy would be lost.
  if ! grep -q '^[^#]*meters:' /config/mep.yaml; then
    echo "Name the meter under meters: in mep.yaml, with one of these ports, or take mep.yaml away and set the add-on's address:"
    mep ports
    exit 1
  fi
  install -o mep -g mep -m 600 /config/mep.yaml /run/secrets/mep.yaml
  export MEP_CONFIG=/run/secrets/mep.yaml
else
  MEP_METERS_0_NAME=house
  MEP_METERS_0_ADDRESS=$(option address)
  if [ -z "$MEP_METERS_0_ADDRESS" ]; then
    echo "Say in the add-on's configuration where the meter is, such as serial:/dev/ttyUSB0?enable=rts. These ports are there:"
    mep ports
    exit 1
  fi
  export MEP_METERS_0_NAME MEP_METERS_0_ADDRESS
fi
if [ -e /config/meter.key ]; then
  give /config/meter.key /run/secrets/meter.key
  # A credential, as a service manager gives it: for a meter that names no file.
  ln -sf meter.key /run/secrets/mep.key
  export CREDENTIALS_DIRECTORY=/run/secrets
fi
if [ -e /config/web.passwords ]; then
  give /config/web.passwords /run/secrets/web.passwords
  export MEP_WEB_HOST=0.0.0.0 MEP_WEB_PASSWORD_FILE=/run/secrets/web.passwords
fi
access=$(option access)
history=$(option history)
[ -z "$access" ] || export MEP_METERS_0_ACCESS="$access"
[ -z "$history" ] || export MEP_METERS_0_HISTORY="$history"

# The broker that Home Assistant has. The password goes into a file, and not into the environment.
if [ ! -e /config/mep.yaml ] && broker=$(curl -fsS -H "Authorization: Bearer $SUPERVISOR_TOKEN" http://supervisor/services/mqtt); then
  MEP_MQTT_HOST=$(echo "$broker" | jq -r .data.host)
  MEP_MQTT_PORT=$(echo "$broker" | jq -r .data.port)
  MEP_MQTT_USER=$(echo "$broker" | jq -r .data.username)
  echo "$broker" | jq -r .data.password >/run/secrets/mqtt.password
  chown mep:mep /run/secrets/mqtt.password
  export MEP_MQTT_HOST MEP_MQTT_PORT MEP_MQTT_USER MEP_MQTT_PASSWORD_FILE=/run/secrets/mqtt.password
fi
unset SUPERVISOR_TOKEN broker

# Serial ports belong to the host's dialout, whose number is not Debian's.
groups=$(stat -c %g /dev/tty[AU]* /dev/ttyS* 2>/dev/null | grep -vx 0 | sort -u | paste -sd ,)

export STATE_DIRECTORY=/data/mep RUNTIME_DIRECTORY=/run/mep
exec setpriv --reuid mep --regid mep --groups "$(id -G mep | tr ' ' ,)${groups:+,$groups}" mep serve
