import CitizenWallet
import Foundation
import Testing

/// An error of the app's that no function of it declared.
private struct Undeclared: Error {
    let text = "the proxy of hong@example.kr is down"
}

@Suite("Answers that are lost on the way, calls that are given up, wallets that are closed", .timeLimit(.minutes(1)))
struct DeliveryTests {
    private let network = VerifierNetwork()

    @Test("An answer that was lost on the way back is unknown and stays so when the verifier refuses the second")
    func lost() async throws {
        try await delivering { scene in
            try await scene.receive(policy: onceOnly)
            network.after.fail(with: HttpError.sentOrUnknown)
            let presented = try await scene.show()
            #expect(presented.outcome == .unknown)
            #expect(try await scene.wallet.list().map(\.usableCopies) == [0])
            network.after.open()
            #expect(try await scene.wallet.resend(presented.history).outcome == .unknown)
            expectIdentical()
            let learned = try await scene.parties.learned()
            #expect(learned.contains(#""answers":2"#) && learned.contains(#""accepted":true"#))
        }
    }

    @Test(
        "Bytes that never arrived are sent again as they were, whatever the client threw",
        arguments: [HttpError.timeout, HttpError.notSent, Undeclared()] as [any Error])
    func sentAgain(fault: any Error) async throws {
        try await delivering { scene in
            try await scene.receive(policy: onceOnly)
            network.before.fail(with: fault)
            let presented = try await scene.show()
            #expect(presented.outcome == .unknown)
            network.before.open()
            let again = try await scene.wallet.resend(presented.history)
            #expect(again.outcome == .accepted && again.history == presented.history && again.shown == presented.shown)
            expectIdentical()
            try await failing(.notFound) { try await scene.wallet.resend(presented.history) }
        }
    }

    @Test("A presentation that is cancelled while it is sent is in the history, its copy burned, its bytes sent again")
    func cancelled() async throws {
        try await delivering { scene in
            try await scene.receive(copies: 2, policy: onceOnly)
            let approved = try await scene.approve(scene.plan())
            try await givenUp(at: network.before) { _ = try await scene.wallet.present(approved) }
            try await failing(.usedUp) { try await scene.wallet.present(approved) }
            try await resendWhatIsUnknown(scene)
        }
    }

    @Test("Closed while it is sent, a presentation is unknown after opening, its copy burned, and the same bytes can be sent")
    func closed() async throws {
        try await delivering { scene in
            try await scene.receive(copies: 2, policy: onceOnly)
            let approved = try await scene.approve(scene.plan())
            try await givenUp(at: network.before, beforeThat: { await scene.wallet.close() }) {
                _ = try await scene.wallet.present(approved)
            }
            let again = Scene(parties: scene.parties, place: scene.place, wallet: try await scene.place.openUnlocked())
            #expect(try await again.wallet.integrity() == .sound)
            try await resendWhatIsUnknown(again)
        }
    }

    @Test("What was approved and not presented before the wallet was closed was not shown")
    func notPresented() async throws {
        try await delivering { scene in
            try await scene.receive(policy: onceOnly)
            let link = try await scene.parties.ask()
            let approved = try await scene.approve(scene.plan(link))
            await scene.wallet.close()
            let again = Scene(parties: scene.parties, place: scene.place, wallet: try await scene.place.openUnlocked())
            #expect(try await again.wallet.sharedBefore(again.plan(link)).isEmpty)
            #expect(network.answers.value.isEmpty)
            #expect(try await again.show().outcome == .accepted)
            try await failing(.usedUp) { try await scene.wallet.present(approved) }
        }
    }

    @Test("A client that never answers a refusal can be given up, and the refusal stands")
    func refusal() async throws {
        try await delivering { scene in
            try await scene.receive()
            let link = try await scene.parties.ask()
            let plan = try await scene.plan(link)
            try await givenUp(at: network.before) { try await scene.wallet.refuse(.plan(plan: plan)) }
            try await failing(.usedUp) { try await scene.wallet.refuse(.plan(plan: plan)) }
            try await failing(.nonceMissingOrReused) { try await scene.wallet.request(link) }
            #expect(try await scene.show().outcome == .accepted)
        }
    }

    @Test("The wallet can be used and locked from inside the client that sends")
    func inside() async throws {
        try await delivering { scene in
            try await scene.receive()
            let wallet = scene.wallet
            network.before.first {
                #expect(try await wallet.list().count == 1)
                try await failing(.notFound) { try await wallet.resend(nothing) }
                try await wallet.lock()
            }
            #expect(try await scene.show().outcome == .accepted)
            network.before.open()
            // How it ended could not be written down any more.
            try await wallet.unlock(with: unlocking())
            #expect(try await wallet.sharedBefore(scene.plan()).map(\.outcome) == [.unknown])
        }
    }

    private func delivering(_ test: (Scene) async throws -> Void) async throws {
        try await holding({ try Place(parties: $0, http: network) }, test)
    }

    private func resendWhatIsUnknown(_ scene: Scene) async throws {
        #expect(try await scene.wallet.list().map(\.usableCopies) == [1])
        #expect(try await scene.parties.learned().contains(#""answers":0"#))
        let before = try await scene.wallet.sharedBefore(scene.plan())
        #expect(before.map(\.outcome) == [.unknown])
        #expect(try await scene.wallet.resend(before[0].history).outcome == .accepted)
        expectIdentical()
    }

    private func expectIdentical() {
        let sent = network.answers.value
        #expect(sent.count == 2 && sent[0].url == sent[1].url && sent[0].body == sent[1].body)
    }
}
