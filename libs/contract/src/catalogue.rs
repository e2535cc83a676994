//! The catalogue of events and methods, for people and programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::area::AreaRule;
use crate::options::{Department, Sensitivity};
use crate::{access, area, department, event, policy, subject};

/// The catalogue as Markdown.
pub fn markdown() -> String {
    let mut text =
        String::from("# Catalogue\n\n## Departments\n\n| Code | Department | | Clearance |\n|---|---|---|---|\n");
    for entry in department::all() {
        let level = level(entry.clearance);
        let _ = writeln!(text, "| {} | {} | {} | {level} |", entry.code, entry.zh, entry.en);
    }
    text.push_str("\n## Events\n");
    for event in event::all() {
        let _ = writeln!(
            text,
            "\n### {}\n\nSubject `{}`, body `{}`. Carried so that {}.\n",
            event.name,
            subject::event(event, "<county>"),
            event.message.full_name(),
            event.purpose
        );
        if event.grants.is_empty() {
            text.push_str("No department receives it; the services do.\n");
        }
        for grant in &event.grants {
            let condition = grant
                .when_present
                .as_ref()
                .map(|field| format!(", where `{}` is present", field.name()))
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "- {}: {} ({}){condition}",
                codes(&grant.recipients).join(", "),
                grant.purpose,
                grant.legal_basis
            );
        }
        text.push_str("\n| Field | Level |\n|---|---|\n");
        for field in event.message.fields() {
            let mark = policy::options::mark(&field).unwrap_or_default();
            let name = Sensitivity::try_from(mark.sensitivity).map_or("", level);
            let _ = writeln!(text, "| {} | {name} |", field.name());
        }
    }
    text.push_str("\n## Methods\n\n| Method | Callers | Their offices | Purpose |\n|---|---|---|---|\n");
    for (path, callers) in sorted_methods() {
        let mut who = codes(&callers.departments);
        if callers.any_department {
            who.push("any department".to_owned());
        }
        who.extend(callers.services.clone());
        who.extend(codes(&callers.emergency).into_iter().map(|code| format!("{code} in an emergency")));
        let offices = offices(path);
        let _ = writeln!(text, "| {path} | {} | {offices} | {} |", who.join(", "), callers.purpose);
    }
    text
}

/// The catalogue as one JSON object.
pub fn json() -> Value {
    json!({
        "departments": department::all().iter().map(|entry| json!({
            "code": entry.code, "zh": entry.zh, "en": entry.en,
            "clearance": level(entry.clearance), "owner": entry.owner,
        })).collect::<Vec<_>>(),
        "events": event::all().iter().map(|event| json!({
            "type": event.name,
            "subject": subject::event(event, "<county>"),
            "message": event.message.full_name(),
            "purpose": event.purpose,
            "grants": event.grants.iter().map(|grant| json!({
                "recipients": codes(&grant.recipients),
                "purpose": grant.purpose,
                "legal_basis": grant.legal_basis,
                "when_present": grant.when_present.as_ref().map(|field| field.name().to_owned()),
            })).collect::<Vec<_>>(),
            "fields": event.message.fields().map(|field| {
                let mark = policy::options::mark(&field).unwrap_or_default();
                json!({
                    "name": field.name(),
                    "sensitivity": Sensitivity::try_from(mark.sensitivity).map_or("", level),
                    "child_ref": mark.child_ref,
                })
            }).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "methods": sorted_methods().into_iter().map(|(path, callers)| json!({
            "path": path,
            "departments": codes(&callers.departments),
            "any_department": callers.any_department,
            "services": callers.services,
            "emergency": codes(&callers.emergency),
            "offices": offices(path),
            "purpose": callers.purpose,
        })).collect::<Vec<_>>(),
    })
}

/// What the offices of a department that may call a method may call it about.
fn offices(path: &str) -> &'static str {
    match area::of_method(path) {
        None | Some(AreaRule::Department) => "none",
        Some(AreaRule::City) => "all",
        Some(AreaRule::Named(_) | AreaRule::Service) => "their area",
    }
}

fn sorted_methods() -> Vec<(&'static String, &'static access::Callers)> {
    let mut methods: Vec<_> = access::methods().iter().collect();
    methods.sort_by_key(|(path, _)| path.as_str());
    methods
}

fn codes(departments: &[Department]) -> Vec<String> {
    departments.iter().map(|department| department.code().to_owned()).collect()
}

fn level(sensitivity: Sensitivity) -> &'static str {
    sensitivity.as_str_name().trim_start_matches("SENSITIVITY_")
}
