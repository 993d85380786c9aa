// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

interface Identities {
    function getEIN(address account) external view returns (uint256);
    function isResolverFor(uint256 ein, address resolver) external view returns (bool);
}

/// The public keys of addresses, for tests and the demo, in the storage layout did:meta publishes. Written for this project
/// from those facts; not METADIUM's contract.
contract PublicKeyResolver {
    uint256 private constant SIGNATURE_TIMEOUT = 1 days;

    /// Slot 0.
    Identities private identities;
    /// Slot 1: 64 bytes each, without the leading 04.
    mapping(address => bytes) private keys;

    event PublicKeyAdded(address indexed addr, uint256 indexed ein, bytes publicKey, bool delegated);
    event PublicKeyRemoved(address indexed addr, uint256 indexed ein, bool delegated);

    constructor(Identities registry) {
        identities = registry;
    }

    function addPublicKey(bytes calldata key) external {
        add(msg.sender, key, false);
    }

    /// Paid for by somebody else: the holder signs a digest only.
    function addPublicKeyDelegated(
        address associated,
        bytes calldata key,
        uint8 v,
        bytes32 r,
        bytes32 s,
        uint256 timestamp
    ) external {
        require(timestamp <= block.timestamp && block.timestamp < timestamp + SIGNATURE_TIMEOUT, "not now");
        bytes32 digest = keccak256(
            abi.encodePacked(
                bytes1(0x19),
                bytes1(0),
                address(this),
                "I authorize the addition of a public key on my behalf.",
                associated,
                key,
                timestamp
            )
        );
        require(associated != address(0) && ecrecover(digest, v, r, s) == associated, "not signed");
        add(associated, key, true);
    }

    function removePublicKey() external {
        uint256 ein = einOf(msg.sender);
        delete keys[msg.sender];
        emit PublicKeyRemoved(msg.sender, ein, false);
    }

    function getPublicKey(address account) external view returns (bytes memory) {
        return keys[account];
    }

    function add(address account, bytes calldata key, bool delegated) private {
        uint256 ein = einOf(account);
        require(key.length == 64 && address(uint160(uint256(keccak256(key)))) == account, "another's key");
        keys[account] = key;
        emit PublicKeyAdded(account, ein, key, delegated);
    }

    function einOf(address account) private view returns (uint256 ein) {
        ein = identities.getEIN(account);
        require(identities.isResolverFor(ein, address(this)), "not a resolver of this identity");
    }
}
