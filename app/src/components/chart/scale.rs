//! The scale at the side: four steps of a round number.

/// The drawing's width and height; the browser stretches it.
pub(super) const WIDTH: f64 = 440.0;
pub(super) const HEIGHT: f64 = 136.0;

/// The least round number that four equal round steps reach and that holds the
/// greatest value.
pub(super) fn top(greatest: f64) -> f64 {
    if greatest.is_nan() || greatest <= 0.0 {
        return 4.0;
    }
    let step = greatest / 4.0;
    let power = 10f64.powf(step.log10().floor());
    let round = [1.0, 2.0, 2.5, 3.0, 5.0, 7.5, 10.0].map(|factor| factor * power);
    let step = round.into_iter().find(|round| *round >= step - 1e-9).unwrap_or(10.0 * power);
    // Counts have no halves: below four, steps of one.
    if greatest <= 4.0 && greatest.fract() == 0.0 { 4.0 } else { step * 4.0 }
}

/// A number as it is read on the scale.
pub(super) fn read(number: f64) -> String {
    if number.fract().abs() < 1e-9 { crate::components::count(number as i128) } else { format!("{number:.1}") }
}

/// Where a value is drawn.
pub(super) fn y(value: f64, top: f64) -> f64 {
    HEIGHT - value.clamp(0.0, top) / top * HEIGHT
}

/// The lines behind.
pub(super) fn grid() -> String {
    let mut lines = String::new();
    for at in 0..5 {
        let class = if at == 4 { "c-grid c-base" } else { "c-grid" };
        lines.push_str(&format!("<path class=\"{class}\" d=\"M0 {}H{WIDTH}\"/>", f64::from(at) * HEIGHT / 4.0));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_round_and_holds_the_greatest() {
        assert_eq!(top(0.0), 4.0);
        assert_eq!(top(3.0), 4.0);
        assert_eq!(top(93.0), 100.0);
        assert_eq!(top(104.0), 120.0);
        assert_eq!(top(1_214.0), 2_000.0);
        assert_eq!(top(f64::NAN), 4.0);
        for greatest in 1..5_000 {
            let greatest = f64::from(greatest);
            let top = top(greatest);
            assert!(top >= greatest && top <= greatest * 4.0, "{greatest} {top}");
        }
    }
}
