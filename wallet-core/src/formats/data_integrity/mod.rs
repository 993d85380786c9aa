//! Credentials secured by Data Integrity proofs (W3C vc-data-integrity): JSON-LD documents, signed as RDF.

pub mod json_ld;
pub mod rdf;
