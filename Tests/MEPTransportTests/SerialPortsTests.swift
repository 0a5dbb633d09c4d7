// SPDX-License-Identifier: Apache-2.0
import MEPTransport
import Testing

@Suite struct SerialPortsTests {
  let folder = TemporaryFolder()

  /// A port of the platform: a link from the class to the device, and a device file.
  private func add(_ name: String, at device: String, driver: String?, number: String) {
    folder.write("sys/devices/\(device)/tty/\(name)/dev", "\(number)\n")
    folder.link("sys/class/tty/\(name)", to: "../../devices/\(device)/tty/\(name)")
    folder.link("sys/devices/\(device)/tty/\(name)/device", to: "../..")
    if let driver { folder.link("sys/devices/\(device)/driver", to: "/sys/bus/any/drivers/\(driver)") }
    folder.write("dev/\(name)", "")
  }

  @Test func aUSBAdapterIsDescribedFromItsParents() {
    let usb = "pci0000:00/usb1/1-4"
    add("ttyUSB0", at: "\(usb)/1-4:1.0/ttyUSB0", driver: "ftdi_sio", number: "188:0")
    for (name, value) in [
      ("idVendor", "0403"), ("idProduct", "6001"), ("manufacturer", "FTDI"), ("product", "FT232R USB UART"),
      ("serial", "A50285BI"),
    ] {
      folder.write("sys/devices/\(usb)/\(name)", value + "\n")
    }
    // The hub above has numbers too, which are not the adapter's.
    folder.write("sys/devices/pci0000:00/usb1/idVendor", "1d6b\n")
    folder.link("dev/serial/by-id/usb-FTDI-if00-port0", to: "../../ttyUSB0")
    folder.link("dev/serial/by-path/pci-0:1.0-port0", to: "../../ttyUSB0")

    var port = SerialPort(path: "/dev/ttyUSB0")
    port.byID = "/dev/serial/by-id/usb-FTDI-if00-port0"
    port.byPath = "/dev/serial/by-path/pci-0:1.0-port0"
    port.vendorProduct = "0403:6001"
    port.manufacturer = "FTDI"
    port.product = "FT232R USB UART"
    port.serial = "A50285BI"
    port.driver = "ftdi_sio"
    #expect(SerialPorts.list(root: folder.path) == [port])
    #expect(SerialPorts.list(root: folder.path + "/") == [port])
  }

  @Test func udevFillsInWhatSysfsLacks() {
    add("ttyACM0", at: "platform/acm", driver: nil, number: "166:0")
    folder.write(
      "run/udev/data/c166:0",
      """
      S:serial/by-id/usb-Arduino
      E:ID_VENDOR_ID=2341
      E:ID_MODEL_ID=0043
      E:ID_VENDOR=Arduino
      E:ID_VENDOR_FROM_DATABASE=Arduino SA
      E:ID_MODEL=Uno=R3
      E:ID_SERIAL_SHORT=7533
      E:ID_USB_DRIVER=cdc_acm
      """)
    var port = SerialPort(path: "/dev/ttyACM0")
    port.vendorProduct = "2341:0043"
    port.manufacturer = "Arduino SA"
    port.product = "Uno=R3"
    port.serial = "7533"
    port.driver = "cdc_acm"
    #expect(SerialPorts.list(root: folder.path) == [port])
  }

  @Test func onlyRealPortsAreListedInTheOrderOfTheirNumbers() {
    for (name, type) in [("ttyS0", "4"), ("ttyS1", "0"), ("ttyS10", "4"), ("ttyS9", "4")] {
      add(name, at: "platform/\(name)", driver: "serial8250", number: "4:64")
      folder.write("sys/devices/platform/\(name)/tty/\(name)/type", type + "\n")
    }
    add("ttyAMA0", at: "platform/uart", driver: "uart-pl011", number: "204:64")
    // A console has no device behind it; a port that is left out of /dev cannot be opened.
    folder.write("sys/class/tty/tty1/dev", "4:1\n")
    folder.write("dev/tty1", "")
    add("ttyUSB7", at: "platform/usb7", driver: nil, number: "188:7")
    #expect(SerialPorts.list(root: folder.path).count == 5)
    let names = SerialPorts.list(root: folder.path).map(\.path)
    #expect(names == ["/dev/ttyAMA0", "/dev/ttyS0", "/dev/ttyS9", "/dev/ttyS10", "/dev/ttyUSB7"])
  }

  @Test func aPortWithoutADeviceFileOrAnyFolderAtAll() {
    #expect(SerialPorts.list(root: folder.path) == [])
    folder.link("dev/serial/by-id/usb-gone", to: "../../ttyUSB3")
    #expect(SerialPorts.list(root: folder.path) == [])
    folder.write("dev/ttyUSB3", "")
    #expect(SerialPorts.list(root: folder.path).map(\.byID) == ["/dev/serial/by-id/usb-gone"])
  }
}
