use super::icon::Icon;
use super::values::Words;
use leptos::prelude::*;

/// How far an operation is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Waits for its turn.
    Queued,
    /// Is being done.
    Running,
    /// The target said yes.
    Acknowledged,
    /// A machine read it back.
    Verified,
    /// A person says so; never the same as verified.
    Attested,
    /// A person must look.
    NeedsHuman,
    /// Past its time.
    Late,
}

impl Proof {
    /// All states of an operation, in their order.
    pub const ALL: [Self; 6] = [Self::Queued, Self::Running, Self::Acknowledged, Self::Verified, Self::Attested, Self::NeedsHuman];

    /// Reads the vocabulary's word (`needs a human`, also `needs_human`); what it does not know needs a human.
    pub fn from_word(word: &str) -> Self {
        match word {
            "queued" => Self::Queued,
            "running" => Self::Running,
            "acknowledged" => Self::Acknowledged,
            "verified" => Self::Verified,
            "attested" => Self::Attested,
            _ => Self::NeedsHuman,
        }
    }

    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Acknowledged => "Acknowledged",
            Self::Verified => "Verified",
            Self::Attested => "Attested",
            Self::NeedsHuman => "Needs a human",
            Self::Late => "Late",
        }
    }

    fn class_and_icon(self) -> (&'static str, &'static str) {
        match self {
            Self::Queued => ("mark mark--queued", "m-queued"),
            Self::Running => ("mark mark--running", "m-running"),
            Self::Acknowledged => ("mark mark--ack", "m-ack"),
            Self::Verified => ("mark mark--verified", "m-verified"),
            Self::Attested => ("mark mark--attested", "m-attested"),
            Self::NeedsHuman => ("mark mark--human", "m-human"),
            Self::Late => ("mark mark--late", "warn"),
        }
    }
}

/// A proof mark. The shape says the state; colour repeats it.
#[component]
pub fn ProofMark(
    /// How far it is proven.
    state: Proof,
    /// Other words than the state's own: `Healthy`.
    #[prop(into, optional)]
    words: Words,
) -> impl IntoView {
    let (class, icon) = state.class_and_icon();
    let words = words.0.unwrap_or_else(|| state.word().to_owned());
    view! { <span class=class><Icon name=icon/>{words}</span> }.into_any()
}
