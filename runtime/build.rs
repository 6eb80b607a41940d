//! Compiles the runtime to WebAssembly and hands the blob to the native crate.

fn main() {
    // The metadata hash lets offline signers check what they sign. It covers the token's symbol and
    // decimals, so they must agree with the chain properties that the node publishes.
    #[cfg(feature = "std")]
    substrate_wasm_builder::WasmBuilder::init_with_defaults()
        .enable_metadata_hash("TRIB", 12)
        .build();
}
