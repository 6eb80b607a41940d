//! Compiles the runtime to WebAssembly and hands the blob to the native crate.

/// Our own crates in the blob: the runtime, and a crate for each folder of `pallets`.
#[cfg(feature = "std")]
fn own_crates() -> Vec<String> {
    let folders = std::fs::read_dir("../pallets").expect("the pallets lie beside the runtime");
    let mut own: Vec<_> = folders
        .map(|folder| folder.expect("it can be listed").file_name())
        .map(
            |name| match name.to_str().expect("crates have plain names") {
                "primitives" => "tributary-primitives".to_owned(),
                pallet => format!("pallet-{pallet}"),
            },
        )
        .collect();
    own.push("tributary-runtime".to_owned());
    own.sort();
    own
}

fn main() {
    println!("cargo::rerun-if-env-changed=TRIBUTARY_RUNTIME_FEATURES");
    // The metadata hash lets offline signers check what they sign. It covers the token's symbol and
    // decimals, so they must agree with the chain properties that the node publishes.
    #[cfg(feature = "std")]
    {
        // The builder has a profile of its own: arithmetic of ours that overflows must stop there as it does in tests.
        let checked: Vec<_> = own_crates()
            .iter()
            .map(|own| format!("--config profile.release.package.{own}.overflow-checks=true"))
            .collect();
        std::env::set_var("WASM_BUILD_CARGO_ARGS", checked.join(" "));
        let mut builder = substrate_wasm_builder::WasmBuilder::init_with_defaults()
            .enable_metadata_hash("TRIB", 12);
        // `scripts/bench/weights` measures a blob with benchmarks in it: features of the blob alone, so that nothing native is compiled anew.
        let features = std::env::var("TRIBUTARY_RUNTIME_FEATURES").unwrap_or_default();
        for feature in features.split_whitespace() {
            builder = builder.enable_feature(feature);
        }
        builder.build();
    }
}
