//! From arguments, configuration and environment to what a command works with.

pub(crate) mod callback;
pub(crate) mod configuration;
pub(crate) mod connect;
pub(crate) mod credentials;
pub(crate) mod held;
pub(crate) mod identity;
pub(crate) mod origin;
pub(crate) mod prepare;
pub(crate) mod state;
pub(crate) mod watchdog;
