//! Who shares what comes in: teams of models and authors of contributions, as people write them.

use anyhow::Result;

use crate::{
    chain::calls::Member,
    context::{AccountName, Context},
    money::Part,
};

/// Somebody who has a part, as people write it.
#[derive(Clone, Debug)]
pub(crate) struct MemberArgument {
    account: AccountName,
    part: Part,
}

impl std::str::FromStr for MemberArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (account, part) = text.rsplit_once('=').ok_or_else(|| {
            format!("`{text}` is not a member: write ACCOUNT=PERCENT, as in dev:alice=60%")
        })?;
        let account = match account.parse() {
            Ok(account) => account,
            Err(never) => match never {},
        };
        Ok(Self {
            account,
            part: part.parse()?,
        })
    }
}

/// Those that are named, with their accounts.
pub(crate) fn team(context: &Context, members: &[MemberArgument]) -> Result<Vec<Member>> {
    members
        .iter()
        .map(|member| {
            Ok(Member {
                account: context.account(&member.account)?,
                part: member.part.0,
            })
        })
        .collect()
}
