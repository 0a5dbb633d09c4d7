// SPDX-License-Identifier: Apache-2.0
import C1219

#if !hasFeature(Embedded)
  extension Table {
    /// The source that an entry of this table selects, such as those of BT22 and BT27: of every list that labels another
    /// table. Nil where the number has no name.
    public func source(_ number: Int64, at place: Place) -> Source? {
      guard let list = place.path.first, let number = UInt8(exactly: number),
        let labels = Catalogue.tables.lazy.compactMap({ $0.labels(from: self, list) }).first
      else { return nil }
      let source = labels.source(number)
      return source.name.description.isEmpty ? nil : source
    }

    private func labels(from table: Table, _ list: Place.Step) -> ArrayElement.Labels? {
      for case .array(let array) in elements {
        if let labels = array.labels, labels.numbers.table?.id == table.id, list.isCalled(labels.numbers.field) {
          return labels
        }
      }
      return nil
    }
  }
#endif
