// Memory is read by way of Linux's own files.
#if os(Linux)

import CitizenWallet
import CitizenWalletFFI
import Foundation
import Glibc
import Testing

@Suite("Copies of secrets", .timeLimit(.minutes(1)))
struct WipeTests {
    @Test("Of bytes that crossed to the library and back and were wiped here, nothing stays in memory")
    func crossed() throws {
        let memory = Memory()
        var shared = Data(count: 32)
        for place in shared.indices { shared[place] = .random(in: 0...255) }
        memory.lookFor(shared)
        #expect(try memory.copies() > 0)
        var output = try agreementOutput(input: Data(count: 32), shared: shared)
        shared.wipe()
        #expect(try memory.copies() == 0)
        memory.lookFor(output)
        #expect(try memory.copies() > 0)
        output.wipe()
        #expect(try memory.copies() == 0)
    }
}

/// What this process can write to, but for what this object has itself.
private final class Memory {
    private let own = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)

    deinit { own.deallocate() }

    /// 32 bytes.
    func lookFor(_ bytes: Data) {
        own.copyBytes(from: bytes)
    }

    /// How often the bytes are there.
    func copies() throws -> Int {
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        let memory = open("/proc/self/mem", O_RDONLY)
        defer { close(memory) }
        return maps.split(separator: "\n").filter { $0.contains(" rw") }.reduce(0) { found, line in
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            return found + copies(in: memory, from: ends[0], to: ends[1])
        }
    }

    private func copies(in memory: Int32, from first: UInt, to end: UInt) -> Int {
        let (needle, room) = (own[..<32], UnsafeMutableRawBufferPointer(rebasing: own[32...]))
        let mine = UInt(bitPattern: own.baseAddress)..<UInt(bitPattern: own.baseAddress) + UInt(own.count)
        var (found, at) = (0, first)
        while at < end {
            let read = pread(memory, room.baseAddress, min(room.count, Int(end - at)), off_t(at))
            guard read >= needle.count else { break }
            for place in places(of: needle, in: room.prefix(read)) where !mine.contains(at + UInt(place)) { found += 1 }
            // One that lies across two pieces is in the next.
            at += UInt(read == Int(end - at) ? read : read - needle.count + 1)
        }
        return found
    }

    private func places(of needle: Slice<UnsafeMutableRawBufferPointer>, in room: Slice<UnsafeMutableRawBufferPointer>) -> [Int] {
        let (needle, room) = (UnsafeRawBufferPointer(rebasing: needle), UnsafeRawBufferPointer(rebasing: room))
        guard let base = room.baseAddress, let sought = needle.baseAddress else { return [] }
        var (places, at) = ([Int](), 0)
        while let next = memchr(base + at, Int32(needle[0]), room.count - needle.count + 1 - at) {
            let place = UnsafeRawPointer(next) - base
            if memcmp(next, sought, needle.count) == 0 { places.append(place) }
            at = place + 1
        }
        return places
    }
}

#endif
