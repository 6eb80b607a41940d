//! Each call with everything that it refuses, the role given to others, and whole rounds.

mod accept_transfer;
mod advance;
mod appoint_providers;
mod commit;
mod commit_slices;
mod conclude;
mod create;
mod deliver;
mod epochs;
mod hand_over;
mod invariants;
mod journeys;
mod name_authors;
mod offer_transfer;
mod open_round;
mod pledge;
mod reclaim;
mod retire;
mod reveal;
mod snapshots;
mod text;
mod view_functions;
mod weights;
mod withdraw_consent;
mod withdraw_offer;
mod withdraw_pledge;
