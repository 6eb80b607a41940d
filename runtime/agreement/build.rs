//! Compiles the crate to WebAssembly as the runtime is.

fn main() {
    #[cfg(feature = "std")]
    {
        // As in the runtime: arithmetic of ours that overflows stops.
        std::env::set_var(
            "WASM_BUILD_CARGO_ARGS",
            "--config profile.release.package.tributary-primitives.overflow-checks=true",
        );
        substrate_wasm_builder::WasmBuilder::init_with_defaults()
            .disable_runtime_version_section_check()
            .build();
    }
}
