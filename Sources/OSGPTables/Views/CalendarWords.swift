// SPDX-License-Identifier: Apache-2.0

#if !hasFeature(Embedded)
  import C1219

  extension RecurringDate: CustomStringConvertible {
    /// "last Sunday of March, not before 25".
    public var description: String {
      switch self {
      case .day(let day, let month, let offset): offset.words(day, month.map { Self.months[$0 - 1] } ?? "each month")
      case .weekly(let weekday): "each \(Offset.name(weekday))"
      case .periodic(let period, let delta): "each period \(period) plus \(delta)"
      }
    }

    private static let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December",
    ]
  }

  extension RecurringDate.Offset {
    fileprivate static func name(_ weekday: Int) -> String { weekdays[weekday].words.description }

    fileprivate func words(_ day: Int, _ month: String) -> String {
      let date = "\(day) of \(month)"
      switch self {
      case .none: return date
      case .before(let weekday): return "last \(Self.name(weekday)) before \(date)"
      case .onOrAfter(let weekday, let nth):
        return "\(["first", "second", "third", "fourth"][nth - 1]) \(Self.name(weekday)) from \(date) on"
      case .last(let weekday):
        return "last \(Self.name(weekday)) of \(month)" + (day > 1 ? ", not before \(day)" : "")
      case .andFollowing: return "\(date) and the day after"
      case .following: return "day after \(date)"
      case .weekend(let saturday, let sunday):
        let moved = [
          saturday == 0 ? nil : "\(saturday < 0 ? "Friday" : "Monday") if a Saturday",
          sunday == 0 ? nil : "\(sunday < 0 ? "Friday" : "Monday") if a Sunday",
        ]
        return ([date] + moved.compactMap { $0 }).joined(separator: ", ")
      }
    }
  }

  extension RelayStatus {
    /// One sentence for each thing that there is to tell.
    public var words: [String] {
      var words: [String] = []
      switch limited {
      case .power?: words.append("Too much power opens the load disconnect, where that is enabled.")
      case .current?: words.append("Too much current opens the load disconnect, where that is enabled.")
      case .other(let type)?: words.append("Disconnect control type \(type), which the guide does not have.")
      case nil: break
      }
      if let negativeCredit {
        words.append("\(negativeCredit) Wh may be used behind the end of prepaid credit, where that is enabled.")
      }
      if let openedByLimit { words.append("A limit opened the load disconnect at \(openedByLimit).") }
      if isButtonLocked == true { words.append("The push button does not close the load disconnect yet.") }
      if isOverPower == true { words.append("The power threshold is exceeded, which sets the tier.") }
      for (i, pending) in pending.enumerated() {
        if let pending {
          words.append("Control relay \(i + 1) is switched in \(pending.remaining) of \(pending.total) s.")
        }
      }
      return words
    }
  }
#endif
