//! One file for each call, role and query; what the document says of refusals, and of what is enforced.

mod acquire;
mod add_source;
mod approve;
mod attach_datanet;
mod attach_model;
mod can_use;
mod conclude;
mod contest;
mod decline;
mod enforcement;
mod invariants;
mod make_offer;
mod preparation;
mod publish;
mod quote_model;
mod refold;
mod refusals;
mod relinquish;
mod reserve;
mod retire;
mod retract;
mod sequences;
mod transfer;
