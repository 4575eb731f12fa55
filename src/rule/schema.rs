//! The rule file as it is written. Used by the build script too, so it depends on serde alone.
