import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// What `serve --json` prints.
struct Addresses: Decodable, Sendable {
    struct Issuer: Decodable, Sendable {
        let identifier: String
        let types: [String: String]
        let offer: String
        let change: String
        let notifications: String
    }

    struct Verifier: Decodable, Sendable {
        let request: String
        let result: String
        let dc_api_request: String
        let dc_api_response: String
    }

    struct Provider: Decodable, Sendable {
        let private_key: String
        let x5c: [String]
    }

    let issuer: Issuer
    let verifier: Verifier
    let provider: Provider
}

/// An offer: the link, and the code the holder was sent if there is one.
struct Handed: Decodable {
    let uri: String
    let tx_code: String?
}

/// A request, and the session to ask for what came of it.
struct Asked: Decodable {
    let uri: String
    let session: String
}

/// What a page hands to the platform.
struct AskedPlatform {
    let name: String
    let data: String
    let session: String
}

/// The issuer and the verifiers asked directly, for what the commands do not tell.
extension Parties {
    /// A fresh offer; `options` are members of the offer's options, as JSON.
    func handed(_ options: String = "") async throws -> Handed {
        try JSONDecoder().decode(Handed.self, from: await post(addresses.issuer.offer, "{\(options)}"))
    }

    /// What a card says from now on, as JSON: also more than fits into a command.
    func changeLarge(_ options: String) async throws {
        _ = try await post(addresses.issuer.change + "?card=resident_card", options)
    }

    /// What the wallets told the issuer about the cards they got, oldest first.
    func told() async throws -> [String] {
        let told = String(decoding: try await get(addresses.issuer.notifications), as: UTF8.self)
        return told.matches(of: /"event":"([^"]*)"/).map { String($0.1) }
    }

    /// A request with this DCQL `query`; `more` are members of the request options, each followed by a comma.
    func ask(query: String, more: String = "") async throws -> Asked {
        let made = try await post(addresses.verifier.request, #"{\#(more)"name":"bar","query":\#(query)}"#)
        return try JSONDecoder().decode(Asked.self, from: made)
    }

    /// What came of a request, as JSON.
    func learned(_ asked: Asked) async throws -> String {
        String(decoding: try await get("\(addresses.verifier.result)?session=\(asked.session)"), as: UTF8.self)
    }

    /// What a page at `origin` hands to the platform; `signing` is `unsigned` or `signed`.
    func askPlatform(_ signing: String, origin: String, mode: String = "direct_post") async throws -> AskedPlatform {
        let escaped = origin.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let url = "\(addresses.verifier.dc_api_request)?signing=\(signing)&origin=\(escaped)"
        let made = try await post(url, #"{"name":"bar","mode":"\#(mode)","query":\#(ageQuery)}"#)
        let text = String(decoding: made, as: UTF8.self)
        guard let parts = text.wholeMatch(of: /.*"protocol":"([^"]*)".*"data":(.*)},"session":"([^"]*)".*/) else {
            throw Unexpected(text)
        }
        return AskedPlatform(name: String(parts.1), data: String(parts.2), session: String(parts.3))
    }

    /// What the page learns from the bytes the platform gave it.
    func learned(_ asked: AskedPlatform, from response: Data) async throws -> String {
        let text = String(decoding: response, as: UTF8.self)
        guard let data = text.wholeMatch(of: /.*"data":(.*)}/) else { throw Unexpected(text) }
        let answer = try await post("\(addresses.verifier.dc_api_response)?session=\(asked.session)", String(data.1))
        return String(decoding: answer, as: UTF8.self)
    }

    /// A DCQL query for the age, and for these `claims` of a resident card with `more` members.
    var ageQuery: String { query(#"[{"path":["age_equal_or_over","19"]}]"#) }

    func query(_ claims: String, more: String = "") -> String {
        let type = addresses.issuer.types["resident_card"] ?? ""
        let card = #"{"id":"card","format":"dc+sd-jwt","meta":{"vct_values":["\#(type)"]},"claims":\#(claims)\#(more)}"#
        return #"{"credentials":[\#(card)]}"#
    }

    private func get(_ url: String) async throws -> Data {
        try await send(URLRequest(url: address(url)))
    }

    private func post(_ url: String, _ body: String) async throws -> Data {
        var request = URLRequest(url: try address(url))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        request.httpBody = Data(body.utf8)
        return try await send(request)
    }

    private func address(_ text: String) throws -> URL {
        guard let url = URL(string: text) else { throw Unexpected(text) }
        return url
    }

    private func send(_ request: URLRequest) async throws -> Data {
        let (data, answer) = try await URLSession.shared.data(for: request)
        guard (answer as? HTTPURLResponse)?.statusCode == 200 else { throw Unexpected(String(decoding: data, as: UTF8.self)) }
        return data
    }
}
