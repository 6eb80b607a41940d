//! Why a command did not do what it was asked, and the exit code that says so.

use std::fmt;

use serde_json::{json, Value};

/// The chain refused an extrinsic.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Refusal {
    /// The call, as `Pallet.call`.
    pub(crate) call: String,
    /// The error, as `Pallet::Error`, or what kind of refusal it was where no pallet has refused.
    pub(crate) error: String,
    /// What the error's documentation says.
    pub(crate) doc: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was refused: {}", self.call, self.error)?;
        let mut lines = self.doc.lines();
        lines.try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for Refusal {}

/// A command was given something that cannot be meant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Misuse(pub(crate) String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Returns early: the command was misused.
macro_rules! misuse {
    ($($text:tt)*) => {
        return Err($crate::failure::Misuse(format!($($text)*)).into())
    };
}
pub(crate) use misuse;

/// Exit code of a command that the chain refused.
const REFUSED: u8 = 1;
/// Exit code of a command that was misused; also that of an argument that clap refuses.
const MISUSED: u8 = 2;
/// Exit code of everything else: no connection, a full disk, data that contradict the chain.
const FAILED: u8 = 3;

/// The exit code that an error stands for.
pub(crate) fn exit_code(error: &anyhow::Error) -> u8 {
    if error.downcast_ref::<Refusal>().is_some() {
        REFUSED
    } else if error.downcast_ref::<Misuse>().is_some() {
        MISUSED
    } else {
        FAILED
    }
}

/// An error for people.
pub(crate) fn text(error: &anyhow::Error) -> String {
    format!("error: {error:#}")
}

/// An error for programs.
pub(crate) fn object(error: &anyhow::Error) -> Value {
    let mut object = json!({ "message": format!("{error:#}"), "code": exit_code(error) });
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        object["call"] = refusal.call.clone().into();
        object["error"] = refusal.error.clone().into();
        object["doc"] = refusal.doc.clone().into();
    }
    json!({ "error": object })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    fn refusal() -> Refusal {
        Refusal {
            call: "Datanets.commit".into(),
            error: "Datanets::WrongPhase".into(),
            doc: "The round is in another phase.".into(),
        }
    }

    #[test]
    fn a_refusal_names_the_call_the_error_and_its_doc() {
        let error = anyhow::Error::from(refusal());
        assert_eq!(
            text(&error),
            "error: Datanets.commit was refused: Datanets::WrongPhase\n  The round is in another phase."
        );
    }

    #[test]
    fn a_refusal_stays_a_refusal_under_context() {
        let error = Err::<(), _>(refusal())
            .context("committing a contribution")
            .unwrap_err();
        assert_eq!(exit_code(&error), REFUSED);
        assert_eq!(object(&error)["error"]["error"], "Datanets::WrongPhase");
        assert!(text(&error).starts_with("error: committing a contribution: Datanets.commit was"));
    }

    #[test]
    fn misuse_and_other_failures_have_codes_of_their_own() {
        assert_eq!(exit_code(&Misuse("no such file".into()).into()), MISUSED);
        assert_eq!(exit_code(&anyhow::anyhow!("connection closed")), FAILED);
    }
}
