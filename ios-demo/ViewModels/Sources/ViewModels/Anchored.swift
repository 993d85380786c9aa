import CitizenWallet
import Foundation

/// What shows that copies of a card were entered on a ledger: one line for each ledger, and one for what is not shown any more.
func anchors(_ anchors: [CardAnchor]) -> [Fact] {
    let entries = anchors.compactMap(LedgerEntry.init)
    let lines = distinct(entries.map(\.place)).compactMap { place in Fact(entries: entries.filter { $0.place == place }) }
    let unproven = anchors.count - entries.count
    return unproven == 0 ? lines : lines + [Fact(Phrase.cardAnchorUnproven(.number(unproven)), .caution)]
}

/// A copy that was proven to be on a ledger.
private struct LedgerEntry {
    struct Place: Hashable {
        let chain: String
        let tone: Tone
    }

    let place: Place
    let block: UInt64
    let asOf: Date?
    let batchSize: UInt64

    init?(_ anchor: CardAnchor) {
        guard case .proven(let chain, let block, _, let reason, let asOf, _, _, let batchSize) = anchor else { return nil }
        place = Place(chain: chain, tone: Tone(of: reason))
        self.block = block
        self.asOf = asOf
        self.batchSize = batchSize
    }
}

extension Fact {
    /// Entries on one ledger; none without any.
    fileprivate init?(entries: [LedgerEntry]) {
        guard let last = entries.max(by: { $0.block < $1.block }), let least = entries.map(\.batchSize).min() else { return nil }
        let asOf = last.asOf.map(Argument.time) ?? .words(Phrase.didTimeUnknown())
        self.init(
            Phrase.cardAnchored(
                .given(last.place.chain), .number(entries.count), .given("\(least)"), .given("\(last.block)"), asOf),
            last.place.tone)
    }
}
