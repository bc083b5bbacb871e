//! Builds the server anew when the browser's half was: its files are inside the program.

fn main() {
    println!("cargo::rerun-if-changed=../target/site/manifest.json");
}
