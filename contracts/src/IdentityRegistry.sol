// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// An identity registry for tests and the demo: the storage layout and the signed texts that did:meta publishes
/// (ERC-1484), and only as much of it as they need. Written for this project from those facts; not METADIUM's contract.
contract IdentityRegistry {
    struct AddressSet {
        address[] members;
        mapping(address => uint256) places;
    }

    struct Identity {
        address recovery;
        AddressSet associated;
        AddressSet providers;
        AddressSet resolvers;
    }

    uint256 private constant SIGNATURE_TIMEOUT = 1 days;

    /// Slot 0.
    mapping(uint256 => Identity) private identities;
    /// Slot 1.
    mapping(address => uint256) private einOf;
    /// Slot 2.
    uint256 public nextEIN = 1;

    event IdentityCreated(
        address indexed initiator,
        uint256 indexed ein,
        address recoveryAddress,
        address associatedAddress,
        address[] providers,
        address[] resolvers,
        bool delegated
    );
    event AssociatedAddressRemoved(address indexed initiator, uint256 indexed ein, address removedAddress, bool delegated);

    function createIdentity(address recovery, address[] calldata providers, address[] calldata resolvers)
        external
        returns (uint256)
    {
        return create(recovery, msg.sender, providers, resolvers, false);
    }

    /// Paid for by somebody else: the holder signs a digest only.
    function createIdentityDelegated(
        address recovery,
        address associated,
        address[] calldata providers,
        address[] calldata resolvers,
        uint8 v,
        bytes32 r,
        bytes32 s,
        uint256 timestamp
    ) external returns (uint256) {
        require(timestamp <= block.timestamp && block.timestamp < timestamp + SIGNATURE_TIMEOUT, "not now");
        bytes32 digest = keccak256(
            abi.encodePacked(
                bytes1(0x19),
                bytes1(0),
                address(this),
                "I authorize the creation of an Identity on my behalf.",
                recovery,
                associated,
                providers,
                resolvers,
                timestamp
            )
        );
        require(associated != address(0) && ecrecover(digest, v, r, s) == associated, "not signed");
        return create(recovery, associated, providers, resolvers, true);
    }

    /// An address gives itself up, and with it its key. Without any the identity is deleted.
    function removeAssociatedAddress() external {
        uint256 ein = einOf[msg.sender];
        require(ein != 0, "no identity");
        delete einOf[msg.sender];
        remove(identities[ein].associated, msg.sender);
        emit AssociatedAddressRemoved(msg.sender, ein, msg.sender, false);
    }

    function getEIN(address account) external view returns (uint256) {
        require(einOf[account] != 0, "no identity");
        return einOf[account];
    }

    function isResolverFor(uint256 ein, address resolver) external view returns (bool) {
        return identities[ein].resolvers.places[resolver] != 0;
    }

    function getIdentity(uint256 ein)
        external
        view
        returns (address, address[] memory, address[] memory, address[] memory)
    {
        Identity storage identity = identities[ein];
        return (
            identity.recovery, identity.associated.members, identity.providers.members, identity.resolvers.members
        );
    }

    function create(
        address recovery,
        address associated,
        address[] calldata providers,
        address[] calldata resolvers,
        bool delegated
    ) private returns (uint256 ein) {
        require(einOf[associated] == 0, "has an identity");
        ein = nextEIN++;
        einOf[associated] = ein;
        Identity storage identity = identities[ein];
        identity.recovery = recovery;
        add(identity.associated, associated);
        for (uint256 i = 0; i < providers.length; i++) add(identity.providers, providers[i]);
        for (uint256 i = 0; i < resolvers.length; i++) add(identity.resolvers, resolvers[i]);
        emit IdentityCreated(msg.sender, ein, recovery, associated, providers, resolvers, delegated);
    }

    function add(AddressSet storage set, address member) private {
        if (set.places[member] != 0) return;
        set.members.push(member);
        set.places[member] = set.members.length;
    }

    function remove(AddressSet storage set, address member) private {
        uint256 place = set.places[member];
        address last = set.members[set.members.length - 1];
        set.members[place - 1] = last;
        set.places[last] = place;
        delete set.places[member];
        set.members.pop();
    }
}
