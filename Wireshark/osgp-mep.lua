-- SPDX-License-Identifier: Apache-2.0
-- Wireshark dissector for the MEP port of Echelon/NES (OSGP) electricity meters.
--
-- `mep monitor A B --pcap line.pcap` writes what it reads: link type USER0, a packet a frame, in front of each an octet
-- that tells whose it is (bit 0: the meter's) and whether it is no frame (bit 1).
--
-- To use it, copy this file into the folder "Personal Lua Plugins" (Help > About > Folders), or once:
--   wireshark -X lua_script:osgp-mep.lua line.pcap

-- begin of names: `make docs` writes these from the declarations
local names = {
  [0] = "BT00 General Configuration",
  [1] = "BT01 General Manufacturer Information",
  [3] = "BT03 End Device Mode Status",
  [4] = "BT04 Pending Status",
  [5] = "BT05",
  [6] = "BT06",
  [7] = "BT07 Procedure Initiate",
  [8] = "BT08 Procedure Response",
  [13] = "BT13",
  [15] = "BT15 Constants",
  [16] = "BT16",
  [20] = "BT20 Dimension Register",
  [21] = "BT21 Actual Register",
  [22] = "BT22 Data Selection",
  [23] = "BT23 Current Register Data",
  [24] = "BT24 Previous Season Data",
  [25] = "BT25 Previous Demand Reset Data",
  [26] = "BT26 Self-Read Data",
  [27] = "BT27 Present Register Selection",
  [28] = "BT28 Present Register Data",
  [29] = "BT29",
  [30] = "BT30 Dimension Display",
  [33] = "BT33 Primary Display List",
  [50] = "BT50 Dimension Time and TOU",
  [51] = "BT51",
  [52] = "BT52 UTC Clock",
  [53] = "BT53 Time Offset",
  [54] = "BT54 Calendar",
  [55] = "BT55 Local Clock State",
  [60] = "BT60 Dimension Load Profile",
  [61] = "BT61 Actual Load Profile",
  [62] = "BT62 Load Profile Control",
  [63] = "BT63 Load Profile Status",
  [64] = "BT64 Load Profile Data, Data Set 1",
  [65] = "BT65 Load Profile Data, Data Set 2",
  [66] = "BT66 Load Profile Data, Data Set 3",
  [67] = "BT67 Load Profile Data, Data Set 4",
  [70] = "BT70 Dimension Log",
  [71] = "BT71 Actual Log",
  [74] = "BT74 History Log Data (Primary Event Log)",
  [2049] = "ET01 Pulse Output Options",
  [2050] = "ET02 RTC Calibration",
  [2051] = "ET03 Utility Information",
  [2052] = "ET04 System Information",
  [2053] = "ET05 Control Output Settings",
  [2054] = "ET06 Pulse Inputs",
  [2055] = "ET07 LCD Display Configuration Table",
  [2057] = "ET09 Power Quality",
  [2058] = "ET10",
  [2059] = "ET11 MFG Dimension Table",
  [2060] = "ET12",
  [2061] = "ET13 MEP/M-Bus Device Configuration",
  [2062] = "ET14 MEP/M-Bus Device Status",
  [2063] = "ET15 MEP/M-Bus On-demand Requests",
  [2064] = "ET16 MEP/M-Bus Device Data",
  [2068] = "ET20",
  [2069] = "ET21 Load Profile Internal Configuration",
  [2070] = "ET22",
  [2071] = "ET23 Miscellaneous Information",
  [2076] = "ET28",
  [2077] = "ET29 Hardware Configuration",
  [2078] = "ET30 Maximum Power or Current Level Control",
  [2079] = "ET31 Meter One-time-read Log",
  [2080] = "ET32",
  [2082] = "ET34 Additional M-Bus/MEP Device Configuration",
  [2084] = "ET36 Manufacturer Table Actual Dimensions",
  [2086] = "ET38",
  [2088] = "ET40 Demand Configuration",
  [2089] = "ET41 Historical Demand Reset Log",
  [2090] = "ET42 Interface Definition",
  [2093] = "ET45 MEP Recurring Read Log",
  [2094] = "ET46 Control Output Read-Only Data",
  [2095] = "ET47 Calendar Override Settings",
  [2096] = "ET48",
  [2098] = "ET50 MEP Inbound Data Space",
  [2099] = "ET51 MEP Device Configuration",
  [2100] = "ET52 MEP Transaction Request Table",
  [2101] = "ET53 MEP Transaction Response Table",
  [2102] = "ET54 Meter Status",
  [2103] = "ET55 Meter Configuration",
  [2105] = "ET57 M-Bus Data Type Table",
  [2106] = "ET58 M-Bus/MEP Status Extension",
  [2107] = "ET59 MEP Procedure Response",
  [2109] = "ET61 Time-Based Relay Control Calendar",
  [2110] = "ET62 Load Profile Display Configuration",
  [2114] = "ET66 Load Profile Source ID Mapping Table",
  [2115] = "ET67 Display Source ID Mapping Table",
  [2118] = "ET70 RAM Only Status",
  [2119] = "ET71 Delta Data Alerts",
  [2122] = "ET74 MEP Recurring Read Extended Log",
  [2123] = "ET75 Primary Load Profile Channel Change Log",
  [2124] = "ET76 Externally Configurable Hardware Options",
  [2125] = "ET77 Secondary Display List",
  [2127] = "ET79 History Log Data (Alternate Event Log)",
  [2128] = "ET80 Average Power Settings",
  [2129] = "ET81 Power Outage Log",
  [2133] = "ET85 MEP Procedure Response (MEP2)",
  [2137] = "ET89 Meter LN Status",
  [2138] = "ET90 Dimension LN",
  [2140] = "ET92 P2P Connection Configuration",
  [2141] = "ET93 P2P Connection Status",
  [2142] = "ET94 P2P Gateway Module Configuration",
  [2143] = "ET95 P2P Gateway Module Status",
  [2144] = "ET96 P2P Gateway Module Socket Status",
  [2145] = "ET97 Meter Configuration LN",
  [2146] = "ET98 P2P AT Command Response",
}
-- end of names

local mep = Proto("osgp_mep", "OSGP Multipurpose Expansion Port")

local requests = {
  [0x30] = "Full read", [0x3F] = "Partial read", [0x40] = "Full write", [0x4F] = "Partial write",
  [0x57] = "TLS terminate", [0x58] = "TLS handshake", [0x59] = "TLS handshake, continued", [0x80] = "TLS table request",
}
local responses = {
  [0x00] = "Successful response", [0x01] = "Unrecognized request", [0x02] = "Unsupported request",
  [0x03] = "No permission", [0x04] = "Operation not possible", [0x05] = "Table operation not possible",
  [0x0A] = "Invalid service sequence state", [0x0B] = "Authentication failure", [0x0C] = "Invalid sequence number",
}
local records = { [20] = "Change cipher spec", [21] = "Alert", [22] = "Handshake", [23] = "Application data" }

local f = {
  speaker = ProtoField.uint8("osgp_mep.speaker", "From", base.DEC, { [0] = "client", [1] = "meter" }, 0x01),
  length = ProtoField.uint16("osgp_mep.length", "Length"),
  request = ProtoField.uint8("osgp_mep.request", "Request", base.HEX, requests),
  response = ProtoField.uint8("osgp_mep.response", "Response", base.HEX, responses),
  table = ProtoField.uint16("osgp_mep.table", "Table", base.DEC, names),
  offset = ProtoField.uint24("osgp_mep.offset", "Offset"),
  count = ProtoField.uint16("osgp_mep.count", "Octets"),
  data = ProtoField.bytes("osgp_mep.data", "Table data"),
  sequence = ProtoField.uint32("osgp_mep.sequence", "Sequence number", base.HEX),
  digest = ProtoField.bytes("osgp_mep.digest", "Digest"),
  record = ProtoField.uint8("osgp_mep.tls_record", "TLS record", base.DEC, records),
  question = ProtoField.framenum("osgp_mep.request_in", "Request in", base.NONE, frametype.REQUEST),
  noise = ProtoField.bytes("osgp_mep.noise", "Octets that are no frame"),
}
mep.fields = f

-- What each response answers, by the number of its packet; packets are first seen in their order.
local open, answers = nil, {}
function mep.init() open, answers = nil, {} end

local function name(id)
  return names[id] or ((id >= 2048 and "ET" or "BT") .. string.format("%02d", id % 2048))
end

local function tls(body, tree)
  local at = 0
  while at + 5 <= body:len() do
    local length = body(at + 3, 2):uint()
    local whole = math.min(5 + length, body:len() - at)
    tree:add(f.record, body(at, 1)):append_text(string.format(", %d octets", length))
    at = at + whole
  end
end

-- A request with a digest; nil where its lengths are not those of one, as when it is encrypted.
local function signed(message, tree)
  local code, size = message(0, 1):uint(), message:len()
  local partial = code == 0x3F or code == 0x4F
  local write = code == 0x40 or code == 0x4F
  local head = partial and 8 or 5
  if size < head + 12 then return nil end
  local count = message(head - 2, 2):uint()
  if size ~= head + (write and count or 0) + 12 then return nil end
  local id = message(1, 2):uint()
  tree:add(f.table, message(1, 2))
  if partial then tree:add(f.offset, message(3, 3)) end
  tree:add(f.count, message(head - 2, 2))
  if write and count > 0 then tree:add(f.data, message(head, count)) end
  tree:add(f.sequence, message(size - 12, 4))
  tree:add(f.digest, message(size - 8, 8))
  local where = partial and string.format(" from %d", message(3, 3):uint()) or ""
  return { id = id, write = write, text = string.format("%s %s, %d octets%s", requests[code], name(id), count, where) }
end

local function request(message, tree, pinfo)
  local code = message(0, 1):uint()
  tree:add(f.request, message(0, 1))
  local asked = { text = requests[code] or "Request, encrypted or unknown" }
  if code == 0x30 or code == 0x3F or code == 0x40 or code == 0x4F then
    asked = signed(message, tree) or { text = "Request, encrypted or damaged" }
  elseif requests[code] then
    asked.tls = true
    if code ~= 0x57 then tls(message(1):tvb(), tree) end
  end
  if not pinfo.visited then open = { number = pinfo.number, asked = asked } end
  return asked.text
end

local function response(message, tree, pinfo)
  if not pinfo.visited then
    answers[pinfo.number] = open
    open = nil
  end
  local question = answers[pinfo.number]
  local asked = question and question.asked or {}
  if question then tree:add(f.question, question.number):set_generated() end
  local code, size = message(0, 1):uint(), message:len()
  tree:add(f.response, message(0, 1))
  if asked.tls then
    if size > 1 then tls(message(1):tvb(), tree) end
    return responses[code] or "Response in TLS"
  end
  if asked.id then tree:add(f.table, asked.id):set_generated() end
  local text = responses[code] or "Response, encrypted or unknown"
  if size >= 9 then tree:add(f.digest, message(size - 8, 8)) end
  if code == 0x0C and size == 13 then tree:add(f.sequence, message(1, 4)) end
  if code == 0x00 and not asked.write and size >= 11 and message(1, 2):uint() == size - 11 then
    tree:add(f.count, message(1, 2))
    if size > 11 then tree:add(f.data, message(3, size - 11)) end
    text = string.format("%s, %d octets", text, size - 11)
  end
  return asked.id and string.format("%s: %s", name(asked.id), text) or text
end

function mep.dissector(buffer, pinfo, tree)
  if buffer:len() < 2 then return 0 end
  local flags = buffer(0, 1):uint()
  local meter = flags % 2 == 1
  pinfo.cols.protocol = "MEP"
  pinfo.cols.src = meter and "meter" or "client"
  pinfo.cols.dst = meter and "client" or "meter"
  local root = tree:add(mep, buffer())
  root:add(f.speaker, buffer(0, 1))
  local frame = buffer(1):tvb()
  local whole = frame:len() >= 2 and frame(0, 2):uint() == frame:len() - 2
  if flags >= 2 or not whole then
    root:add(f.noise, frame())
    pinfo.cols.info = string.format("%d octets that are no frame", frame:len())
    return buffer:len()
  end
  root:add(f.length, frame(0, 2))
  local text = "Alert"
  if frame:len() > 2 then text = (meter and response or request)(frame(2):tvb(), root, pinfo) end
  pinfo.cols.info = text
  root:append_text(", " .. text)
  return buffer:len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, mep)
