//! How requests prove who we are: an authentication method, and everything that it needs.

mod app;
mod consent;
mod credentials;
mod method;
mod rejection;
mod session;
mod token;
mod vault;

pub use self::app::OauthApp;
pub use self::consent::ConsentedSite;
pub use self::credentials::{Credentials, Gateway, is_cloud_id};
pub(super) use self::rejection::{anonymous, check_credentials};
pub(super) use self::session::{Authorization, Session};
pub use self::token::Grant;
pub use self::vault::Vault;
