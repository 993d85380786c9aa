//! Names of networks in DIDs that mean the same chain to everybody. Whoever gave one of them to another chain would have the
//! DIDs of the one read from the other.

/// did:ethr: the networks ethr-did-resolver 11 knows (`src/config/deployments.ts`), those it names no longer included.
const ETHR: &[(&str, u64)] = &[
    ("mainnet", 1),
    ("ropsten", 3),
    ("rinkeby", 4),
    ("goerli", 5),
    ("rsk", 30),
    ("rsk:testnet", 31),
    ("kovan", 42),
    ("gno", 100),
    ("polygon", 137),
    ("energyweb", 246),
    ("ewc", 246),
    ("holesky", 17_000),
    ("linea:goerli", 59_140),
    ("volta", 73_799),
    ("polygon:test", 80_001),
    ("artis:sigma1", 246_529),
    ("artis:tau1", 246_785),
    ("sepolia", 11_155_111),
    ("aurora", 1_313_161_554),
];

/// did:meta: METADIUM's own.
const META: &[(&str, u64)] = &[("mainnet", 11), ("testnet", 12)];

/// A DID method whose identifiers name a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NetworkNames {
    Ethr,
    Meta,
}

impl NetworkNames {
    /// Whether this name means this chain, for names with a meaning of their own: a known one, or a number in hexadecimal.
    /// `None` for all others: what they mean is for the app to say.
    pub(crate) fn means(self, name: &str, chain_id: u64) -> Option<bool> {
        if let Some(("0x" | "0X", digits)) = name.split_at_checked(2) {
            return Some(u64::from_str_radix(digits, 16) == Ok(chain_id));
        }
        let known = match self {
            Self::Ethr => ETHR,
            Self::Meta => META,
        };
        let known = known
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map(|(_, number)| *number == chain_id)
    }
}

#[cfg(test)]
mod tests {
    use super::NetworkNames::{Ethr, Meta};

    #[test]
    fn a_known_name_or_number_means_its_own_chain_and_no_other() {
        for (method, name, chain_id) in [
            (Ethr, "mainnet", 1),
            (Ethr, "Mainnet", 1),
            (Ethr, "sepolia", 11_155_111),
            (Ethr, "rsk:testnet", 31),
            (Ethr, "0x7a69", 31_337),
            (Ethr, "0X7A69", 31_337),
            (Meta, "mainnet", 11),
            (Meta, "testnet", 12),
        ] {
            assert_eq!(method.means(name, chain_id), Some(true), "{name}");
            assert_eq!(method.means(name, chain_id + 1), Some(false), "{name}");
        }
        for no_number in ["0x", "0xg", "0x10000000000000000"] {
            assert_eq!(Ethr.means(no_number, 0), Some(false), "{no_number}");
        }
        for name in ["local", "testnet", "0", ""] {
            assert_eq!(Ethr.means(name, 1), None, "{name}");
        }
        assert_eq!(Meta.means("sepolia", 11_155_111), None);
    }
}
