// SPDX-License-Identifier: Apache-2.0
import GRDB

extension Store {
  /// Each step once, in this order, for ever: what is written with one version is read with all later ones.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("meters and rows") { database in
      try database.execute(
        sql: """
          CREATE TABLE meter (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
          CREATE TABLE series (
            id INTEGER PRIMARY KEY, meter INTEGER NOT NULL REFERENCES meter, name TEXT NOT NULL,
            exponent INTEGER NOT NULL, kind INTEGER NOT NULL, UNIQUE (meter, name));
          CREATE TABLE recent (
            meter INTEGER NOT NULL, grain INTEGER NOT NULL, time INTEGER NOT NULL, octets BLOB NOT NULL,
            PRIMARY KEY (meter, grain, time)) WITHOUT ROWID;
          CREATE TABLE packed (
            id INTEGER PRIMARY KEY, meter INTEGER NOT NULL, grain INTEGER NOT NULL, time INTEGER NOT NULL,
            octets BLOB NOT NULL, UNIQUE (meter, grain, time));
          CREATE TABLE rolled (
            meter INTEGER NOT NULL, grain INTEGER NOT NULL, through INTEGER NOT NULL, PRIMARY KEY (meter, grain))
            WITHOUT ROWID;
          CREATE TABLE change (
            id INTEGER PRIMARY KEY AUTOINCREMENT, meter INTEGER NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL);
          CREATE TABLE jump (
            id INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series, time INTEGER NOT NULL,
            before INTEGER NOT NULL, after INTEGER NOT NULL, UNIQUE (series, time));
          CREATE TABLE mark (
            meter INTEGER NOT NULL REFERENCES meter, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (meter, name))
            WITHOUT ROWID;
          CREATE TABLE event (
            id INTEGER PRIMARY KEY, meter INTEGER NOT NULL REFERENCES meter, sequence INTEGER NOT NULL, time INTEGER,
            user INTEGER NOT NULL, event INTEGER NOT NULL, argument BLOB NOT NULL,
            UNIQUE (meter, sequence, time, event));
          CREATE TABLE outage (
            id INTEGER PRIMARY KEY, meter INTEGER NOT NULL REFERENCES meter, sequence INTEGER NOT NULL, start TEXT,
            "end" TEXT, UNIQUE (meter, sequence, start));
          CREATE TABLE sink (
            name TEXT PRIMARY KEY, change INTEGER NOT NULL, since INTEGER NOT NULL, seen INTEGER NOT NULL)
            WITHOUT ROWID;
          CREATE TABLE passing (
            meter INTEGER NOT NULL, sink TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (meter, sink))
            WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("prices") { database in
      try database.execute(
        sql: """
          CREATE TABLE price (
            series TEXT NOT NULL, span INTEGER NOT NULL, start INTEGER NOT NULL, billionths INTEGER NOT NULL,
            PRIMARY KEY (series, span, start)) WITHOUT ROWID;
          """)
    }
    return migrator
  }
}
