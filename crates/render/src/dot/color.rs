//! The colours of both looks.

/// Red, green and blue, each from 0 to 1.
type Rgb = [f64; 3];

/// Returns a colour as `#rrggbb`.
fn hex([red, green, blue]: Rgb) -> String {
    let byte = |part: f64| (part.clamp(0.0, 1.0) * 255.0) as u8;
    format!("#{:02x}{:02x}{:02x}", byte(red), byte(green), byte(blue))
}

/// Returns the strong and the pale colour of a share in pprof's look, from grey over yellow to red; blue where the
/// share is negative, since not everybody can tell red from green.
pub(super) fn pprof(share: f64) -> [String; 2] {
    [(1.0, 0.7), (0.1, 0.93)].map(|(saturation, value)| hex(pprof_rgb(share, saturation, value)))
}

fn pprof_rgb(share: f64, mut saturation: f64, value: f64) -> Rgb {
    // Below this share, colours fade to grey.
    const FADING: f64 = 0.2;
    let share = if share.is_finite() { share.clamp(-1.0, 1.0) } else { 0.0 };
    if share.abs() < FADING {
        saturation *= share.abs() / FADING;
    }
    let strength = share.abs().powf(0.3);
    let (full, least) = (value, value * (1.0 - saturation));
    let middle = value * (1.0 - saturation * strength);
    if share >= 0.0 { [full, middle, least] } else { [least, middle, full] }
}

/// Returns the fill of a share in gprof2dot's look: from dark blue over green to red.
pub(super) fn gprof2dot(share: f64) -> String {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let between = |least: f64, most: f64| least + share * (most - least);
    hex(hsl(between(2.0 / 3.0, 0.0), between(0.8, 1.0), between(0.25, 0.5)))
}

/// Returns the fill of a change in gprof2dot's look: from blue for less over grey to red for more.
pub(super) fn gprof2dot_change(change: f64) -> String {
    let change = if change.is_finite() { change.clamp(-1.0, 1.0) } else { 0.0 };
    let strength = change.abs().powf(0.5);
    let hue = if change < 0.0 { 2.0 / 3.0 } else { 0.0 };
    hex(hsl(hue, 0.85 * strength, 0.35 + 0.1 * strength))
}

/// Returns the colour of a hue, a saturation and a lightness, each from 0 to 1.
fn hsl(hue: f64, saturation: f64, lightness: f64) -> Rgb {
    let chroma = (1.0 - (2.0 * lightness - 1.0).abs()) * saturation;
    let sector = hue.rem_euclid(1.0) * 6.0;
    let second = chroma * (1.0 - (sector % 2.0 - 1.0).abs());
    let rgb = match sector as u8 {
        0 => [chroma, second, 0.0],
        1 => [second, chroma, 0.0],
        2 => [0.0, chroma, second],
        3 => [0.0, second, chroma],
        4 => [second, 0.0, chroma],
        _ => [chroma, 0.0, second],
    };
    rgb.map(|part| part + lightness - chroma / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_go_from_grey_to_red_and_less_is_blue() {
        assert_eq!(pprof(0.0), ["#b2b2b2", "#ededed"]);
        assert_eq!(pprof(1.0), ["#b20000", "#edd5d5"]);
        assert_eq!(pprof(-1.0), ["#0000b2", "#d5d5ed"]);
        assert_eq!(pprof(f64::NAN), pprof(0.0));
    }

    #[test]
    fn gprof2dot_goes_from_dark_blue_to_red() {
        assert_eq!([gprof2dot(0.0), gprof2dot(1.0)], ["#0c0c72", "#ff0000"]);
        assert_eq!(gprof2dot_change(0.0), "#595959");
    }
}
