//! Transactions: what is written into which contract.

use super::ChainKey;
use super::abi::{Argument, address, call, number, word};
use super::keccak;
use crate::refused::Result;

/// A transaction to be sent.
#[derive(Clone, Debug)]
pub struct Write {
    pub(super) from: [u8; 20],
    pub(super) to: Option<[u8; 20]>,
    pub(super) data: Vec<u8>,
}

/// A did:meta identity as its holder signs it and somebody else pays for it: the identity, then its public key.
impl Write {
    /// `createIdentityDelegated`.
    ///
    /// # Errors
    /// Never in practice.
    pub fn create_identity(
        registry: [u8; 20],
        resolvers: &[[u8; 20]],
        key: &ChainKey,
        time: u64,
    ) -> Result<Self> {
        let own = key.address();
        let provider = ChainKey::of("provider")?.address();
        let padded: Vec<u8> = [provider]
            .iter()
            .chain(resolvers)
            .flat_map(|one| word(one))
            .collect();
        let digest = delegated(
            registry,
            "I authorize the creation of an Identity on my behalf.",
            &[&own, &own, &padded],
            time,
        );
        let (v, r, s) = key.sign_digest(&digest);
        let arguments = [
            address(&own),
            address(&own),
            Argument::Words(vec![word(&provider)]),
            Argument::Words(resolvers.iter().map(|one| word(one)).collect()),
            number(v.into()),
            Argument::Word(r),
            Argument::Word(s),
            number(time),
        ];
        let signature = "createIdentityDelegated(address,address,address[],address[],uint8,bytes32,bytes32,uint256)";
        Ok(Self {
            from: provider,
            to: Some(registry),
            data: call(signature, &arguments),
        })
    }

    /// `addPublicKeyDelegated`.
    ///
    /// # Errors
    /// Never in practice.
    pub fn add_public_key(resolver: [u8; 20], key: &ChainKey, time: u64) -> Result<Self> {
        let digest = delegated(
            resolver,
            "I authorize the addition of a public key on my behalf.",
            &[&key.address(), &key.public_key()],
            time,
        );
        let (v, r, s) = key.sign_digest(&digest);
        let arguments = [
            address(&key.address()),
            Argument::Bytes(key.public_key()),
            number(v.into()),
            Argument::Word(r),
            Argument::Word(s),
            number(time),
        ];
        let signature = "addPublicKeyDelegated(address,bytes,uint8,bytes32,bytes32,uint256)";
        Ok(Self {
            from: ChainKey::of("provider")?.address(),
            to: Some(resolver),
            data: call(signature, &arguments),
        })
    }

    /// A root of the issuer's, under the next epoch of a series.
    #[must_use]
    pub fn anchor(
        registry: [u8; 20],
        issuer: [u8; 20],
        series: [u8; 32],
        epoch: u64,
        root: [u8; 32],
    ) -> Self {
        let arguments = [Argument::Word(series), number(epoch), Argument::Word(root)];
        Self {
            from: issuer,
            to: Some(registry),
            data: call("anchor(bytes32,uint64,bytes32)", &arguments),
        }
    }

    /// ERC-1056: a public key of the identity (`did/pub/Secp256k1/veriKey/hex` and the like), for so many seconds.
    #[must_use]
    pub fn set_attribute(
        registry: [u8; 20],
        identity: [u8; 20],
        name: &str,
        value: &[u8],
        seconds: u64,
    ) -> Self {
        let arguments = [
            address(&identity),
            Argument::Word(text_word(name)),
            Argument::Bytes(value.to_vec()),
            number(seconds),
        ];
        Self {
            from: identity,
            to: Some(registry),
            data: call("setAttribute(address,bytes32,bytes,uint256)", &arguments),
        }
    }

    /// ERC-1056: the attribute holds no more.
    #[must_use]
    pub fn revoke_attribute(
        registry: [u8; 20],
        identity: [u8; 20],
        name: &str,
        value: &[u8],
    ) -> Self {
        let arguments = [
            address(&identity),
            Argument::Word(text_word(name)),
            Argument::Bytes(value.to_vec()),
        ];
        Self {
            from: identity,
            to: Some(registry),
            data: call("revokeAttribute(address,bytes32,bytes)", &arguments),
        }
    }
}

/// The digest of ERC-1484: 0x19 0x00, the contract, a text, the arguments, the time.
fn delegated(contract: [u8; 20], text: &str, arguments: &[&[u8]], time: u64) -> [u8; 32] {
    let parts = [
        &[0x19, 0],
        &contract[..],
        text.as_bytes(),
        &arguments.concat(),
    ];
    keccak(&[&parts.concat()[..], &word(&time.to_be_bytes())].concat())
}

/// A text at the left end of a word.
fn text_word(text: &str) -> [u8; 32] {
    let mut word = [0; 32];
    for (place, byte) in word.iter_mut().zip(text.bytes()) {
        *place = byte;
    }
    word
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{from_hex, hex};
    use super::*;

    /// METADIUM's own registry took this digest and signature (test-fixtures/vectors/korea, did-meta-eip1186-anvil).
    #[test]
    fn the_signed_digest_is_the_one_metadiums_contract_took() {
        let fixed = |text: &str| from_hex(text).unwrap().try_into().unwrap();
        let registry: [u8; 20] = fixed("0x5fbdb2315678afecb367f032d93f642f64180aa3");
        let own: [u8; 20] = fixed("0xcfd31afff25b2260ea15ef59f2d5d7dfe8c13511");
        let members = [
            "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
            "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512",
            "0x9fe46736679d2d9a65f0992f2272de9f3c7fa6e0",
        ];
        let padded: Vec<u8> = members
            .iter()
            .flat_map(|member| word(&from_hex(member).unwrap()))
            .collect();
        let text = "I authorize the creation of an Identity on my behalf.";
        let digest = delegated(registry, text, &[&own, &own, &padded], 1_795_289_763);
        let published = "0x5e8b922316b05adfef05f2ecc847462079e8e972659466421e4dfb3c81fad63e";
        assert_eq!(hex(&digest), published);
    }
}
