//! Build steps of the product.
fn main() {}
