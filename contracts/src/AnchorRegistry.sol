// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// Roots of Merkle trees: one 32-byte value for a batch of credentials, status lists or receipts (docs/ledger.md).
///
/// What is written here can be read by everyone for ever. A root tells nothing of what is under it: each leaf is salted.
/// Who writes is who is believed: `issuer` is always the sender, so nobody needs to be let in and nobody can write for another.
contract AnchorRegistry {
    /// Slot 0: issuer => series => epoch => root. Zero: nothing was anchored.
    mapping(address => mapping(bytes32 => mapping(uint64 => bytes32))) public roots;
    /// Slot 1: issuer => series => the newest epoch. Zero: none.
    mapping(address => mapping(bytes32 => uint64)) public latest;

    event Anchored(address indexed issuer, bytes32 indexed series, uint64 indexed epoch, bytes32 root);

    error NotNext(uint64 latest);
    error NoRoot();

    /// Anchors the root of the next epoch. A root is never changed: what was proven once stays provable.
    function anchor(bytes32 series, uint64 epoch, bytes32 root) external {
        if (root == 0) revert NoRoot();
        uint64 newest = latest[msg.sender][series];
        if (epoch != newest + 1) revert NotNext(newest);
        latest[msg.sender][series] = epoch;
        roots[msg.sender][series][epoch] = root;
        emit Anchored(msg.sender, series, epoch, root);
    }
}
