//! `tributary model add-parent`: a source that was left out when the model was registered.

use anyhow::Result;
use subxt::utils::Static;
use tributary_primitives::{
    assets::RoyaltyStack,
    licences::{Origin, Refusal},
};

use super::register::sum;
use crate::{
    chain::calls::AddParent, commands::licence::refused_call, context::Context,
    origin::origin_text, output::Output,
};

pub(super) async fn add_parent(context: &Context, model: u32, origin: Origin) -> Result<Output> {
    let (chain, key) = context.connect_to_sign().await?;
    let state = chain.newest().await?;
    // Says more than an extrinsic's error does, and costs no fee.
    let arguments = (model, Static(origin));
    let answer: Static<Result<RoyaltyStack, Refusal>> =
        state.view("Licensing", "check_source", arguments).await?;
    let stack = answer
        .0
        .map_err(|refusal| refused_call("Models.add_parent", &refusal))?;
    let call = AddParent {
        model,
        source: Static(origin),
        // What it brings now is all that is agreed to: it can come to owe more meanwhile.
        royalties_at_most: sum(&stack),
    };
    let included = chain.submit(&key, call).await?;
    Ok(Output::new(included.json()?).line(format!(
        "Model {model} is {} as well {}.",
        origin_text(&origin),
        included.place()
    )))
}
