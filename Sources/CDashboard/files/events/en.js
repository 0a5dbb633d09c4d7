// SPDX-License-Identifier: Apache-2.0
// What the meter writes down, by the number of the event.

export default {
  standard: [
    "No event", "Power failed", "Power is back", "Clock set (time before)", "Clock set (time after)",
    "Clock set (time before)", "Clock set (time after)", "Accessed for reading", "Accessed for writing",
    "Procedure called", "Table written", "Programmed", "Session ended", "Session broken off", "List pointers reset",
    "List pointers moved on", "History log cleared", "History log marked as read", "Event log cleared",
    "Event log marked as read", "Demand reset", "Self-read", "Summer time begins", "Summer time ends", "Season changes",
    "Rate changes", "Special day", "Tier changes", "Pending table becomes valid", "Pending table dropped",
    "Metering begins", "Metering ends", "Test mode begins", "Test mode ends", "Workshop mode begins",
    "Workshop mode ends", "Firmware replaced", "Configuration wrong", "System restarted", "Fault in RAM", "Fault in ROM",
    "Fault in lasting memory", "Clock wrong", "Fault in measuring", "Battery low", "Low loss of potential",
    "Demand overload", "Cover removed", "Energy runs in reverse", "Data not fully saved", "Fault of the disconnect switch",
  ],
  manufacturer: [
    "Load profile overflowed", "Self-read", "Disconnect switch changed", "Control relay switched", "Phase lost",
    "Phase inverted", "Power line communication not set up", "General fault", "Wrong password",
    "Remote communication silent", "Current on a phase that is missing or unused", "Tamper at pulse input 1",
    "Tamper at pulse input 2", "Checksum of the firmware wrong", "Firmware switched over",
    "Load profile could not be filled in", "Module at the MEP port added or removed", "Alarm of a device behind the meter",
    "Search for M-Bus devices ended", "Phase sequence changed", "Prepaid credit used up", "Prepayment warning acknowledged",
    "Event log nearly full", "Entry in the manufacturer's log", "Dimensions changed", "Magnet detected",
    "Access lock overridden", "Disturbance of the mains", "Event log has unread entries", "Harmonic distortion changed",
    "Load profile has unread entries", "Voltage on the load side", "State of a device behind the meter changed",
    "Power limit switched", "Voltage sag", "Voltage swell", "Highest distortion of voltage",
    "Highest distortion of current", "Highest distortion of apparent power", "Mean distortion of voltage",
    "Mean distortion of current", "Mean distortion of apparent power", "Disconnect switch pulsed",
    "Command of a device recognised", "Alarm of an M-Bus device", "Alarm of an M-Bus device recognised",
    "Power threshold exceeded", "Dimmer effect detected",
  ],
};
