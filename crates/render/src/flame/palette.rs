//! The colours of frames.

use super::Palette;
use super::labels::Label;

/// A colour as it is written in SVG: `#rrggbb`.
pub(crate) type Hex = String;

/// Returns a number that follows from a text and is spread evenly: FNV-1a with a last stir.
pub(crate) fn hash(text: &str) -> u32 {
    let fnv = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let stirred = (fnv ^ (fnv >> 16)).wrapping_mul(0x85eb_ca6b);
    stirred ^ (stirred >> 13)
}

/// Returns a number from 0 to 1 that follows from a text.
fn share(text: &str) -> f64 {
    f64::from(hash(text) % 1000) / 999.0
}

/// Returns the hue of what belongs together, in degrees.
pub(crate) fn hue(group: &str) -> u32 {
    hash(group) % 360
}

impl Palette {
    /// Returns the colour of a frame; what is no function is grey.
    pub(crate) fn color(self, label: &Label) -> Hex {
        let shade = share(&label.name);
        if label.function.is_none() {
            return oklch(0.86, 0.005, 250.0);
        }
        match self {
            Palette::Module => oklch(0.78 + 0.08 * shade, 0.085 + 0.02 * shade, f64::from(hue(label.group()))),
            Palette::Warm => oklch(0.74 + 0.14 * shade, 0.12, 35.0 + 60.0 * shade),
            Palette::Cool => oklch(0.76 + 0.11 * shade, 0.08, 185.0 + 70.0 * shade),
            Palette::Green => oklch(0.74 + 0.14 * shade, 0.11, 130.0 + 30.0 * shade),
            Palette::Purple => oklch(0.74 + 0.12 * shade, 0.09, 290.0 + 40.0 * shade),
            Palette::Gray => oklch(0.76 + 0.14 * shade, 0.0, 0.0),
        }
    }
}

/// Returns the colour of what was `before` and is `after` a change: orange for more, blue for less, which
/// people tell apart who do not see red or green.
pub(crate) fn change(before: i64, after: i64) -> Hex {
    let largest = before.max(after).max(1) as f64;
    let change = ((after as f64 - before as f64) / largest).clamp(-1.0, 1.0);
    let strength = change.abs().sqrt();
    let hue = if change > 0.0 { 58.0 } else { 245.0 };
    oklch(0.93 - 0.2 * strength, 0.145 * strength, hue)
}

/// Returns a colour of the OKLCH space, in which equal steps look equal, as the nearest one of sRGB.
fn oklch(lightness: f64, chroma: f64, hue_degrees: f64) -> Hex {
    let (sin, cos) = hue_degrees.to_radians().sin_cos();
    let (a, b) = (chroma * cos, chroma * sin);
    let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let medium = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
    ];
    let [red, green, blue] = linear.map(|light: f64| {
        let gamma = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        (gamma.clamp(0.0, 1.0) * 255.0).round() as u8
    });
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_css_functions_of_this_name() {
        assert_eq!(oklch(1.0, 0.0, 0.0), "#ffffff");
        assert_eq!(oklch(0.0, 0.0, 0.0), "#000000");
        assert_eq!(oklch(0.627_955, 0.257_683, 29.234), "#ff0000");
    }

    #[test]
    fn more_is_orange_and_less_is_blue() {
        let parts = |hex: &str| [1, 3, 5].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
        let ([red, _, blue], [less_red, _, less_blue]) = (parts(&change(0, 5)), parts(&change(5, 0)));
        assert!(red > blue && less_blue > less_red);
        assert_eq!(change(7, 7), change(0, 0));
    }
}
