//! Puts the version and the commit it was built from into the binary.

fn main() {
    // Outside a git checkout the commit is zeroes.
    substrate_build_script_utils::generate_cargo_keys();
    substrate_build_script_utils::rerun_if_git_head_changed();
}
