//! What the fuzz targets check; each module tells what must hold for any input of its stage.

#[path = "../../fixtures/acting.rs"]
mod acting;
pub mod addresses;
pub mod configuration;
pub mod growth;
pub mod readers;
pub mod renderers;
pub mod section;
pub mod text;
pub mod webhook;
#[path = "../../fixtures/words.rs"]
mod words;
