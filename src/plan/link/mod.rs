//! `link` and `unlink`: a person says which ticket stands for findings. The ticket's own text stays as it
//! is; only casefile's marks on it change. A finding is linked to one ticket at most.

mod chosen;
mod linking;
mod marks;
mod moved;

pub use self::chosen::Which;
pub use crate::plan::link::linking::{LinkPlan, link, questions, unlink};
pub use crate::plan::link::moved::held;
