use std::fs::File;
use std::io::BufReader;

use anyhow::{Context as _, bail};
use evidence::file::{Known, Report, verify};

use super::evidence_arguments::VerifyArguments;
use super::import::progress;
use super::say::say;
use crate::evidence::{read_authority, read_keys};

/// Nothing is wrong with a file, and nobody said whose keys it was signed with: that is no proof yet, and no fault.
#[derive(Debug, thiserror::Error)]
#[error(
    "the file is whole, but whose keys these are is not known: compare them with the published ones, then pass --keys"
)]
pub(super) struct KeysNotKnown;

pub(super) fn run(arguments: &VerifyArguments) -> anyhow::Result<()> {
    let known = match &arguments.keys {
        None => Vec::new(),
        Some(file) => read_keys(file)?,
    };
    let authority = arguments.time_stamp_authority.as_deref().map(read_authority).transpose()?;
    let cannot = || format!("cannot read {}", arguments.file.display());
    let file = BufReader::new(File::open(&arguments.file).with_context(cannot)?);
    let bar = progress("verifying", None);
    let known = Known { keys: &known, authority: authority.as_ref() };
    let report = verify(file, known, |_| bar.inc(1));
    bar.finish_and_clear();
    let report = report.with_context(cannot)?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    if !report.is_whole() {
        bail!("the file proves nothing: {} fault(s)", report.faults.len());
    }
    if report.is_proved() { Ok(()) } else { Err(KeysNotKnown.into()) }
}

/// In both languages: who reads it sits in an office or in a court.
fn print(report: &Report) {
    for fault in &report.faults {
        let message = fault.message.map(|number| format!(", message 消息 {number}")).unwrap_or_default();
        say!("line 行 {}{message}: {}\n    {}", fault.line, fault.wrong.in_chinese(), fault.wrong);
    }
    if report.more_faults {
        say!("还有更多问题  there are more faults");
    }
    if !report.is_whole() {
        say!("\n不予认定  NOT PROVED");
        return;
    }
    let none = String::new();
    let of = |text: &Option<String>| text.as_ref().unwrap_or(&none).clone();
    say!("部门信箱  mailbox          {} ({})", report.mailbox, report.city);
    say!("消息编号  messages         {} – {}", report.first, report.last);
    say!("出示并证实  shown, proved   {}", report.messages);
    say!("未出示  withheld           {}", report.withheld);
    say!("日志可证  proved in a log   {}", report.in_log);
    say!("事实时间  decided          {} – {}", of(&report.from), of(&report.until));
    say!("检查点  checkpoints        {}, {}", report.checkpoints, of(&report.sealed_by));
    match &report.existed_by {
        None if report.time_stamps == 0 => {}
        None => {
            say!("时间戳  time-stamps        {}, 未核对 not checked: pass --time-stamp-authority", report.time_stamps)
        }
        Some(_) => say!("时间戳  time-stamps        {}, {} message(s) 消息", report.time_stamps, report.stamped),
    }
    for key in &report.keys {
        say!("公钥  public key           {key}");
    }
    let (zh, en) = if report.keys_known {
        ("已证实：内容未被改动，其间没有遗漏", "PROVED: unaltered, nothing missing in between")
    } else {
        ("文件完整；公钥未经核对", "WHOLE: the keys were not compared")
    };
    say!("\n{zh}\n{en}");
    if let Some(time) = &report.existed_by {
        let (stamped, authority) = (report.stamped, report.authorities.join("; "));
        say!("其中{stamped}条消息所述事件在 {time} 之前已存在（时间戳机构：{authority}）");
        say!("the events of {stamped} message(s) existed by {time} according to {authority}");
    }
}
