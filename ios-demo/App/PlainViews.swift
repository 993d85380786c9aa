import SwiftUI
import ViewModels

struct StartingView: View {
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.appName)) {}
    }
}

struct WelcomeView: View {
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.welcomeTitle)) {
            FactLine(Fact(Phrase.welcomeLocal(), .good))
            FactLine(Fact(Phrase.welcomeConsent(), .good))
            FactLine(Fact(Phrase.welcomeLeast(), .good))
            MainButton(texts(.begin)) { on(.agree) }
        }
    }
}

struct RecoveryCodeView: View {
    let screen: Screen.WrittenCode
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.recoveryTitle)) {
            Text(texts(.recoveryText))
            Part(texts(.recoveryTitle)) {
                ForEach(Array(screen.groups.indices), id: \.self) { place in
                    // Drawing needs a string: this one lives as long as the screen.
                    Text(String(decoding: screen.groups[place], as: UTF8.self))
                        // Letter by letter: it is no word.
                        .speechSpellsOutCharacters()
                        .font(.title2.monospaced())
                        .frame(maxWidth: .infinity)
                }
            }
            .modifier(HiddenWhileCaptured())
            MainButton(texts(.recoveryWritten)) { on(.agree) }
        }
    }
}

struct QuestionView: View {
    let screen: Screen.Question
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(screen.title)) {
            ForEach(screen.lines, id: \.self) { Text(texts($0)) }
            MainButton(texts(screen.yes)) { on(.agree) }
            OtherButton(texts(screen.no)) { on(.refuse) }
        }
    }
}

struct WorkingView: View {
    let screen: Screen.Working
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(screen.what)) {
            // The title says it.
            ProgressView().frame(maxWidth: .infinity).padding(.vertical, 16).accessibilityHidden(true)
            if screen.canCancel { OtherButton(texts(.cancel)) { on(.back) } }
        }
    }
}

struct SettingsView: View {
    let screen: Screen.Settings
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(.settingsTitle), onBack: { on(.back) }) {
            ForEach(screen.lines.indices, id: \.self) { place in
                let line = screen.lines[place]
                Panel {
                    Text(texts(line.advice))
                    OtherButton(texts(line.title)) { on(line.action) }
                }
            }
        }
    }
}

struct TroubleView: View {
    let screen: Screen.Trouble
    let on: (Action) -> Void
    @Environment(\.texts) private var texts

    var body: some View {
        Page(title: texts(screen.problem.title)) {
            Notice(screen.problem.advice, .bad)
            if !screen.problem.code.isEmpty { Quiet(texts(.errorCode, .words(.given(screen.problem.code)))) }
            if screen.canRepeat { MainButton(texts(.again)) { on(.again) } }
            OtherButton(texts(.close)) { on(.back) }
        }
    }
}
