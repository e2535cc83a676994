mod contracts;
mod delivery;
mod healing;
mod service;
