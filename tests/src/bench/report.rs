use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use super::curve::{Curve, MOST};

/// What a ratio is held against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Rates: the ratio, or the figure itself, must be at least `must`.
    AtLeast {
        /// Must hold.
        must: f64,
        /// Aim.
        aim: f64,
    },
    /// Times and sizes: it must be at most `must`.
    AtMost {
        /// Must hold.
        must: f64,
        /// Aim.
        aim: f64,
    },
}

/// One figure beside its limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What was measured.
    pub what: String,
    /// Our median.
    pub ours: f64,
    /// The limit's median in the same run; nothing where the target is an absolute figure.
    pub limit: Option<f64>,
    /// What both are counted in.
    pub unit: &'static str,
    /// The target of the ratio, or of `ours` where there is no limit; nothing for a figure that is only told.
    pub target: Option<Target>,
    /// Our single measurements.
    pub ours_runs: Vec<f64>,
    /// The limit's.
    pub limit_runs: Vec<f64>,
}

impl Line {
    /// The figure that the target is about.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.limit.map_or(self.ours, |limit| self.ours / limit)
    }

    /// `aim`, `holds` or `MISSED`; empty where there is no target.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        let (holds, aims) = match self.target {
            None => return "",
            Some(Target::AtLeast { must, aim }) => (self.ratio() >= must, self.ratio() >= aim),
            Some(Target::AtMost { must, aim }) => (self.ratio() <= must, self.ratio() <= aim),
        };
        match (holds, aims) {
            (true, true) => "aim",
            (true, false) => "holds",
            (false, _) => "MISSED",
        }
    }
}

/// All figures of a run, with the machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Processors, model, memory, versions.
    pub machine: Vec<(String, String)>,
    /// The figures.
    pub lines: Vec<Line>,
    /// How times grow with the city.
    pub curves: Vec<Curve>,
}

impl Report {
    /// As tables for people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut parts = Vec::new();
        if !self.lines.is_empty() {
            parts.push(self.figures().to_string());
        }
        if !self.curves.is_empty() {
            parts.push(self.growth().to_string());
        }
        let machine: Vec<_> = self.machine.iter().map(|(what, value)| format!("{what}: {value}")).collect();
        parts.push(machine.join(" · "));
        parts.join("\n")
    }

    fn figures(&self) -> Table {
        let mut table = Table::new();
        table.set_header(["", "ours", "limit", "", "ratio", "must", "aim", ""]);
        for line in &self.lines {
            let [must, aim] = match line.target {
                None => [String::new(), String::new()],
                Some(Target::AtLeast { must, aim }) => [must, aim].map(|target| format!("≥ {}", figure(target))),
                Some(Target::AtMost { must, aim }) => [must, aim].map(|target| format!("≤ {}", figure(target))),
            };
            table.add_row([
                line.what.clone(),
                figure(line.ours),
                line.limit.map_or(String::new(), figure),
                line.unit.to_owned(),
                line.limit.map_or(String::new(), |_| format!("{:.2}", line.ratio())),
                must,
                aim,
                line.verdict().to_owned(),
            ]);
        }
        for column in [1, 2, 4, 5, 6] {
            table.column_mut(column).expect("the table has eight columns").set_cell_alignment(CellAlignment::Right);
        }
        table
    }

    /// A row for each curve, a column for each size.
    fn growth(&self) -> Table {
        let sizes: Vec<usize> = self
            .curves
            .first()
            .map_or_else(Vec::new, |curve| curve.points.iter().map(|point| point.children).collect());
        let mut table = Table::new();
        let mut header = vec!["children".to_owned()];
        header.extend(sizes.iter().map(usize::to_string));
        header.extend(["", "to n log n", "must", ""].map(str::to_owned));
        table.set_header(header);
        for curve in &self.curves {
            let mut row = vec![curve.what.clone()];
            row.extend(curve.points.iter().map(|point| figure(point.value)));
            let (exponent, must) = match curve.exponent() {
                None => (String::new(), String::new()),
                Some(exponent) => (format!("^{exponent:.2}"), format!("≤ ^{MOST:.2}")),
            };
            row.extend([curve.unit.to_owned(), exponent, must, curve.verdict().to_owned()]);
            table.add_row(row);
        }
        for column in (1..=sizes.len()).chain(sizes.len() + 2..sizes.len() + 4) {
            table.column_mut(column).expect("every row has them").set_cell_alignment(CellAlignment::Right);
        }
        table
    }
}

fn figure(value: f64) -> String {
    match value {
        value if value >= 1000.0 => format!("{value:.0}"),
        value if value >= 20.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}
