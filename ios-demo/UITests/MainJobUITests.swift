import XCTest

/// Plays the main job on a simulator, with an issuer and a verifier on the host: `ui-tests.sh` starts them.
@MainActor
final class MainJobUITests: XCTestCase {
    private var app: XCUIApplication!
    private let pin = "739154"
    /// Whether each screen must pass Apple's own audit of accessibility.
    private var isAudited = false

    override func setUp() async throws {
        continueAfterFailure = false
        app = XCUIApplication()
        let store = "test-" + UUID().uuidString
        app.launchEnvironment = [
            "WALLET_ANCHORS": try given("WALLET_ANCHORS"), "WALLET_WEB_ISSUER": try given("WALLET_WEB_ISSUER"), "WALLET_STORE": store,
        ]
        app.launchArguments = ["-AppleLanguages", "(en)", "-AppleLocale", "en_GB"]
    }

    /// From the first start to a verifier that learns the age: what is shown for consent, and what came of it.
    func testMainJob() throws {
        app.launch()
        try begin()
        try receive(given("WALLET_OFFER"))
        try open(given("WALLET_REQUEST"))
        try comes("Somebody wants to see a card")
        main()
        try comes("asks", isWhole: false)
        for text in ["Who asks", "They will see", "Stays private", "Always visible with this card", "Shared before"] {
            XCTAssert(app.staticTexts[text].exists, text)
        }
        main()
        try comes("Done")
        news("They accepted it")
    }

    /// Nothing is to be seen of it in the list of apps, and it comes back locked.
    func testBackground() throws {
        app.launch()
        try begin()
        XCUIDevice.shared.press(.home)
        app.activate()
        try comes("Unlock")
        type("000000")
        main()
        news("That is not right. Tries left: 4.")
        type(pin)
        main()
        try comes("Your cards")
    }

    /// Each screen that the other tests come to passes Apple's own audit: from the first start to consent and what came of it, and
    /// the one that unlocks.
    func testAccessibility() throws {
        isAudited = true
        app.launch()
        try begin()
        try receive(given("WALLET_AUDITED_OFFER"))
        try open(given("WALLET_AUDITED_REQUEST"))
        try comes("Somebody wants to see a card")
        main()
        try comes("asks", isWhole: false)
        main()
        try comes("Done")
        XCUIDevice.shared.press(.home)
        app.activate()
        try comes("Unlock")
    }

    /// From the first start to the empty wallet.
    private func begin() throws {
        try comes("Your cards, in your hands")
        main()
        try comes("Choose a PIN")
        type(pin)
        main()
        try comes("Repeat the PIN")
        type(pin)
        main()
        // Where the simulator has a passcode or a face.
        let byPinOnly = app.buttons["No, by PIN only"]
        if byPinOnly.waitForExistence(timeout: 3) { byPinOnly.tap() }
        try comes("Your recovery code")
        main()
        try comes("Your cards")
    }

    /// Receives a card by its `offer` and keeps it.
    private func receive(_ offer: String) throws {
        try open(offer)
        try comes("An offer of a card")
        main()
        try comes("offers you", isWhole: false)
        main()
        try comes("Your new card")
        main()
        news("The card is in your wallet.")
    }

    private func open(_ link: String) throws {
        main()
        try comes("Add or show a card")
        let field = app.textFields["field"]
        field.tap()
        field.typeText(link)
        main()
    }

    private func type(_ digits: String) {
        for digit in digits { app.buttons["key-\(digit)"].tap() }
    }

    /// Says yes to what the screen is for.
    private func main() {
        app.buttons["main"].tap()
    }

    /// Waits for a screen, and looks at it where that is what is tested.
    private func comes(_ title: String, isWhole: Bool = true) throws {
        let format = isWhole ? "identifier == 'title' AND label == %@" : "identifier == 'title' AND label CONTAINS %@"
        XCTAssert(app.staticTexts.matching(NSPredicate(format: format, title)).firstMatch.waitForExistence(timeout: 20), title)
        if isAudited { try app.performAccessibilityAudit() }
    }

    private func news(_ text: String) {
        let format = "identifier == 'notice' AND label CONTAINS %@"
        let notice = app.descendants(matching: .any).matching(NSPredicate(format: format, text)).firstMatch
        XCTAssert(notice.waitForExistence(timeout: 20), text)
    }

    private func given(_ name: String) throws -> String {
        try XCTUnwrap(ProcessInfo.processInfo.environment[name], "run this by ui-tests.sh")
    }
}
