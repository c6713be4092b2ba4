//! Builds the crate again when a migration is added: they are embedded at compile time.

fn main() {
    println!("cargo:rerun-if-changed=src/store/migrations");
}
