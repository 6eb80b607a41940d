//! One file for each call, role and query.

mod acquire;
mod approve;
mod attach_datanet;
mod attach_model;
mod can_use;
mod decline;
mod invariants;
mod make_offer;
mod preparation;
mod publish;
mod quote_model;
mod relinquish;
mod retire;
mod retract;
mod sequences;
mod transfer;
