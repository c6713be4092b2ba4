//! What importing promises: what each format becomes, what is dropped and why, and that the counts add up.

mod bad_input;
mod fixture;
mod fuzz;
mod history;
mod playlists;
mod privacy;
mod published;
mod requests;
mod tables;
