//! Targets that a person serves by hand: each change that is owed there is a task for them, done by their word.

mod cannot;
mod look;
mod settings;

pub use cannot::cannot_be_done;
pub(crate) use look::relation_of;
pub use look::{TaskPage, check_settles, list_my_tasks, show_task, task_file};
pub use settings::ManualSettings;
