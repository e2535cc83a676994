//! One CEL expression: parsed, checked, and computed.

mod check;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};

use cel::common::ast::{Expr, IdedExpr, SourceInfo};
use cel::{Context, Env, ExecutionError, ParseErrors, Value};

use crate::error::Problem;
use check::Checker;
pub(crate) use check::{Names, Type};

/// Brackets that may stand inside one another.
const MAX_NESTING: u16 = 32;
/// Operators and functions that may stand inside one another: evaluation and this crate walk them by recursion.
const MAX_DEPTH: usize = 32;
/// What the parser needs for [`MAX_NESTING`] levels without optimisation, several times over.
const PARSER_STACK: usize = 64 << 20;

/// CEL's standard functions and macros.
static STANDARD: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));
/// No macros: it leaves `exists` and `all` as the calls that they are written as, which is what is checked.
static AS_WRITTEN: LazyLock<Env> = LazyLock::new(Env::default);

/// A condition whose names and kinds have been checked.
pub(crate) struct Expression {
    tree: IdedExpr,
    /// The facts and definitions that it refers to, as they stand there: `child.age`, `it.dead`.
    names: BTreeSet<String>,
}

/// What is wrong with an expression, and in which of its lines, from 0.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) line: usize,
    pub(crate) problem: Problem,
}

/// A computation that failed. What CEL says of it would contain the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A number grew beyond 64 bits.
    Overflow,
    /// Anything else, which the checks exclude.
    Library,
}

impl Expression {
    /// The condition that `text` says, over the facts and definitions of `names`.
    ///
    /// Call it on a thread of [`with_deep_stack`].
    pub(crate) fn parse(text: &str, names: &dyn Names) -> Result<Self, Refused> {
        let chars = text.chars().count();
        if chars > crate::MAX_EXPRESSION_CHARS {
            return Err(Refused { line: 0, problem: Problem::TooLong { chars } });
        }
        // The parser has panicked on broken input before (cel-rust issue 305); a rule file must not bring a service down.
        let parse = |env: &Env| {
            let parser = env.parser().max_recursion_depth(MAX_NESTING);
            match catch_unwind(AssertUnwindSafe(|| parser.parse_with_source_info(text))) {
                Ok(parsed) => parsed.map_err(|errors| refused(&errors)),
                Err(_) => Err(Refused { line: 0, problem: Problem::Library }),
            }
        };
        let (written, source) = parse(&AS_WRITTEN)?;
        if depth(&written) > MAX_DEPTH {
            return Err(Refused { line: 0, problem: Problem::TooDeep });
        }
        let mut checker = Checker::new(names);
        match checker.type_of(&written) {
            Ok(Type::BOOL) => {}
            Ok(found) => return Err(Refused { line: 0, problem: Problem::NotBool { found: found.to_string() } }),
            Err((node, problem)) => return Err(Refused { line: line_of(node, text, &source), problem }),
        }
        let (tree, _) = parse(&STANDARD)?;
        Ok(Self { tree, names: checker.into_names() })
    }

    /// The names of facts and definitions that it refers to, as they stand there.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether the condition holds in `context`.
    pub(crate) fn holds(&self, context: &Context<'_, '_>) -> Result<bool, Failure> {
        match Value::resolve(&self.tree, context) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Err(ExecutionError::Overflow(..)) => Err(Failure::Overflow),
            Ok(_) | Err(_) => Err(Failure::Library),
        }
    }
}

/// An empty context in which expressions can be computed.
pub(crate) fn context<'v>() -> Context<'static, 'v> {
    Context::with_env(STANDARD.clone())
}

/// Runs `work` where the parser cannot overflow its stack; `None` if it panics, or no thread can be had.
pub(crate) fn with_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("rules".to_owned()).stack_size(PARSER_STACK);
        thread.spawn_scoped(scope, work).ok()?.join().ok()
    })
}

fn refused(errors: &ParseErrors) -> Refused {
    let too_deep = errors.errors.iter().any(|error| error.msg.contains("Recursion limit"));
    let Some(first) = errors.errors.first().filter(|_| !too_deep) else {
        return Refused { line: 0, problem: Problem::TooDeep };
    };
    let number = |number: isize| usize::try_from(number).unwrap_or(1).max(1);
    let message = first.msg.trim_start_matches("Syntax error: ");
    // What could stand there instead is two dozen signs.
    let message = message.split_once(" expecting {").map_or(message, |(message, _)| message).to_owned();
    let (line, column) = first.pos;
    Refused { line: number(line) - 1, problem: Problem::Syntax { column: number(column), message } }
}

/// How many levels of operators, functions and selections an expression has.
fn depth(expression: &IdedExpr) -> usize {
    let deepest = |parts: &mut dyn Iterator<Item = &IdedExpr>| parts.map(depth).max().unwrap_or(0);
    1 + match &expression.expr {
        Expr::Call(call) => deepest(&mut call.target.as_deref().into_iter().chain(&call.args)),
        Expr::Select(select) => depth(&select.operand),
        Expr::List(list) => deepest(&mut list.elements.iter()),
        // The rest is refused by the checker without a look inside.
        _ => 0,
    }
}

/// The line of a part within the expression, from 0.
fn line_of(node: u64, text: &str, source: &SourceInfo) -> usize {
    let start = source.offset_for(node).map_or(0, |(start, _)| usize::try_from(start).unwrap_or(0));
    text.chars().take(start).filter(|sign| *sign == '\n').count()
}
