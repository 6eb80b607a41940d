//! What each term means where it stands against something, and what to do about it: the same words in the documents, in wallets and in the
//! client.

use super::Term;

impl Term {
    /// What it means that this term stands against a model or a use.
    pub fn meaning(&self) -> &'static str {
        self.words().0
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        self.words().1
    }

    /// Both, side by side, so that no term has one without the other.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Term::NotPublished => (
                "the terms to attach are not published, or were retracted",
                "publish them first",
            ),
            Term::NotFound => ("there is no such asset", "name one that there is"),
            Term::Retired => (
                "the asset takes no descendants any more, whoever has a grant of it",
                "descend from another one",
            ),
            Term::Expired => (
                "terms have expired: an asset's own, an ancestor's, or those to attach",
                "use or descend from others, or attach terms that end later",
            ),
            Term::Stale => (
                "something has changed among the sources of the model that its own terms do not take up yet",
                "let it be refolded first, which anybody may",
            ),
            Term::Direct(_) => (
                "the asset must not be used in this way",
                "use it in a way that is among its direct uses",
            ),
            Term::Onward(_) => (
                "the model's own terms allow uses that the asset, or an ancestor of it, does not hand on",
                "attach terms whose uses, direct and onward, leave them out",
            ),
            Term::Commercial => (
                "the model's own terms are commercial, the asset or an ancestor of it is not",
                "attach terms that are not commercial",
            ),
            Term::ShareAlike => (
                "the asset, or an ancestor of it, is share-alike, and the model's own terms are not of that family",
                "attach terms of the family",
            ),
            Term::FamilyConflict => (
                "two sources are share-alike, of different families",
                "leave one of them out",
            ),
            Term::Gates => (
                "descendants would have to ask more than 8 ancestors",
                "descend from fewer whose gates are for every generation",
            ),
            Term::Grant(_) => (
                "the model's owner has no unused grant of the asset, or none for this generation",
                "acquire one, and wait for the approval if there is one",
            ),
            Term::Stack => (
                "the model would owe more than 32 royalties",
                "descend from fewer that ask for one",
            ),
            Term::Royalties => (
                "all royalties together would be more than 60 %",
                "descend from fewer, or from cheaper ones",
            ),
            Term::Repeated => (
                "two origins lead to the same asset, whatever the rounds and the uses",
                "name it once",
            ),
            Term::TooManyOrigins => (
                "there are more than 16 models, or more than 16 pools, among the origins",
                "merge or train in several steps",
            ),
            Term::EndsEarlier => (
                "the source to add ends before the model does, whose descendants were promised more",
                "claim it in a dispute, which can add it (`MissingParent`)",
            ),
            Term::AsksDescendants => (
                "the source to add, or an ancestor of it, approves descendants of every generation, and those of the model were not told",
                "claim it in a dispute, which can add it (`MissingParent`)",
            ),
        }
    }
}
