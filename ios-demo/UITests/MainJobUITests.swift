import XCTest

/// Plays the main job on a simulator, with an issuer and a verifier on the host: `ui-tests.sh` starts them.
@MainActor
final class MainJobUITests: XCTestCase {
    private var app: XCUIApplication!
    private let pin = "739154"

    override func setUp() async throws {
        continueAfterFailure = false
        app = XCUIApplication()
        let store = "test-" + UUID().uuidString
        app.launchEnvironment = ["WALLET_ANCHORS": try given("WALLET_ANCHORS"), "WALLET_STORE": store]
        app.launchArguments = ["-AppleLanguages", "(en)", "-AppleLocale", "en_GB"]
    }

    /// From the first start to a verifier that learns the age: what is shown for consent, and what came of it.
    func testMainJob() throws {
        app.launch()
        begin()
        open(try given("WALLET_OFFER"))
        comes("An offer of a card")
        main()
        comes("offers you", isWhole: false)
        main()
        comes("Your new card")
        main()
        news("The card is in your wallet.")

        open(try given("WALLET_REQUEST"))
        comes("Somebody wants to see a card")
        main()
        comes("asks", isWhole: false)
        for text in ["Who asks", "They will see", "Stays private", "Always visible with this card", "Shared before"] {
            XCTAssert(app.staticTexts[text].exists, text)
        }
        main()
        comes("Done")
        news("They accepted it")
    }

    /// Nothing is to be seen of it in the list of apps, and it comes back locked.
    func testBackground() {
        app.launch()
        begin()
        XCUIDevice.shared.press(.home)
        app.activate()
        comes("Unlock")
        type("000000")
        main()
        news("That is not right. Tries left: 4.")
        type(pin)
        main()
        comes("Your cards")
    }

    /// Every screen on the way to an empty wallet passes Apple's own audit.
    func testAccessibility() throws {
        app.launch()
        comes("Your cards, in your hands")
        try app.performAccessibilityAudit()
        main()
        comes("Choose a PIN")
        try app.performAccessibilityAudit()
    }

    /// From the first start to the empty wallet.
    private func begin() {
        comes("Your cards, in your hands")
        main()
        comes("Choose a PIN")
        type(pin)
        main()
        comes("Repeat the PIN")
        type(pin)
        main()
        // Where the simulator has a passcode or a face.
        let byPinOnly = app.buttons["No, by PIN only"]
        if byPinOnly.waitForExistence(timeout: 3) { byPinOnly.tap() }
        comes("Your recovery code")
        main()
        comes("Your cards")
    }

    private func open(_ link: String) {
        main()
        comes("Add or show a card")
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

    private func comes(_ title: String, isWhole: Bool = true) {
        let format = isWhole ? "identifier == 'title' AND label == %@" : "identifier == 'title' AND label CONTAINS %@"
        XCTAssert(app.staticTexts.matching(NSPredicate(format: format, title)).firstMatch.waitForExistence(timeout: 20), title)
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
