//! The chart: start and memory of each program.

use std::path::Path;

use anyhow::Result;
use plotters::{coord::Shift, prelude::*};

use crate::results::Results;

const SIZE: (u32, u32) = (960, 360);
/// Where a panel's bars begin, and how long the longest is, pixels.
const LEFT: i32 = 160;
const LONGEST: f64 = 220.0;
const TOP: i32 = 60;
const ROW: usize = 30;
const THICKNESS: i32 = 20;
const FUNCTION: RGBColor = RGBColor(0xb7, 0x41, 0x0e);
const OTHER: RGBColor = RGBColor(0x8a, 0x8f, 0x98);

/// A figure of every program, on a logarithmic scale.
struct Panel<'a> {
    title: &'a str,
    /// Where the scale begins.
    least: f64,
    bars: Vec<(&'static str, f64)>,
}

/// Draws the functions, and the others beside them, into an SVG file.
pub(crate) fn draw(
    results: &Results,
    functions: &[&'static str],
    others: &[&'static str],
    path: &Path,
) -> Result<()> {
    let bars = |figure: &dyn Fn(&str) -> f64| {
        let names = functions.iter().chain(others);
        names.map(|&name| (name, figure(name))).collect()
    };
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (left, right) = root.split_horizontally(SIZE.0 / 2);
    let start = Panel {
        title: "Start to first poll, ms (logarithmic)",
        least: 0.1,
        bars: bars(&|name: &str| results.start(name)),
    };
    start.draw(&left, functions)?;
    let memory = Panel {
        title: "Peak memory at first poll, MiB (logarithmic)",
        least: 0.5,
        bars: bars(&|name: &str| results.memory_at_start(name)),
    };
    memory.draw(&right, functions)?;
    root.present()?;
    Ok(())
}

impl Panel<'_> {
    fn draw(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
        functions: &[&'static str],
    ) -> Result<()> {
        let font = |size: i32| ("sans-serif", size).into_font().color(&BLACK);
        area.draw(&Text::new(self.title, (20, 20), font(16)))?;
        let longest = self.bars.iter().map(|(_, figure)| self.length(*figure));
        let longest = longest.fold(f64::MIN_POSITIVE, f64::max);
        for ((name, figure), top) in self.bars.iter().zip((TOP..).step_by(ROW)) {
            area.draw(&Text::new(*name, (20, top + 4), font(13)))?;
            let is_function = functions.contains(name);
            let color = if is_function { FUNCTION } else { OTHER };
            let length = (LONGEST * self.length(*figure) / longest).round() as i32;
            let bar = [(LEFT, top), (LEFT + length, top + THICKNESS)];
            area.draw(&Rectangle::new(bar, color.filled()))?;
            let beside = (LEFT + length + 6, top + 4);
            area.draw(&Text::new(format!("{figure:.1}"), beside, font(13)))?;
        }
        Ok(())
    }

    fn length(&self, figure: f64) -> f64 {
        (figure / self.least).log10().max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_times_as_much_is_twice_as_long_as_ten_times() {
        let mut svg = String::new();
        let panel = Panel {
            title: "figures",
            least: 1.0,
            bars: vec![("some", 10.0), ("many", 100.0)],
        };
        {
            let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            panel.draw(&area, &["some"]).unwrap();
            area.present().unwrap();
        }
        assert!(svg.contains(r#"width="110""#), "{svg}");
        assert!(svg.contains(r#"width="220""#), "{svg}");
    }
}
