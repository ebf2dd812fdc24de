//! Black-box tests of the layer: the cases of the public Engine.IO and Socket.IO
//! protocol suites, and what a hostile, slow or unlucky client may do. The
//! numbers (T112 …) are those of the project's list of abuse tests.

mod autobahn;
mod delivery;
mod engine;
mod hostile;
mod lifecycle;
mod limits;
mod polling;
mod slow;
mod socket;
mod support;
