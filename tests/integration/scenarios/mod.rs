//! The main job from outside: the real binary, as a step of a workflow, against the simulated services.

mod alerts;
mod asked;
mod attach;
mod both;
mod branches;
mod disconnect;
mod done;
mod event;
mod export;
mod faults;
mod filing;
mod grouping;
mod hostile;
mod killed;
mod leaks;
mod link;
mod news;
mod outputs;
mod refresh;
mod refusals;
mod sarif;
mod shop;
mod sign_in;
mod slack;
mod twins;
