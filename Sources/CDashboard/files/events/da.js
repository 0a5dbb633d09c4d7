// SPDX-License-Identifier: Apache-2.0
// What the meter writes down, by the number of the event.

export default {
  standard: [
    "Ingen hændelse", "Strømmen gik", "Strømmen er tilbage", "Uret stillet (tid før)", "Uret stillet (tid efter)",
    "Uret stillet (tid før)", "Uret stillet (tid efter)", "Tilgået for læsning", "Tilgået for skrivning",
    "Procedure kaldt", "Tabel skrevet", "Programmeret", "Session afsluttet", "Session afbrudt", "Listepegere nulstillet",
    "Listepegere flyttet", "Historiklog slettet", "Historiklog mærket som læst", "Hændelseslog slettet",
    "Hændelseslog mærket som læst", "Maksimaleffekt nulstillet", "Selvaflæsning", "Sommertid begynder",
    "Sommertid slutter", "Sæsonen skifter", "Taksten skifter", "Særlig dag", "Tariftrinnet skifter",
    "Ventende tabel træder i kraft", "Ventende tabel fjernet", "Måling begynder", "Måling slutter", "Test begynder",
    "Test slutter", "Værkstedstilstand begynder", "Værkstedstilstand slutter", "Firmware udskiftet",
    "Fejl i konfigurationen", "Systemet genstartet", "Fejl i RAM", "Fejl i ROM", "Fejl i varig hukommelse",
    "Fejl i uret", "Fejl i målingen", "Lavt batteri", "Lavt spændingstab", "Overbelastning",
    "Dækslet fjernet", "Energien løber baglæns", "Data ikke helt gemt", "Fejl i afbryderen",
  ],
  manufacturer: [
    "Belastningsprofilen løb over", "Selvaflæsning", "Afbryderen skiftede", "Styrerelæet skiftede", "Fase mangler",
    "Fase vendt", "Kommunikation over elnettet ikke sat op", "Almindelig fejl", "Forkert adgangskode",
    "Fjernkommunikation tavs", "Strøm på en fase, der mangler eller ikke bruges", "Indgreb ved impulsindgang 1",
    "Indgreb ved impulsindgang 2", "Firmwarens kontrolsum forkert", "Firmware skiftet",
    "Belastningsprofilen kunne ikke udfyldes", "Modul ved MEP-porten tilføjet eller fjernet",
    "Alarm fra en enhed bag måleren", "Søgning efter M-Bus-enheder afsluttet", "Fasefølgen ændret",
    "Forudbetalt beløb brugt op", "Advarsel om forudbetaling kvitteret", "Hændelsesloggen næsten fuld",
    "Post i fabrikantens log", "Dimensioner ændret", "Magnet opdaget", "Adgangsspærring ophævet", "Forstyrrelse af nettet",
    "Hændelsesloggen har ulæste poster", "Harmonisk forvrængning ændret", "Belastningsprofilen har ulæste poster",
    "Spænding på belastningssiden", "Tilstand for en enhed bag måleren ændret", "Effektgrænse skiftet", "Spændingsdyk",
    "Overspænding", "Største forvrængning af spænding", "Største forvrængning af strøm",
    "Største forvrængning af tilsyneladende effekt", "Middelforvrængning af spænding", "Middelforvrængning af strøm",
    "Middelforvrængning af tilsyneladende effekt", "Afbryderen pulseret", "Kommando fra en enhed genkendt",
    "Alarm fra en M-Bus-enhed", "Alarm fra en M-Bus-enhed genkendt", "Effekttærskel overskredet", "Lysdæmpereffekt opdaget",
  ],
};
