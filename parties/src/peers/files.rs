//! The peers' keys and certificates as files.

use std::path::{Path, PathBuf};

use crate::encoding::random_token;
use crate::pki::{CertificateAuthority, Leaf, LeafProfile};
use crate::refused::{OrRefuse, Result};

/// A throw-away PKI in a folder of its own, which is removed on drop. Give the issuer and the verifier the same: the verifier
/// trusts what the issuer's authority certified.
pub struct PeerPki {
    dir: PathBuf,
    authority: CertificateAuthority,
    anchor_pem: String,
}

impl PeerPki {
    /// Makes fresh keys.
    pub fn generate() -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("wallet-peers-{}", random_token()?));
        let authority = Self::write(&dir)?;
        let anchor_pem = authority.pem()?;
        Ok(Self {
            dir,
            authority,
            anchor_pem,
        })
    }

    /// Writes `ca.pem` and certificate (`.pem`) and key (`.p8`) of `issuer`, `verifier` and `tls` into `dir`, and returns the
    /// authority over all three.
    pub fn write(dir: &Path) -> Result<CertificateAuthority> {
        std::fs::create_dir_all(dir).or_refuse("cannot make the folder")?;
        let authority = CertificateAuthority::generate("Test IACA")?;
        let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect();
        let issuer = LeafProfile::Issuer {
            common_name: "Test Document Signer".into(),
            uri: Some("http://localhost".into()),
        };
        let verifier = LeafProfile::Verifier {
            common_name: "Test Verifier".into(),
            dns_names: names(&["verifier.localhost", "localhost"]),
        };
        let tls = LeafProfile::Tls {
            dns_names: names(&["localhost", "verifier.localhost"]),
        };
        write_leaf(dir, "issuer", &authority.issue_leaf(&issuer)?)?;
        write_leaf(dir, "verifier", &authority.issue_leaf(&verifier)?)?;
        write_leaf(dir, "tls", &authority.issue_leaf(&tls)?)?;
        write_file(dir, "ca.pem", &authority.pem()?)?;
        Ok(authority)
    }

    /// The authority, to certify more parties that the peers trust.
    pub fn authority(&self) -> &CertificateAuthority {
        &self.authority
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The anchor of both peers, in PEM: what a wallet must trust for issuers and for verifiers.
    pub fn anchor_pem(&self) -> &str {
        &self.anchor_pem
    }
}

impl Drop for PeerPki {
    fn drop(&mut self) {
        // What remains is in the temporary folder.
        let _removed = std::fs::remove_dir_all(&self.dir);
    }
}

fn write_leaf(dir: &Path, name: &str, leaf: &Leaf) -> Result<()> {
    write_file(dir, &format!("{name}.p8"), &leaf.key.pkcs8_pem()?)?;
    write_file(dir, &format!("{name}.pem"), &leaf.chain_pem()?)
}

fn write_file(dir: &Path, name: &str, text: &str) -> Result<()> {
    std::fs::write(dir.join(name), text).or_refuse("cannot write the PKI")
}
