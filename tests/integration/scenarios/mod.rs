//! The main job from outside: the real binary, as a step of a workflow, against the simulated services.

mod alerts;
mod asked;
mod both;
mod branches;
mod disconnect;
mod doctor;
mod done;
mod event;
mod faults;
mod fields;
mod filing;
mod grouping;
mod hostile;
mod killed;
mod leaks;
mod life;
mod news;
mod outputs;
mod refresh;
mod refusals;
mod routes;
mod sarif;
mod shop;
mod sign_in;
mod twins;
