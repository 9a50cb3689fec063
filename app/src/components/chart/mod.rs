//! Charts: SVG from the server, coloured by class. The drawing stretches and
//! every word is HTML, so that text never shrinks; numbers stand in a table beside.

mod bar;
mod column;
mod frame;
mod heat;
mod line;
mod scale;

pub use bar::{Bar, BarRow};
pub use column::ColumnChart;
pub use frame::{Fill, Series};
pub use heat::{Heat, HeatCell, HeatGrid};
pub use line::LineChart;
