import SwiftUI
import UIKit
import ViewModels

/// The app: one model for the process, one window that draws it.
@main
struct DemoApp: App {
    @State private var shown = Shown()
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            ZStack {
                AppView(screen: shown.screen, on: shown.on)
                    // Another screen begins at its top.
                    .id(shown.number)
                // The system keeps a picture of the window for its list of apps: it sees nothing but this.
                if phase != .active { Cover() }
            }
            .dressed()
            .exports(with: shown.exporter)
            .fullScreenCover(isPresented: Bindable(shown.scanner).isScanning) { ScannerView(scanner: shown.scanner).dressed() }
            .onOpenURL { shown.on(.open($0.absoluteString)) }
        }
        .onChange(of: phase) { _, phase in
            if phase == .background {
                shown.scanner.finish(nil)
                shown.exporter.finish(nil)
                shown.lock()
            }
        }
    }
}

/// What SwiftUI observes of the model.
@MainActor @Observable
final class Shown {
    private(set) var screen: Screen
    private(set) var number: Int
    let scanner = Scanner()
    let exporter = Exporter()
    @ObservationIgnored private let model: AppModel
    @ObservationIgnored private var locking: Task<Void, Never>?

    init() {
        model = AppModel(Phone.home(scanner, exporter))
        screen = model.screen
        number = model.screenNumber
        model.onChange = { [weak self] in self?.read() }
    }

    func on(_ action: Action) {
        model.on(action)
    }

    /// The app may be suspended at any moment from now on: the system is asked to wait until the wallet is locked.
    func lock() {
        let app = UIApplication.shared
        // It waits no longer: what is under way is interrupted.
        let time = app.beginBackgroundTask { [weak self] in self?.locking?.cancel() }
        locking = Task { [model] in
            await model.lock()
            app.endBackgroundTask(time)
        }
    }

    private func read() {
        screen = model.screen
        guard number != model.screenNumber else { return }
        number = model.screenNumber
        AccessibilityNotification.ScreenChanged().post()
    }
}

/// What is seen of the app while it is not in use: its name.
private struct Cover: View {
    @Environment(\.texts) private var texts
    @Environment(\.palette) private var palette

    var body: some View {
        ZStack {
            Color(palette.background).ignoresSafeArea()
            Text(texts(.appName)).font(.title.bold()).foregroundStyle(Color(palette.text))
        }
    }
}
