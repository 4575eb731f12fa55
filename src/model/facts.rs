//! Trimmed facts about types, embedded in the binary: provider schemas, ARM property paths, and what
//! the service assumes when a property is absent.
