//! The main job from outside: the real binary, as a step of a workflow, against the simulated services.

mod asked;
mod branches;
mod done;
mod event;
mod export;
mod faults;
mod filing;
mod grouping;
mod hostile;
mod killed;
mod news;
mod outputs;
mod refusals;
mod sarif;
mod shop;
mod twins;
