//! Packs the data under `rules/` into the forms that the program embeds. Each kind of data is one
//! function; each writes one file into the build folder.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads the data and writes what it packs"
)]
#![expect(
    unreachable_pub,
    reason = "files shared with the program are public there"
)]

mod build {
    pub(crate) mod facts;
    pub(crate) mod json;
    pub(crate) mod lens;
    pub(crate) mod rules;
    pub(crate) mod when;
}
#[path = "src/model/facts/absence.rs"]
mod absence;
#[path = "src/model/facts/arm.rs"]
#[expect(dead_code, reason = "the program reads what is only written here")]
mod arm;
#[path = "src/rule/schema.rs"]
mod rule_schema;
#[path = "src/model/facts/schema.rs"]
#[expect(dead_code, reason = "the program reads what is only written here")]
mod schema;
#[path = "src/model/shape.rs"]
mod shape;
#[path = "src/model/facts/store.rs"]
#[expect(dead_code, reason = "the program reads what is only written here")]
mod store;

/// The schema of a lens stands in the program beside the facts that it borrows from.
#[path = "src/lang/terraform/lens"]
mod lens_files {
    #[path = "schema.rs"]
    #[expect(dead_code, reason = "the program reads what is only written here")]
    pub(crate) mod schema;
    mod facts {
        pub(crate) use crate::schema::{Scalar, shared};
    }
}
use lens_files::schema as lens;

use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let rules = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("rules");
    for folder in [
        "build",
        "build.rs",
        "src/model/facts",
        "src/rule/schema.rs",
        "src/model/shape.rs",
        "src/lang/terraform/lens/schema.rs",
        "rules",
    ] {
        println!("cargo::rerun-if-changed={folder}");
    }
    build::facts::schemas(&rules)?;
    build::facts::arm_types(&rules)?;
    build::facts::absences(&rules)?;
    build::facts::aliases(&rules)?;
    build::rules::rules(&rules)?;
    build::rules::shapes(&rules)?;
    build::lens::lenses(&rules)?;
    Ok(())
}

/// Writes `bytes` to `name` in the build folder.
fn write(name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join(name);
    std::fs::write(out, bytes)?;
    Ok(())
}

/// The text of `path`, with the path in the error.
fn read(path: &Path) -> Result<String, Box<dyn Error>> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
