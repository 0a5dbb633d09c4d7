// SPDX-License-Identifier: Apache-2.0
// What the meter writes down, by the number of the event.

export default {
  standard: [
    "Kein Ereignis", "Strom ausgefallen", "Strom wieder da", "Uhr gestellt (Zeit vorher)", "Uhr gestellt (Zeit nachher)",
    "Uhr gestellt (Zeit vorher)", "Uhr gestellt (Zeit nachher)", "Zum Lesen zugegriffen", "Zum Schreiben zugegriffen",
    "Prozedur aufgerufen", "Tabelle geschrieben", "Programmiert", "Sitzung beendet", "Sitzung abgebrochen",
    "Listenzeiger zurückgesetzt", "Listenzeiger weitergesetzt", "Verlaufslog gelöscht", "Verlaufslog als gelesen markiert",
    "Ereignislog gelöscht", "Ereignislog als gelesen markiert", "Maximum zurückgesetzt", "Selbstablesung",
    "Sommerzeit beginnt", "Sommerzeit endet", "Saison wechselt", "Tarif wechselt", "Sondertag", "Tarifstufe wechselt",
    "Wartende Tabelle wird gültig", "Wartende Tabelle verworfen", "Messung beginnt", "Messung endet", "Test beginnt",
    "Test endet", "Werkstattmodus beginnt", "Werkstattmodus endet", "Firmware ersetzt", "Fehler in der Konfiguration",
    "System neu gestartet", "Fehler im RAM", "Fehler im ROM", "Fehler im Dauerspeicher", "Fehler der Uhr",
    "Fehler der Messung", "Batterie schwach", "Geringer Spannungsverlust", "Überlast", "Deckel entfernt",
    "Energie läuft rückwärts", "Daten nicht ganz gesichert", "Fehler des Abschalters",
  ],
  manufacturer: [
    "Lastgang übergelaufen", "Selbstablesung", "Abschalter geändert", "Steuerrelais geschaltet", "Phase ausgefallen",
    "Phase vertauscht", "Kommunikation über das Stromnetz nicht eingerichtet", "Allgemeiner Fehler", "Falsches Passwort",
    "Fernkommunikation stumm", "Strom auf einer fehlenden oder unbenutzten Phase", "Eingriff an Impulseingang 1",
    "Eingriff an Impulseingang 2", "Prüfsumme der Firmware falsch", "Firmware umgeschaltet",
    "Lastgang nicht nachzutragen", "Modul am MEP-Port angesteckt oder entfernt", "Alarm eines Geräts hinter dem Zähler",
    "Suche nach M-Bus-Geräten beendet", "Drehfeld geändert", "Guthaben verbraucht", "Guthabenwarnung bestätigt",
    "Ereignislog fast voll", "Eintrag im Log des Herstellers", "Dimensionen geändert", "Magnet erkannt",
    "Zugangssperre aufgehoben", "Störung des Netzes", "Ereignislog hat Ungelesenes", "Oberschwingungen geändert",
    "Lastgang hat Ungelesenes", "Spannung auf der Lastseite", "Zustand eines Geräts hinter dem Zähler geändert",
    "Leistungsgrenze umgeschaltet", "Spannungseinbruch", "Spannungsüberhöhung", "Größte Verzerrung der Spannung",
    "Größte Verzerrung des Stroms", "Größte Verzerrung der Scheinleistung", "Mittlere Verzerrung der Spannung",
    "Mittlere Verzerrung des Stroms", "Mittlere Verzerrung der Scheinleistung", "Abschalter gepulst",
    "Befehl eines Geräts erkannt", "Alarm eines M-Bus-Geräts", "Alarm eines M-Bus-Geräts erkannt",
    "Leistungsschwelle überschritten", "Dimmereffekt erkannt",
  ],
};
