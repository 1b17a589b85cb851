import RuntimeLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The members of a health answer that say who answers; all others are ignored.
struct HealthAnswer: Decodable {
    private let identity: RuntimeIdentity

    private enum Member: String, CodingKey { case generation, nonce }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        let nonce = try members.decode(String.self, forKey: .nonce)
        self.identity = RuntimeIdentity(generation: try Self.generation(members), nonce: nonce)
    }

    /// The generation; a program that copies its environment variable may write it as a text.
    private static func generation(_ members: KeyedDecodingContainer<Member>) throws -> UInt64 {
        if let number = try? members.decode(UInt64.self, forKey: .generation) { return number }
        guard let number = UInt64(try members.decode(String.self, forKey: .generation)) else {
            throw DecodingError.dataCorruptedError(forKey: .generation, in: members, debugDescription: "not a number")
        }
        return number
    }

    /// Reads the identity in the body of an answer; nil if it has none.
    static func identity(in body: [UInt8]) -> RuntimeIdentity? {
        try? JSONDecoder().decode(Self.self, from: Data(body)).identity
    }
}
