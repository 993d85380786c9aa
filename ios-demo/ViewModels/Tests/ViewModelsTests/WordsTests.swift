import CitizenWallet
import Foundation
import Testing

@testable import ViewModels

@Suite("How things are put into words")
struct WordsTests {
    private let texts = Texts(locale: Locale(identifier: "en_GB"), zone: TimeZone(identifier: "Asia/Seoul")!) { key in
        [
            "wait": "in %1$@", "seconds": "%1$@ s", "minutes": "%1$@ min", "hours": "%1$@ h", "list_separator": ", ",
            "consent_title": "%1$@ asks", "point_in_time": "%1$@", "card_copies": "%2$@ of 100%, %1$@ left %3$@",
        ][key]
    }

    @Test("A wait is never told shorter than it is", arguments: [
        (0, "in 0 s"), (59, "in 59 s"), (60, "in 1 min"), (61, "in 2 min"), (3599, "in 60 min"), (3601, "in 2 h"),
    ])
    func waits(seconds: Int, words: String) {
        #expect(texts(.wait, .wait(.seconds(seconds))) == words)
    }

    @Test("Words of strangers are no format and do not turn the text around them")
    func strangers() {
        #expect(texts(.consentTitle, .given("100%s %1$@ \u{202e}evil")) == "\u{2068}100%s %1$@ \u{202e}evil\u{2069} asks")
        #expect(texts(.given("%1$@")) == "%1$@")
    }

    @Test("Arguments stand where the language wants them, and a percent sign is one")
    func order() {
        #expect(texts(.cardCopies, .number(1), .number(2)) == "2 of 100%, 1 left %3$@")
    }

    @Test("A pseudonym is told with what it is for, and with care where a person may have more of them")
    func pseudonyms() {
        func told(_ isOnePerPerson: Bool) -> PseudonymLines {
            PseudonymLines(PseudonymShowing(service: "vote 2026", scope: "scope", isOnePerPerson: isOnePerPerson))
        }
        #expect(told(true).service == .given("vote 2026"))
        #expect(told(true).kind == Fact(Phrase.pseudonymOne()))
        #expect(told(false).kind == Fact(Phrase.pseudonymName(), .caution))
    }

    @Test("Each reason and each note has a text of its own")
    func reasons() {
        let reasons: [Linkability] = [
            .issuerSignature, .holderKey, .statusReference, .statementOrder, .credentialId, .dates, .alwaysDisclosedValues,
            .disclosedValues, .pseudonym, .anchorProof, .copyShownBefore, .other(code: "new"),
        ]
        #expect(linkability(reasons).count == reasons.count)
        let all = notes([.headerUnchecked, .replayProtectionOnly, .linkSecret, .notBound, .other(code: "new")])
        for (place, note) in all.enumerated() { #expect(!all[..<place].contains(note)) }
    }

    @Test("What shows a DID's key is told with care where it is not proven for now")
    func evidence() {
        let block = LedgerBlock(chainId: 11, number: 7, hash: Data(count: 32))
        let proven = LedgerAnchor.checkpoint(signers: 2, of: 3)
        let tones: [(DidEvidence, Tone)] = [
            (.selfCertifying, .plain), (.ledgerProof(block: block, anchor: proven), .good),
            (.ledgerProof(block: block, anchor: .stateSeals(signers: 2, of: 3)), .caution),
            (.verifiedAt(block: block, anchor: proven), .caution), (.transportOnly(host: "issuer.example"), .caution),
            (.stale(block: block), .bad), (.unverified(why: "no_proof"), .bad), (.other(code: "new"), .bad),
        ]
        let told = tones.map { evidence, tone in
            let fact = Fact(evidence: DatedDidEvidence(evidence: evidence, asOf: Date(timeIntervalSince1970: 0)))
            #expect(fact.tone == tone)
            return fact
        }
        for (place, fact) in told.enumerated() { #expect(!told[..<place].contains(fact)) }
        let experiment = DidEvidence.verifiedAt(block: block, anchor: .stateSeals(signers: 2, of: 3))
        let undated = Fact(evidence: DatedDidEvidence(evidence: experiment, asOf: nil))
        #expect(undated.text == Phrase.didVerifiedAt(.given("7"), .words(Phrase.didTimeUnknown())))
    }

    @Test("Entries of copies on a ledger are counted for each ledger, and with care where they are not proven")
    func anchored() {
        func proven(_ block: UInt64, _ batchSize: UInt64, _ anchor: LedgerAnchor = .checkpoint(signers: 2, of: 3)) -> CardAnchor {
            .proven(
                chain: "city", block: block, blockHash: Data(count: 32), anchor: anchor,
                asOf: Date(timeIntervalSince1970: Double(block)), epoch: 1, isNewest: true, batchSize: batchSize)
        }
        func line(_ copies: Int, _ least: Int, _ block: Int, _ tone: Tone) -> Fact {
            let asOf = Argument.time(Date(timeIntervalSince1970: Double(block)))
            return Fact(Phrase.cardAnchored(.given("city"), .number(copies), .given("\(least)"), .given("\(block)"), asOf), tone)
        }
        let fault = Fault(
            code: ErrorCode.notSupported.text, isRetryable: false, subject: nil, rule: nil, retryAfterSeconds: nil, triesLeft: nil)
        let unproven = CardAnchor.notProven(error: .app(fault: fault))
        let sealed = proven(7, 2, .stateSeals(signers: 2, of: 3))
        let told = anchors([proven(9, 16), unproven, sealed, proven(8, 4), unproven])
        let lost = Fact(Phrase.cardAnchorUnproven(.number(2)), .caution)
        #expect(told == [line(2, 4, 9, .good), line(1, 2, 7, .caution), lost])
        #expect(anchors([]).isEmpty)
    }

    @MainActor @Test("The history says that the proof of an entry on a ledger went along, or a pseudonym, and for what")
    func along() {
        func told(_ anchorProof: Bool, _ pseudonymFor: String?) -> [Words] {
            let shown = ShownCard(
                query: "card", card: "0", credentialType: "type", claims: [], anchorProof: anchorProof, pseudonymFor: pseudonymFor)
            return Array(Names().shown([shown]).dropFirst())
        }
        #expect(told(false, nil) == [])
        #expect(told(true, nil) == [Phrase.shownAnchorProof()])
        #expect(told(false, "vote") == [Phrase.shownPseudonym(.given("vote"))])
    }

    @Test("A time is told where the holder is")
    func zone() {
        #expect(texts(.pointInTime, .time(Date(timeIntervalSince1970: 1_795_307_400))).contains("9:30"))
    }

    @Test("A number beyond the calendar is told as the number it is")
    func calendar() {
        func told(_ number: String) -> String {
            switch Value(.number(text: number), at: [.name(name: "exp")]) {
            case .said(let words): texts(words)
            case .words(let words): words
            case .picture: "a picture"
            }
        }
        #expect(told("253402250000").contains("9999"))
        for number in ["253402300800", "\(Int.max)", "99999999999999999999", "-1", "1e400"] { #expect(told(number) == number) }
        #expect(told("253402300799") != "253402300799")
    }

    @Test("A value with parts is told part by part")
    func structures() {
        let json =
            #"{"region":"가상특별시","lines":["a \"b\"", 1, true],"inner":{"postal_code":"00000","none":null},"e":{},"f":[]}"#
        let lines = [
            "region: 가상특별시", #"lines: a "b""#, "lines: 1", "lines: true", "inner › postal code: 00000", "inner › none: null",
        ]
        #expect(readable(json) == lines.joined(separator: "\n"))
        #expect(readable(#"{"a":"\ud83d\ude00 😀\u0041"}"#) == "a: 😀 😀A")
        for odd in ["", "{", #"{"a""#, "[1,", #"{"a":1}x"#, #""a"#, "{1:2}", #""\"#, #"["\u12""#, #"["\u12"]"#] {
            #expect(readable(odd) == odd)
        }
    }

    @Test("A colour is one of six digits, and what cannot be read on it is not used")
    func colours() {
        #expect(Colour(hex: "#0b4f6c") == Colour(0x0b4f6c))
        for odd in [nil, "", "red", "#fff", "#0b4f6", "#0b4f6cc", "#-12345", "#+12345", "url(x)", "#１２３４５６"] {
            #expect(Colour(hex: odd) == nil)
        }
        #expect(abs(Colour(0x000000).contrast(to: Colour(0xFFFFFF)) - 21) < 0.01)
        // 4.54, as the tables of WCAG's authors have it.
        #expect(abs(Colour(0x767676).contrast(to: Colour(0xFFFFFF)) - 4.54) < 0.01)
        #expect(Colour(0x0b4f6c).readable(Colour(0x0b4f6d)) == Colour(0xFFFFFF))
        #expect(Colour(0xFFFF00).readable(Colour(0xFFFFFF)) == Colour(0x000000))
        #expect(Colour(0x000000).readable(Colour(0xFFEE00)) == Colour(0xFFEE00))
        for grey in 0...0xFF {
            let colour = Colour(grey * 0x010101)
            #expect(colour.contrast(to: colour.readable(nil)) >= Colour.readableContrast)
        }
    }

    @Test("A client is called by its host or its name, never by the word before it")
    func clients() {
        #expect(client("redirect_uri:https://shop.example:8443/answer?a=b") == "shop.example")
        #expect(client("x509_san_dns:bank.example") == "bank.example")
        #expect(client("did:web:a") == "did:web:a")
        #expect(host("no address") == "no address")
    }
}
