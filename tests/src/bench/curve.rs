use serde::Serialize;

/// A thing's time while the city grows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// What was measured.
    pub what: String,
    /// What the values are counted in.
    pub unit: &'static str,
    /// What is held against n log n; nothing for a curve that is only told.
    pub share: Option<Share>,
    /// The times, by size.
    pub points: Vec<Point>,
}

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// How many children the city has.
    pub children: usize,
    /// The median.
    pub value: f64,
}

/// What a whole city asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// It is asked for each child by itself: the time for all of them is held against n log n.
    Each,
    /// One answer is about all children of some place: its time is held against n log n.
    Whole,
}

/// The work of a whole city may grow as n log n to this power. What is above one is noise: over a hundredfold growth it is
/// a quarter.
pub const MOST: f64 = 1.05;

impl Curve {
    /// The exponent with which the work of a whole city grows against n log n, by least squares: 1 is n log n itself.
    /// Nothing for a curve that is only told, or of one point.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of children are far below 2^52")]
    pub fn exponent(&self) -> Option<f64> {
        let share = self.share?;
        let at = |point: &Point| {
            let n = point.children as f64;
            let work = match share {
                Share::Each => n * point.value,
                Share::Whole => point.value,
            };
            ((n * n.ln()).ln(), work.ln())
        };
        let points: Vec<(f64, f64)> = self.points.iter().map(at).collect();
        let count = points.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
        let together: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
        (spread > 0.0).then(|| together / spread)
    }

    /// `holds` or `MISSED`; empty where there is nothing to hold.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match self.exponent() {
            None => "",
            Some(exponent) if exponent <= MOST => "holds",
            Some(_) => "MISSED",
        }
    }

    /// The last point, for whoever waits.
    #[must_use]
    pub fn latest(&self) -> String {
        self.points.last().map_or_else(String::new, |point| format!("{} {:.2} {}", self.what, point.value, self.unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(share: Share, value: fn(f64) -> f64) -> Curve {
        let point = |children: u32| Point { children: children as usize, value: value(f64::from(children)) };
        let points = [20_000, 63_000, 200_000, 632_000, 2_000_000].map(point).into();
        Curve { what: "a search".to_owned(), unit: "ms", share: Some(share), points }
    }

    #[test]
    fn the_exponent_is_that_of_n_log_n() {
        let close = |curve: &Curve, to: f64| (curve.exponent().unwrap() - to).abs() < 0.01;
        assert!(close(&curve(Share::Whole, |n| n * n.ln()), 1.0));
        assert!(close(&curve(Share::Each, f64::ln), 1.0));
        assert!(close(&curve(Share::Whole, |n| (n * n.ln()).powi(2)), 2.0));
        assert_eq!(curve(Share::Each, |_| 3.0).verdict(), "holds");
        assert_eq!(curve(Share::Whole, |n| 0.1 + n).verdict(), "holds");
        assert_eq!(curve(Share::Each, f64::sqrt).verdict(), "MISSED");
    }

    #[test]
    fn one_point_is_no_curve() {
        let mut curve = curve(Share::Each, f64::ln);
        curve.points.truncate(1);
        assert_eq!((curve.exponent(), curve.verdict()), (None, ""));
        assert!(curve.latest().contains("9.90 ms"));
    }
}
