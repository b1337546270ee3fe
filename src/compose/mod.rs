//! The words: groups to tickets, changes to comments, the section to text.
pub mod comments;
pub mod section;
pub mod ticket;
