// SPDX-License-Identifier: Apache-2.0

/// A serial port of this computer, with what the system knows of its adapter.
public struct SerialPort: Equatable, Sendable {
  /// The device, such as `/dev/ttyUSB0`.
  public var path: String
  /// The link under `/dev/serial/by-id`, which stays the same wherever the adapter is plugged in.
  public var byID: String?
  /// The link under `/dev/serial/by-path`, which stays the same for a socket of the computer.
  public var byPath: String?
  /// USB vendor and product numbers, such as `0403:6001`.
  public var vendorProduct: String?
  public var manufacturer: String?
  public var product: String?
  /// The adapter's serial number.
  public var serial: String?
  /// The name of the kernel's driver, such as `ftdi_sio`.
  public var driver: String?

  public init(path: String) { self.path = path }
}

/// The serial ports of this computer. None is ever opened: that would raise lines, and may start a meter's session.
public enum SerialPorts {
  /// The ports in the order of their names; `root` is the folder to take for `/`.
  public static func list(root: String = "/") -> [SerialPort] {
    let system = SystemTree(root.hasSuffix("/") ? String(root.dropLast()) : root)
    let byID = system.links(in: "/dev/serial/by-id")
    let byPath = system.links(in: "/dev/serial/by-path")
    return Set(system.terminals).union(byID.keys).union(byPath.keys)
      .filter { Files.exists("\(system.root)/dev/\($0)") }
      .sorted { Key($0) < Key($1) }
      .map { name in
        var port = system.describe(name)
        port.byID = byID[name]
        port.byPath = byPath[name]
        return port
      }
  }

  /// Orders `ttyUSB10` after `ttyUSB9`.
  private struct Key: Comparable {
    let stem: String
    let number: Int

    init(_ name: String) {
      let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()
      stem = String(name.dropLast(digits.count))
      number = Int(String(digits)) ?? 0
    }

    static func < (a: Key, b: Key) -> Bool { (a.stem, a.number) < (b.stem, b.number) }
  }
}

/// The folders in which the system tells of its ports.
private struct SystemTree {
  let root: String

  init(_ root: String) { self.root = root }

  /// The terminals with hardware behind them. The kernel has more names of the kind `ttyS0` than there are ports: a
  /// port that is not there is of the type 0.
  var terminals: [String] {
    Files.names(in: "\(root)/sys/class/tty").filter {
      let folder = "\(root)/sys/class/tty/\($0)"
      return Files.exists("\(folder)/device") && Files.line("\(folder)/type") != "0"
    }
  }

  /// The links in a folder under `/dev/serial`, by the name of the device they lead to.
  func links(in folder: String) -> [String: String] {
    var links: [String: String] = [:]
    for name in Files.names(in: root + folder) {
      guard let target = Files.target(of: "\(root)\(folder)/\(name)") else { continue }
      links[Files.name(of: target)] = "\(folder)/\(name)"
    }
    return links
  }

  func describe(_ name: String) -> SerialPort {
    var port = SerialPort(path: "/dev/\(name)")
    let folder = "\(root)/sys/class/tty/\(name)"
    port.driver = Files.target(of: "\(folder)/device/driver").map { Files.name(of: $0) }
    if let adapter = adapter(of: "\(folder)/device") {
      port.vendorProduct = pair(Files.line("\(adapter)/idVendor"), Files.line("\(adapter)/idProduct"))
      port.manufacturer = Files.line("\(adapter)/manufacturer")
      port.product = Files.line("\(adapter)/product")
      port.serial = Files.line("\(adapter)/serial")
    }
    let udev = properties(Files.line("\(folder)/dev"))
    port.vendorProduct = port.vendorProduct ?? pair(udev["ID_VENDOR_ID"], udev["ID_MODEL_ID"])
    port.manufacturer = port.manufacturer ?? udev["ID_VENDOR_FROM_DATABASE"] ?? udev["ID_VENDOR"]
    port.product = port.product ?? udev["ID_MODEL_FROM_DATABASE"] ?? udev["ID_MODEL"]
    port.serial = port.serial ?? udev["ID_SERIAL_SHORT"]
    port.driver = port.driver ?? udev["ID_USB_DRIVER"]
    return port
  }

  /// The nearest parent that is a USB device.
  private func adapter(of device: String) -> String? {
    guard var folder = Files.resolved(device) else { return nil }
    while folder.contains("/devices/") {
      if Files.exists("\(folder)/idVendor") { return folder }
      folder = String(folder[..<folder.lastIndex(of: "/")!])
    }
    return nil
  }

  /// What udev keeps of a character device with that number, such as `188:0`: the lines `E:NAME=value`.
  private func properties(_ number: String?) -> [String: String] {
    guard let number, let text = Files.text("\(root)/run/udev/data/c\(number)") else { return [:] }
    var properties: [String: String] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("E:") {
      let parts = line.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { properties[parts[0]] = parts[1] }
    }
    return properties
  }

  private func pair(_ vendor: String?, _ product: String?) -> String? {
    guard let vendor, let product else { return nil }
    return "\(vendor):\(product)"
  }
}
