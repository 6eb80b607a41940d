//! One file for each call and role; `random` drives them all together.

mod amend_royalties;
mod amend_team;
mod auditor;
mod budgets;
mod claim;
mod claim_royalties;
mod escrow;
mod exclude;
mod forfeit;
mod freeze;
mod genesis;
mod hand_over;
mod open;
mod open_pool;
mod pay;
mod pay_held;
mod random;
mod set_rates;
mod settle;
mod settle_crew;
mod share;
mod sweep;
mod vest;
mod view;
mod withdraw;
