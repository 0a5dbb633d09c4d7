// SPDX-License-Identifier: Apache-2.0
import C1219

/// The source numbers that BT22 and BT27 use: the list under BT22 (guide, BT22).
public enum RegisterSource {
  /// The source of a number. One that the list does not have, or maps elsewhere (112 to 163), has an empty name, no unit.
  public static func numbered(_ number: UInt8) -> Source {
    guard number < names.count else { return Source(number, "", .count) }
    let entry = names[Int(number)]
    return Source(number, entry.name, entry.quantity)
  }

  /// Source 4 counts seconds, those of the tiers minutes: the guide has it so.
  private static let names: [(name: StaticString, quantity: Quantity)] = [
    ("Fwd Active Wh L1L2L3", .wattHours),  // 0
    ("Rev Active Wh L1L2L3", .wattHours),  // 1
    ("Import Reactive Varh L1L2L3", .varHours),  // 2
    ("Export Reactive Varh L1L2L3", .varHours),  // 3
    ("Power Off Seconds", .seconds),  // 4
    ("Power Outage Qty", .count),  // 5
    ("Fwd+Rev Active Wh L1L2L3", .wattHours),  // 6
    ("Fwd-Rev Active Wh L1L2L3", .wattHours),  // 7
    ("Fwd Active W L1L2L3", .watts),  // 8
    ("Rev Active W L1L2L3", .watts),  // 9
    ("Import Reactive Var L1L2L3", .vars),  // 10
    ("Export Reactive Var L1L2L3", .vars),  // 11
    ("RMS Current L1", .milliampere),  // 12
    ("RMS Current L2", .milliampere),  // 13
    ("RMS Current L3", .milliampere),  // 14
    ("RMS Voltage L1", .millivolt),  // 15
    ("RMS Voltage L2", .millivolt),  // 16
    ("RMS Voltage L3", .millivolt),  // 17
    ("Power Factor L1", .thousandths),  // 18
    ("Frequency", .millihertz),  // 19
    ("VA Power L1L2L3", .voltAmperes),  // 20
    ("Power Factor L2", .thousandths),  // 21
    ("Power Factor L3", .thousandths),  // 22
    ("Sin phase angle (L1)", .thousandths),  // 23
    ("Sin phase angle (L2)", .thousandths),  // 24
    ("Sin phase angle (L3)", .thousandths),  // 25
    ("Channel 0 Pulse Input", .count),  // 26
    ("Channel 1 Pulse Input", .count),  // 27
    ("Error Counter", .count),  // 28
    ("T0 Fwd Active Wh L1L2L3", .wattHours),  // 29
    ("T0 Rev Active Wh L1L2L3", .wattHours),  // 30
    ("T0 Import Reactive VArh L1L2L3", .varHours),  // 31
    ("T0 Export Reactive VArh L1L2L3", .varHours),  // 32
    ("T0 Power Off Minutes", .minute),  // 33
    ("T0 Power Outage Qty", .count),  // 34
    ("T0 Fwd+Rev Active Wh L1L2L3", .wattHours),  // 35
    ("T0 Fwd-Rev Active Wh L1L2L3", .wattHours),  // 36
    ("T0 Channel 0 Pulse Input", .count),  // 37
    ("T0 Channel 1 Pulse Input", .count),  // 38
    ("T0 Error Counter", .count),  // 39
    ("T1 Fwd Active Wh L1L2L3", .wattHours),  // 40
    ("T1 Rev Active Wh L1L2L3", .wattHours),  // 41
    ("T1 Import Reactive VArh L1L2L3", .varHours),  // 42
    ("T1 Export Reactive VArh L1L2L3", .varHours),  // 43
    ("T1 Power Off Minutes", .minute),  // 44
    ("T1 Power Outage Qty", .count),  // 45
    ("T1 Fwd+Rev Active Wh L1L2L3", .wattHours),  // 46
    ("T1 Fwd-Rev Active Wh L1L2L3", .wattHours),  // 47
    ("T1 Channel 0 Pulse Input", .count),  // 48
    ("T1 Channel 1 Pulse Input", .count),  // 49
    ("T1 Error Counter", .count),  // 50
    ("T2 Fwd Active Wh L1L2L3", .wattHours),  // 51
    ("T2 Rev Active Wh L1L2L3", .wattHours),  // 52
    ("T2 Import Reactive VArh L1L2L3", .varHours),  // 53
    ("T2 Export Reactive VArh L1L2L3", .varHours),  // 54
    ("T2 Power Off Minutes", .minute),  // 55
    ("T2 Power Outage Qty", .count),  // 56
    ("T2 Fwd+Rev Active Wh L1L2L3", .wattHours),  // 57
    ("T2 Fwd-Rev Active Wh L1L2L3", .wattHours),  // 58
    ("T2 Channel 0 Pulse Input", .count),  // 59
    ("T2 Channel 1 Pulse Input", .count),  // 60
    ("T2 Error Counter", .count),  // 61
    ("T3 Fwd Active Wh L1L2L3", .wattHours),  // 62
    ("T3 Rev Active Wh L1L2L3", .wattHours),  // 63
    ("T3 Import Reactive VArh L1L2L3", .varHours),  // 64
    ("T3 Export Reactive VArh L1L2L3", .varHours),  // 65
    ("T3 Power Off Minutes", .minute),  // 66
    ("T3 Power Outage Qty", .count),  // 67
    ("T3 Fwd+Rev Active Wh L1L2L3", .wattHours),  // 68
    ("T3 Fwd-Rev Active Wh L1L2L3", .wattHours),  // 69
    ("T3 Channel 0 Pulse Input", .count),  // 70
    ("T3 Channel 1 Pulse Input", .count),  // 71
    ("T3 Error Counter", .count),  // 72
    ("MEP Dev 1 Counter 1", .count),  // 73
    ("MEP Dev 1 Counter 2", .count),  // 74
    ("MEP Dev 2 Counter 1", .count),  // 75
    ("MEP Dev 2 Counter 2", .count),  // 76
    ("MEP Dev 3 Counter 1", .count),  // 77
    ("MEP Dev 3 Counter 2", .count),  // 78
    ("MEP Dev 4 Counter 1", .count),  // 79
    ("MEP Dev 4 Counter 2", .count),  // 80
    ("Fwd Active W L1L2L3 Post CT/VT Ratio", .watts),  // 81
    ("Rev Active W L1L2L3 Post CT/VT Ratio", .watts),  // 82
    ("Import VAR L1L2L3 Post CT/VT Ratio", .vars),  // 83
    ("Export VAR L1L2L3 Post CT/VT Ratio", .vars),  // 84
    ("", .count),  // 85
    ("", .count),  // 86
    ("", .count),  // 87
    ("Present Dmd 1", .count),  // 88
    ("Present Dmd 2", .count),  // 89
    ("Present Dmd 3", .count),  // 90
    ("Present Dmd 4", .count),  // 91
    ("Present Dmd 5", .count),  // 92
    ("Present Dmd 6", .count),  // 93
    ("Present Dmd 7", .count),  // 94
    ("Present Dmd 8", .count),  // 95
    ("Previous Dmd 1", .count),  // 96
    ("Previous Dmd 2", .count),  // 97
    ("Previous Dmd 3", .count),  // 98
    ("Previous Dmd 4", .count),  // 99
    ("Previous Dmd 5", .count),  // 100
    ("Previous Dmd 6", .count),  // 101
    ("Previous Dmd 7", .count),  // 102
    ("Previous Dmd 8", .count),  // 103
    ("Q1 Reactive VAr L1L2L3", .vars),  // 104
    ("Q2 Reactive VAr L1L2L3", .vars),  // 105
    ("Q3 Reactive VAr L1L2L3", .vars),  // 106
    ("Q4 Reactive VAr L1L2L3", .vars),  // 107
    ("Q1 Reactive VArh L1L2L3", .varHours),  // 108
    ("Q2 Reactive VArh L1L2L3", .varHours),  // 109
    ("Q3 Reactive VArh L1L2L3", .varHours),  // 110
    ("Q4 Reactive VArh L1L2L3", .varHours),  // 111
    ("", .count),  // 112
    ("", .count),  // 113
    ("", .count),  // 114
    ("", .count),  // 115
    ("", .count),  // 116
    ("", .count),  // 117
    ("", .count),  // 118
    ("", .count),  // 119
    ("", .count),  // 120
    ("", .count),  // 121
    ("", .count),  // 122
    ("", .count),  // 123
    ("", .count),  // 124
    ("", .count),  // 125
    ("", .count),  // 126
    ("", .count),  // 127
    ("", .count),  // 128
    ("", .count),  // 129
    ("", .count),  // 130
    ("", .count),  // 131
    ("", .count),  // 132
    ("", .count),  // 133
    ("", .count),  // 134
    ("", .count),  // 135
    ("", .count),  // 136
    ("", .count),  // 137
    ("", .count),  // 138
    ("", .count),  // 139
    ("", .count),  // 140
    ("", .count),  // 141
    ("", .count),  // 142
    ("", .count),  // 143
    ("", .count),  // 144
    ("", .count),  // 145
    ("", .count),  // 146
    ("", .count),  // 147
    ("", .count),  // 148
    ("", .count),  // 149
    ("", .count),  // 150
    ("", .count),  // 151
    ("", .count),  // 152
    ("", .count),  // 153
    ("", .count),  // 154
    ("", .count),  // 155
    ("", .count),  // 156
    ("", .count),  // 157
    ("", .count),  // 158
    ("", .count),  // 159
    ("", .count),  // 160
    ("", .count),  // 161
    ("", .count),  // 162
    ("", .count),  // 163
    ("Min Voltage L1", .millivolt),  // 164
    ("Min Voltage L2", .millivolt),  // 165
    ("Min Voltage L3", .millivolt),  // 166
    ("Max Voltage L1", .millivolt),  // 167
    ("Max Voltage L2", .millivolt),  // 168
    ("Max Voltage L3", .millivolt),  // 169
    ("Max Active Fwd Power L1L2L3", .watts),  // 170
    ("Max Active Rev Power L1L2L3", .watts),  // 171
    ("Max Reactive Power Q1", .vars),  // 172
    ("Max Reactive Power Q2", .vars),  // 173
    ("Max Reactive Power Q3", .vars),  // 174
    ("Max Reactive Power Q4", .vars),  // 175
    ("Time Stamp Previous Source", .count),  // 176
    ("Max forward active power L1L2L3 Post CT/VT Ratio", .watts),  // 177
    ("Max reverse active power L1L2L3 Post CT/VT Ratio", .watts),  // 178
    ("Max forward active power L1 Post CT/VT Ratio", .watts),  // 179
    ("Max forward active power L2 Post CT/VT Ratio", .watts),  // 180
    ("Max forward active power L3 Post CT/VT Ratio", .watts),  // 181
    ("Max reverse active power L1 Post CT/VT Ratio", .watts),  // 182
    ("Max reverse active power L2 Post CT/VT Ratio", .watts),  // 183
    ("Max reverse active power L3 Post CT/VT Ratio", .watts),  // 184
    ("Fwd Active W L1", .watts),  // 185
    ("Fwd Active W L2", .watts),  // 186
    ("Fwd Active W L3", .watts),  // 187
    ("Rev Active W L1", .watts),  // 188
    ("Rev Active W L2", .watts),  // 189
    ("Rev Active W L3", .watts),  // 190
    ("Fwd Active W L1 Post CT/VT Ratio", .watts),  // 191
    ("Fwd Active W L2 Post CT/VT Ratio", .watts),  // 192
    ("Fwd Active W L3 Post CT/VT Ratio", .watts),  // 193
    ("Rev Active W L1 Post CT/VT Ratio", .watts),  // 194
    ("Rev Active W L2 Post CT/VT Ratio", .watts),  // 195
    ("Rev Active W L3 Post CT/VT Ratio", .watts),  // 196
    ("RMS Current L1 Post CT/VT Ratio", .milliampere),  // 197
    ("RMS Current L2 Post CT/VT Ratio", .milliampere),  // 198
    ("RMS Current L3 Post CT/VT Ratio", .milliampere),  // 199
    ("", .count),  // 200
    ("Current Load Profile Interval Time Adjustment", .seconds),  // 201
    ("Continuous RMS Voltage L1", .millivolt),  // 202
    ("Continuous RMS Voltage L2", .millivolt),  // 203
    ("Continuous RMS Voltage L3", .millivolt),  // 204
    ("Average RMS Voltage L1", .millivolt),  // 205
    ("Average RMS Voltage L2", .millivolt),  // 206
    ("Average RMS Voltage L3", .millivolt),  // 207
    ("Average Fwd Active W L1L2L3", .watts),  // 208
    ("Average Rev Active W L1L2L3", .watts),  // 209
    ("Average Fwd Active W L1", .watts),  // 210
    ("Average Fwd Active W L2", .watts),  // 211
    ("Average Fwd Active W L3", .watts),  // 212
    ("Average Rev Active W L1", .watts),  // 213
    ("Average Rev Active W L2", .watts),  // 214
    ("Average Rev Active W L3", .watts),  // 215
    ("Apparent Power Q1 VA L1L2L3", .voltAmperes),  // 216
    ("Apparent Power Q2 VA L1L2L3", .voltAmperes),  // 217
    ("Apparent Power Q3 VA L1L2L3", .voltAmperes),  // 218
    ("Apparent Power Q4 VA L1L2L3", .voltAmperes),  // 219
    ("Apparent Power Q1 VA L1", .voltAmperes),  // 220
    ("Apparent Power Q2 VA L1", .voltAmperes),  // 221
    ("Apparent Power Q3 VA L1", .voltAmperes),  // 222
    ("Apparent Power Q4 VA L1", .voltAmperes),  // 223
    ("Apparent Power Q1 VA L2", .voltAmperes),  // 224
    ("Apparent Power Q2 VA L2", .voltAmperes),  // 225
    ("Apparent Power Q3 VA L2", .voltAmperes),  // 226
    ("Apparent Power Q4 VA L2", .voltAmperes),  // 227
    ("Apparent Power Q1 VA L3", .voltAmperes),  // 228
    ("Apparent Power Q2 VA L3", .voltAmperes),  // 229
    ("Apparent Power Q3 VA L3", .voltAmperes),  // 230
    ("Apparent Power Q4 VA L3", .voltAmperes),  // 231
    ("Neutral Current", .milliampere),  // 232
    ("Average RMS Current L1", .milliampere),  // 233
    ("Average RMS Current L2", .milliampere),  // 234
    ("Average RMS Current L3", .milliampere),  // 235
    ("Voltage Angle A to B", .hundredthDegree),  // 236
    ("Voltage Angle B to C", .hundredthDegree),  // 237
    ("Voltage Angle C to A", .hundredthDegree),  // 238
    ("Imp Reactive VAr A", .vars),  // 239
    ("Imp Reactive VAr B", .vars),  // 240
    ("Imp Reactive VAr C", .vars),  // 241
    ("Exp Reactive VAr A", .vars),  // 242
    ("Exp Reactive VAr B", .vars),  // 243
    ("Exp Reactive VAr C", .vars),  // 244
  ]
}

extension Quantity {
  static let watts = Quantity(.watt)
  static let vars = Quantity(.var)
  static let voltAmperes = Quantity(.voltAmpere)
  static let wattHours = Quantity(.wattHour)
  static let varHours = Quantity(.varHour)
  static let seconds = Quantity(.second)
  static let hundredthDegree = Quantity(.degree, exponent: -2)
}
