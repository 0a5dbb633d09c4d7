// SPDX-License-Identifier: Apache-2.0

/// A table as it is declared, once: everything else that is known of it is derived from here.
public struct Table: Sendable {
  public let id: TableID
  /// The guide's name; empty where it gives none.
  public let name: StaticString
  /// The page of its guide on which its section begins, or that names a table without a section; counted from the cover.
  public let page: Int
  public let guide: Guide
  public let read: Access
  public let write: Access
  /// The firmware that it came with; nil where the guide tells of none without it.
  public let since: Since?
  /// Which accesses touch the meter's non-volatile memory (guide, Appendix C).
  public let memory: NonVolatileMemory
  /// What else is known of it, in a sentence; empty where the rest says it all.
  public let remark: StaticString
  /// Empty for a table that the guide names only.
  public let elements: [Element]

  /// Who describes a table.
  public enum Guide: Sendable {
    /// The MEP Client Developer's Guide; its printed page numbers are 6 less.
    case mep
    /// The Optical Port Programmer's Guide; its printed page numbers are 2 less.
    case optical

    public var title: StaticString {
      switch self {
      case .mep: "MEP Client Developer's Guide"
      case .optical: "Optical Port Programmer's Guide"
      }
    }
  }

  /// Which key an access needs.
  public enum Access: Sendable {
    case none
    /// The advanced key (MAK).
    case advanced
    /// Either key.
    case any
    /// The guide does not say.
    case unstated

    public var words: StaticString {
      switch self {
      case .none: "none"
      case .advanced: "MAK"
      case .any: "MBK or MAK"
      case .unstated: "not stated"
      }
    }
  }

  /// A version of meters, and that of modules; nil where modules do not have the table.
  public struct Since: Sendable {
    public let meter: FirmwareVersion
    public let module: FirmwareVersion?

    public init(_ major: UInt8, _ minor: UInt8, module: FirmwareVersion?) {
      meter = FirmwareVersion(major, minor)
      self.module = module
    }
  }

  public struct NonVolatileMemory: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let write = NonVolatileMemory(rawValue: 1)
    public static let read = NonVolatileMemory(rawValue: 2)
  }

  public init(
    _ id: TableID, _ name: StaticString, page: Int, guide: Guide = .mep, read: Access = .any, write: Access = .none,
    since: Since? = nil, memory: NonVolatileMemory = [], remark: StaticString = "", _ elements: [Element]
  ) {
    self.id = id
    self.name = name
    self.page = page
    self.guide = guide
    self.read = read
    self.write = write
    self.since = since
    self.memory = memory
    self.remark = remark
    self.elements = elements
  }

  /// Whether a meter with this firmware has it, as far as the guide tells.
  public func isThere(in firmware: FirmwareVersion) -> Bool {
    since.map { firmware.isFrom($0.meter, module: $0.module) } ?? true
  }

  /// Whether its layout is known.
  public var isDescribed: Bool { !elements.isEmpty }
}

#if !hasFeature(Embedded)
  extension Table: CustomStringConvertible {
    public var description: String { id.description }
  }
#endif
