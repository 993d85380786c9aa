//! A chain with the contracts of `contracts/artefacts`, and what is written on it.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::abi::{self, address};
use super::{ChainKey, Write, from_hex, hex};
use crate::peers::EvmNode;
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// A compiled contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artefact {
    /// Roots of Merkle trees.
    AnchorRegistry,
    /// ERC-1056.
    EthereumDidRegistry,
    /// Identities as of did:meta.
    IdentityRegistry,
    /// Their public keys.
    PublicKeyResolver,
}

impl Artefact {
    fn json(self) -> Result<Value> {
        let text = match self {
            Self::AnchorRegistry => {
                include_str!("../../../contracts/artefacts/AnchorRegistry.json")
            }
            Self::EthereumDidRegistry => {
                include_str!("../../../contracts/artefacts/EthereumDIDRegistry.json")
            }
            Self::IdentityRegistry => {
                include_str!("../../../contracts/artefacts/IdentityRegistry.json")
            }
            Self::PublicKeyResolver => {
                include_str!("../../../contracts/artefacts/PublicKeyResolver.json")
            }
        };
        serde_json::from_str(text).or_refuse("an artefact")
    }

    /// Keccak-256 of the code it becomes.
    ///
    /// # Errors
    /// A damaged artefact.
    pub fn code_hash(self) -> Result<String> {
        let hash = self.json()?["code_hash"].as_str().map(str::to_owned);
        hash.or_refuse("an artefact without hash")
    }
}

/// What became of one.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The block it is in.
    pub block: u64,
    /// The contract that was made.
    pub contract: Option<[u8; 20]>,
}

/// A node and everything that was written on its chain.
pub struct Chain {
    node: EvmNode,
    written: Mutex<Vec<Vec<u8>>>,
}

impl Chain {
    /// Starts a node whose chain begins at `time` (seconds since 1970). Every account may send, and has what it costs.
    ///
    /// # Errors
    /// As [`EvmNode::start`].
    pub fn start_at(time: u64) -> Result<Self> {
        let node = EvmNode::start_at(time)?;
        node.call("anvil_autoImpersonateAccount", &json!([true]))?;
        Ok(Self {
            node,
            written: Mutex::default(),
        })
    }

    /// The node.
    #[must_use]
    pub fn node(&self) -> &EvmNode {
        &self.node
    }

    /// The data of every transaction that was sent: all that anyone wrote on the chain.
    #[must_use]
    pub fn written(&self) -> Vec<Vec<u8>> {
        let written = self.written.lock();
        written.map(|all| all.clone()).unwrap_or_default()
    }

    /// Puts a contract on the chain, with an address for its constructor if it takes one.
    ///
    /// # Errors
    /// What the node answered.
    pub fn deploy(&self, artefact: Artefact, of: Option<[u8; 20]>) -> Result<[u8; 20]> {
        let artefact = artefact.json()?;
        let code = artefact["bytecode"].as_str().or_refuse("no bytecode")?;
        let mut data = from_hex(code)?;
        data.extend(abi::encode(&of.iter().map(address).collect::<Vec<_>>()));
        let from = ChainKey::of("deployer")?.address();
        let receipt = self.submit(&[Write {
            from,
            to: None,
            data,
        }])?;
        receipt
            .first()
            .and_then(|receipt| receipt.contract)
            .or_refuse("no contract was made")
    }

    /// Sends transactions, all in one block.
    ///
    /// # Errors
    /// What the node answered; a transaction that failed.
    pub fn submit(&self, writes: &[Write]) -> Result<Vec<Receipt>> {
        self.node.call("evm_setAutomine", &json!([false]))?;
        let mut hashes = Vec::new();
        for Write { from, to, data } in writes {
            self.fund(from)?;
            let mut transaction = json!({"from": hex(from), "data": hex(data), "gas": "0x2dc6c0"});
            if let Some(to) = to {
                transaction["to"] = hex(to).into();
            }
            let sent = self.node.call("eth_sendTransaction", &json!([transaction]));
            hashes.push(sent?);
            if let Ok(mut written) = self.written.lock() {
                written.push(data.clone());
            }
        }
        self.node.call("evm_mine", &json!([]))?;
        self.node.call("evm_setAutomine", &json!([true]))?;
        let receipts: Result<Vec<Receipt>> = hashes.iter().map(|hash| self.receipt(hash)).collect();
        let receipts = receipts?;
        let first = receipts.first().map(|receipt| receipt.block);
        let is_together = receipts.iter().all(|receipt| Some(receipt.block) == first);
        ensure(is_together, "the transactions are not in one block")?;
        Ok(receipts)
    }

    /// Gives an account ten ether, unless it has some already: the node's proofs of the newest block no longer hold then.
    fn fund(&self, account: &[u8; 20]) -> Result<()> {
        let asked = json!([hex(account), "latest"]);
        if self.node.call("eth_getBalance", &asked)? == "0x0" {
            let given = json!([hex(account), "0x8ac7230489e80000"]);
            self.node.call("anvil_setBalance", &given)?;
        }
        Ok(())
    }

    fn receipt(&self, hash: &Value) -> Result<Receipt> {
        let receipt = self
            .node
            .call("eth_getTransactionReceipt", &json!([hash]))?;
        ensure(
            receipt["status"] == "0x1",
            &format!("a transaction failed: {receipt}"),
        )?;
        let contract = receipt["contractAddress"]
            .as_str()
            .map(from_hex)
            .transpose()?;
        let contract: Option<[u8; 20]> = contract.and_then(|address| address.try_into().ok());
        Ok(Receipt {
            block: quantity(&receipt["blockNumber"])?,
            contract,
        })
    }

    /// The next block has this time at least, and time goes on from there.
    ///
    /// # Errors
    /// A time before that of the newest block.
    pub fn go_on_at(&self, time: u64) -> Result<()> {
        let asked = json!([time]);
        self.node
            .call("evm_setNextBlockTimestamp", &asked)
            .map(drop)
    }

    /// A block by its number, the newest without one.
    ///
    /// # Errors
    /// What the node answered.
    pub fn block(&self, number: Option<u64>) -> Result<Value> {
        let number = number.map_or("latest".to_owned(), |number| format!("{number:#x}"));
        let asked = json!([number, false]);
        let block = self.node.call("eth_getBlockByNumber", &asked)?;
        match block {
            Value::Null => Err(Refused::because("no such block")),
            block => Ok(block),
        }
    }

    /// The number of the newest block.
    ///
    /// # Errors
    /// What the node answered.
    pub fn newest(&self) -> Result<u64> {
        quantity(&self.block(None)?["number"])
    }

    /// `eth_getProof` of these slots after a block.
    ///
    /// # Errors
    /// What the node answered.
    pub fn proof(&self, contract: &[u8; 20], slots: &[[u8; 32]], block: u64) -> Result<Value> {
        let slots: Vec<String> = slots.iter().map(|slot| hex(slot)).collect();
        let asked = json!([hex(contract), slots, format!("{block:#x}")]);
        self.node.call("eth_getProof", &asked)
    }
}

pub(super) fn quantity(value: &Value) -> Result<u64> {
    let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
    let digits = digits.or_refuse("not a number")?;
    u64::from_str_radix(digits, 16).or_refuse("not a number")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::abi::word;
    use super::super::{keccak, raw_header, raw_receipt};
    use super::*;

    #[test]
    fn identities_and_anchors_are_written_and_headers_are_those_the_chain_hashes() {
        let time = crate::unix_now();
        let chain = Chain::start_at(time - 60).unwrap();
        let identities = chain.deploy(Artefact::IdentityRegistry, None).unwrap();
        let keys = chain
            .deploy(Artefact::PublicKeyResolver, Some(identities))
            .unwrap();
        let anchors = chain.deploy(Artefact::AnchorRegistry, None).unwrap();
        let city = ChainKey::of("city").unwrap();
        let create = Write::create_identity(identities, &[keys], &city, time - 60).unwrap();
        chain.submit(&[create]).unwrap();
        let add = Write::add_public_key(keys, &city, time - 60).unwrap();
        let root = [0x77; 32];
        let anchor = |epoch| Write::anchor(anchors, city.address(), [1; 32], epoch, root);
        let receipts = chain.submit(&[add, anchor(1)]).unwrap();
        assert!(chain.submit(&[anchor(1)]).is_err());

        let block = receipts[1].block;
        let header = chain.block(Some(block)).unwrap();
        assert_eq!(hex(&keccak(&raw_header(&header).unwrap())), header["hash"]);
        let asked = json!([format!("{block:#x}")]);
        let listed = chain.node().call("eth_getBlockReceipts", &asked).unwrap();
        assert_eq!(listed.as_array().unwrap().len(), 2);
        assert_eq!(raw_receipt(&listed[0]).unwrap()[0], 2);

        // roots[city][1…][1]: slot 0, three mappings.
        let slot = keccak(&[word(&city.address()), [0; 32]].concat());
        let slot = keccak(&[[1; 32], slot].concat());
        let slot = keccak(&[word(&[1]), slot].concat());
        let proof = chain.proof(&anchors, &[slot], block).unwrap();
        assert_eq!(proof["storageProof"][0]["value"], hex(&root));
        assert_eq!(
            proof["codeHash"],
            Artefact::AnchorRegistry.code_hash().unwrap()
        );
    }
}
