//! The command line.

use crate::commands::selecting::{self, Select};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use wallet_core::presentation::{MemberKind, TransactionDataType};

/// A holder wallet in a terminal, for people who build or test issuers and verifiers.
#[derive(Parser)]
#[command(name = "wallet", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The rules issuers and verifiers are held to.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Profile {
    /// OpenID4VCI 1.0 and OpenID4VP 1.0.
    Standard,
    /// The high assurance interoperability profile (HAIP 1.0).
    Haip,
}

impl From<Profile> for wallet_core::profile::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Standard => Self::Standard,
            Profile::Haip => Self::Haip,
        }
    }
}

/// What `--profile` names: the rules of issuers and verifiers, or for `resolve` a chain.
#[derive(Clone)]
pub(crate) enum ProfileOption {
    /// Rules by their name.
    Rules(Profile),
    /// A file with a chain profile.
    Chain(PathBuf),
}

impl ProfileOption {
    fn parse(text: &str) -> Result<Self, String> {
        match Profile::from_str(text, false) {
            Ok(rules) => Ok(Self::Rules(rules)),
            Err(_) if text.is_empty() => Err("no name".to_owned()),
            Err(_) => Ok(Self::Chain(text.into())),
        }
    }
}

/// `urn:example:payment=amount,payee,reference?`
fn transaction_type(text: &str) -> Result<TransactionDataType, String> {
    let (id, members) = text.split_once('=').ok_or("expected TYPE=MEMBER,…")?;
    if id.is_empty() {
        return Err("no type".to_owned());
    }
    let known = TransactionDataType::new(id);
    members
        .split(',')
        .try_fold(known, |known, member| match member.strip_suffix('?') {
            _ if member.is_empty() || member == "?" => Err("a member without a name".to_owned()),
            Some(name) => Ok(known.optional(name, MemberKind::Text)),
            None => Ok(known.required(member, MemberKind::Text)),
        })
}

/// Options of every command.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder of the store.
    #[arg(long, global = true, value_name = "DIR", env = "WALLET_STORE")]
    pub(crate) store: Option<PathBuf>,
    /// A root certificate for issuers and verifiers (PEM; may be repeated).
    #[arg(long, global = true, value_name = "PEM")]
    pub(crate) trust_anchor: Vec<PathBuf>,
    /// An issuer whose keys are believed as its web site lists them (may be repeated).
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) web_issuer: Vec<String>,
    /// The DID of an issuer to trust (may be repeated).
    #[arg(long, global = true, value_name = "DID")]
    pub(crate) issuer_did: Vec<String>,
    /// The DID of a verifier to trust (may be repeated).
    #[arg(long, global = true, value_name = "DID")]
    pub(crate) verifier_did: Vec<String>,
    /// A host whose word for a did:web document is enough, with `:PORT` where it is not 443 (may be repeated).
    #[arg(long, global = true, value_name = "HOST")]
    pub(crate) did_web_host: Vec<String>,
    /// Trust only these roots for TLS instead of the public web's (PEM; may be repeated).
    #[arg(long, global = true, value_name = "PEM")]
    pub(crate) tls_ca: Vec<PathBuf>,
    /// Allow plain http to this machine. For tests only.
    #[arg(long, global = true)]
    pub(crate) allow_loopback_http: bool,
    /// A type of transaction data to take, with its members as text (may be repeated; `?` after one that may be absent).
    #[arg(long, global = true, value_name = "TYPE=MEMBER[?],…", value_parser = transaction_type)]
    pub(crate) transaction_type: Vec<TransactionDataType>,
    /// The rules issuers and verifiers are held to: standard or haip. For `resolve`: a file with the profile of a chain.
    #[arg(long, global = true, value_name = "standard|haip|FILE", default_value = "standard", value_parser = ProfileOption::parse)]
    pub(crate) profile: ProfileOption,
    /// Print one JSON document on stdout, and errors as JSON on stderr.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Append a line per network request to this file, values left out.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// Read the passphrase from this file (its first line) instead of asking.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Unlock with a PIN from this file (its first line). Needs --insecure-software-key.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        requires = "insecure_software_key",
        conflicts_with = "passphrase_file"
    )]
    pub(crate) pin_file: Option<PathBuf>,
    /// Keep the "hardware" key in this file. INSECURE: whoever has the file and the store can try all PINs.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) insecure_software_key: Option<PathBuf>,
    /// Unlock with the recovery code from this file (its first line).
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["pin_file", "passphrase_file"])]
    pub(crate) recovery_code_file: Option<PathBuf>,
    /// Who this wallet is to authorization servers that do not allow anonymous access (OAuth client_id).
    #[arg(long, global = true, value_name = "ID", default_value = "wallet-cli")]
    pub(crate) client_id: String,
    /// Where browsers are sent back to after an authorization; `wallet resume` takes the link.
    #[arg(
        long,
        global = true,
        value_name = "URI",
        default_value = "wallet-cli:/issued"
    )]
    pub(crate) redirect_uri: String,
    /// Preferred languages, best first (BCP 47).
    #[arg(
        long,
        global = true,
        value_name = "TAGS",
        default_value = "en",
        value_delimiter = ','
    )]
    pub(crate) locale: Vec<String>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a store and print its recovery code, once.
    Init,
    /// Receive a credential from an offer (a link, or what a QR code says).
    Receive {
        /// The credential offer.
        offer: String,
        /// The transaction code the issuer gave you another way.
        #[arg(long, value_name = "C")]
        tx_code: Option<String>,
        #[command(flatten)]
        keeping: Keeping,
    },
    /// Begin to receive credentials from an issuer without an offer. Prints the address to open in the browser.
    Discover {
        /// The issuer: its Credential Issuer Identifier.
        issuer: String,
        /// The credential configurations wanted: their ids at this issuer.
        #[arg(required = true)]
        configurations: Vec<String>,
    },
    /// Go on receiving with the link the browser was sent back to.
    Resume {
        /// The link.
        redirect: String,
        #[command(flatten)]
        keeping: Keeping,
    },
    /// List the cards issuers promised for later, or ask for one of them.
    Deferred {
        /// The one to ask for. It is not asked for before its time.
        id: Option<String>,
        /// Do not wait for it any more.
        #[arg(long, requires = "id")]
        forget: bool,
        /// How often a copy may be shown: once, rotating, or a number.
        #[arg(long, value_name = "POLICY", default_value = "rotating", value_parser = reuse_policy)]
        reuse: Reuse,
        /// Ask for the passphrase or PIN at each showing.
        #[arg(long)]
        auth_each_showing: bool,
    },
    /// List the cards.
    List,
    /// Show one card with its claims.
    Show {
        /// The card, or the beginning of its id.
        id: String,
    },
    /// Ask the issuers' status lists whether cards were revoked or suspended, and print what is known.
    Status {
        /// One card, or the beginning of its id; all cards otherwise.
        id: Option<String>,
        /// Ask nobody: print what was known before.
        #[arg(long)]
        offline: bool,
    },
    /// Delete a card with its copies and keys. The issuer is not told.
    Delete {
        /// The card, or the beginning of its id.
        id: String,
    },
    /// Say which cards are to be renewed, and when to ask again. Asks nobody.
    Due,
    /// Renew a card by its issuer: refill its copies, or have it issued again. Shows what changed and asks.
    Renew {
        /// The card, or the beginning of its id.
        id: String,
        /// Keep it without asking, changed or not.
        #[arg(long)]
        yes: bool,
        /// Take this new offer of the same card instead, where its issuer gave no way to renew it.
        #[arg(long, value_name = "OFFER")]
        offer: Option<String>,
        /// The transaction code of that offer.
        #[arg(long, value_name = "C", requires = "offer")]
        tx_code: Option<String>,
    },
    /// Parse and verify a credential in a file without storing it.
    Inspect {
        /// The file.
        file: PathBuf,
    },
    /// Answer a verifier's request.
    Present {
        /// The request (a link, or what a QR code says); with --dc-api a file with the request data (JSON).
        request: String,
        /// The request is one of the Digital Credentials API, called by this origin (`https://verifier.example`). The
        /// answer is printed instead of sent.
        #[arg(long, value_name = "ORIGIN", requires = "protocol")]
        dc_api: Option<String>,
        /// The protocol of the Digital Credentials API, e.g. `openid4vp-v1-signed`.
        #[arg(long, value_name = "P", requires = "dc_api")]
        protocol: Option<String>,
        /// Approve without asking.
        #[arg(long)]
        approve: bool,
        /// Answer a query with this card (may be repeated), `/SET`: with the verifier's claim set of this number.
        #[arg(long, value_name = "QUERY=ID[/SET]", value_parser = selecting::parse)]
        select: Vec<Select>,
    },
    /// Find the document of a DID and say step by step what shows that it is that. No store is needed.
    Resolve {
        /// The DID.
        did: String,
        /// A server of the ledger to ask for proofs (JSON-RPC; may be repeated; the next is asked where one fails). Needs a
        /// chain profile: --profile FILE. Servers that have to agree stand in the profile.
        #[arg(long, value_name = "URL")]
        rpc: Vec<String>,
        /// A signed checkpoint, with inclusion proofs of earlier blocks where they are needed.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// The block after which the document is asked for, instead of now. It is then never current.
        #[arg(long, value_name = "BLOCK")]
        at: Option<u64>,
    },
    /// What was received, shown and declined.
    History,
    /// Change the passphrase. The recovery code changes too: the new one is printed once.
    ChangePassphrase {
        /// Read the new passphrase from this file (its first line) instead of asking.
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Change the PIN.
    ChangePin {
        /// Read the new PIN from this file (its first line) instead of asking.
        #[arg(long, value_name = "FILE")]
        new_pin_file: Option<PathBuf>,
    },
    /// Print all claims and the history as JSON. Asks for the passphrase or PIN again.
    Export,
    /// Erase the store.
    Erase {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// A citizen's day with an issuer, verifiers and phishing sites on this machine.
    Demo {
        /// Issuers whose keys stand on a chain of this machine, and five lies of a server about it, instead.
        #[arg(long)]
        chain: bool,
        /// Write down what happened on the chain, for machines that cannot start one.
        #[arg(long, value_name = "FILE", requires = "chain")]
        record: Option<PathBuf>,
    },
}

/// How received cards are kept.
#[derive(clap::Args)]
pub(crate) struct Keeping {
    /// How many copies to ask for.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(crate) count: u16,
    /// How often a copy may be shown: once, rotating, or a number.
    #[arg(long, value_name = "POLICY", default_value = "rotating", value_parser = reuse_policy)]
    pub(crate) reuse: Reuse,
    /// Ask for the passphrase or PIN at each showing.
    #[arg(long)]
    pub(crate) auth_each_showing: bool,
}

/// How often a copy may be shown.
#[derive(Clone, Copy)]
pub(crate) enum Reuse {
    Once,
    Limited(u32),
    Rotating,
}

fn reuse_policy(text: &str) -> Result<Reuse, String> {
    match text {
        "once" => Ok(Reuse::Once),
        "rotating" => Ok(Reuse::Rotating),
        number => match number.parse() {
            Ok(times) if times > 0 => Ok(Reuse::Limited(times)),
            _ => Err("say `once`, `rotating` or a number above 0".to_owned()),
        },
    }
}
