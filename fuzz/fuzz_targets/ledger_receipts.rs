#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| wallet_oracles::parsers::run("ledger_receipts", input));
