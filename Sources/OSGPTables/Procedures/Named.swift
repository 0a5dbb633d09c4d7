// SPDX-License-Identifier: Apache-2.0

extension Procedure {
  /// Those that the guide mentions and leaves to others: whom it gives no name, and no meter's client may call.
  ///
  /// EP62 is not among them: ET54 names it where EP61 is meant.
  static let namedOnly: [Procedure] = [
    Procedure(.basic(1), "Warm Start", "an example of a number", .named),
    Procedure(.basic(4), "Reset List Pointers", "clears the overflow of a log or load profile", .named),
    Procedure(
      .basic(5), "Update Last Read Entry", "marks entries of a log or load profile as read", .named,
      isIdempotent: false),
    Procedure(.basic(10), "Set Date and/or Time", "sets the clock", .named),
    Procedure(.extended(2), "", "opens or closes a control relay", .named),
    Procedure(.extended(3), "", "clears an alarm", .named),
    Procedure(.extended(4), "", "an example of a number", .named),
    Procedure(.extended(6), "", "configures the extended logs (ET36)", .named),
    Procedure(.extended(11), "", "configures the load profile", .named),
    Procedure(.extended(18), "", "clears the alarms that ET14 keeps", .named),
    Procedure(.extended(26), "", "counts unread entries of the extended logs down", .named),
    Procedure(.extended(32), "", "configures demand", .named),
    Procedure(.extended(33), "", "configures demand", .named),
    Procedure(.extended(37), "", "configures the extended logs (ET36)", .named),
    Procedure(.extended(41), "", "starts a download to MEP clients", .named),
    Procedure(.extended(50), "", "gives a module the meter's measurements", .named),
    Procedure(.extended(52), "", "maps load profile sources (ET66)", .named),
    Procedure(.extended(64), "", "resets the previous season's data (BT24), from 4.10 on", .named),
  ]
}
