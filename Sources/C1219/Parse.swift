// SPDX-License-Identifier: Apache-2.0

#if !hasFeature(Embedded)
  extension Place {
    /// What a person wrote as a field's new value, as it is stored; nil when the field cannot take it.
    ///
    /// Numbers are in the field's unit, as they are shown, with the unit or without ("230.5 V"); a meaning may stand for its number ("Sunday"),
    /// "yes" and "no" for a flag, "2026-11-22T10:05:09" for a time, "1 4 7" for the members of a set, hexadecimal
    /// digits for octets, and "0" or "" for a time that is not set.
    ///
    /// - Parameter other: another quantity than the declared one, as energies of some meters have.
    public func raw(parsing text: String, as other: Quantity? = nil) -> Raw? {
      let quantity = other ?? quantity
      let text = text.trimmingBlanks
      switch field.type {
      case .unsigned, .signed, .flag,
        .reserved where field.isInteger:
        return integer(parsing: text, quantity)
      case .text:
        let octets = Array(text.utf8)
        // Latin text only: what a meter's display shows.
        guard octets.count <= self.octets, octets.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
        return .octets(octets + [UInt8](repeating: 0, count: self.octets - octets.count))
      case .longTime, .shortTime, .date: return time(parsing: text)
      case .time:
        let numbers = text.split(separator: ":").map { UInt8($0) }
        let parts = numbers.compactMap { $0 }
        guard numbers.count == 3, parts.count == 3, parts[0] < 24, parts[1] < 60, parts[2] < 60 else { return nil }
        return .octets(parts)
      case .set:
        var octets = [UInt8](repeating: 0, count: self.octets)
        for part in text.split(whereSeparator: { $0 == " " || $0 == "," }) where part != "none" {
          guard let member = Int(part), member >= 0, member / 8 < octets.count else { return nil }
          octets[member / 8] |= 1 << UInt8(member % 8)
        }
        return .octets(octets)
      case .bcd:
        guard let octets = Self.hexadecimal(text), octets.count == self.octets,
          octets.allSatisfy({ $0 >> 4 < 10 && $0 & 15 < 10 })
        else { return nil }
        return .octets(octets.reversed())
      default:
        guard let octets = Self.hexadecimal(text), octets.count == self.octets else { return nil }
        return .octets(octets)
      }
    }

    private func integer(parsing text: String, _ quantity: Quantity) -> Raw? {
      if let meaning = field.meanings.first(where: { $0.words.description.lowercased() == text.lowercased() }) {
        return .integer(Int64(meaning.value))
      }
      if field.type == .flag, let flag = ["yes": 1, "true": 1, "no": 0, "false": 0][text.lowercased()] {
        return .integer(Int64(flag))
      }
      // "231 V": no other unit than the field's.
      let symbol = quantity.unit.symbol.description
      let number = text.hasSuffix(symbol) ? String(text.dropLast(symbol.count)).trimmingBlanks : text
      guard let decimal = Decimal(number), let integer = quantity.integer(of: decimal) else { return nil }
      var octets = [UInt8](repeating: 0, count: end)
      return store(.integer(integer), in: &octets) ? .integer(integer) : nil
    }

    private func time(parsing text: String) -> Raw? {
      if text.isEmpty || text == "0" { return .octets([UInt8](repeating: 0, count: octets)) }
      let numbers = text.split(whereSeparator: { "-T: ".contains($0) }).map { Int($0) }
      let wanted = field.type == .date ? 3...3 : 5...6
      guard wanted.contains(numbers.count), let year = numbers[0], (2000...2099).contains(year),
        numbers.allSatisfy({ $0 != nil && $0! >= 0 && $0! <= 2099 })
      else { return nil }
      let parts = numbers.map { $0! } + [0]
      var octets = [UInt8(year - 2000)]
      for part in parts[1...].prefix(self.octets - 1) {
        guard let octet = UInt8(exactly: part) else { return nil }
        octets.append(octet)
      }
      return octets.count == self.octets && Moment(octets) != nil ? .octets(octets) : nil
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
      let digits = text.filter { $0 != " " }.map { $0.hexDigitValue }
      guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
      return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0]! << 4 | digits[$0 + 1]!) }
    }
  }

  extension Decimal {
    /// "-12.5"; nil for anything else than digits with one point at most, or for more digits than fit.
    public init?(_ text: String) {
      let isNegative = text.hasPrefix("-")
      let parts = text.dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
        !parts[0].isEmpty, let mantissa = Int64((isNegative ? "-" : "") + parts.joined()),
        let places = Int8(exactly: parts.count == 2 ? parts[1].count : 0)
      else { return nil }
      self.init(mantissa, exponent: -places)
    }
  }

  extension Quantity {
    /// The integer that stands for a value; nil when none does exactly.
    public func integer(of value: Decimal) -> Int64? {
      var mantissa = value.mantissa
      var exponent = Int(value.exponent) - Int(self.exponent)
      while exponent < 0 {
        guard mantissa.isMultiple(of: 10) else { return nil }
        mantissa /= 10
        exponent += 1
      }
      while exponent > 0 {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        mantissa = product
        exponent -= 1
      }
      return mantissa.isMultiple(of: Int64(factor)) ? mantissa / Int64(factor) : nil
    }
  }

  extension String {
    fileprivate var trimmingBlanks: String {
      var text = self[...]
      while text.first == " " { text.removeFirst() }
      while text.last == " " { text.removeLast() }
      return String(text)
    }
  }
#endif
