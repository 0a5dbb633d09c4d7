// SPDX-License-Identifier: Apache-2.0

/// Who says something on the line between a client and a meter.
public enum Speaker: String, CaseIterable, Codable, Sendable {
  case client, meter
}
