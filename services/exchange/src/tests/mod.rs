mod delivery;
mod healing;
mod service;
