//! Whether every name is known and every operator fits its operands, before anything is computed.

use std::collections::BTreeSet;
use std::fmt;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators as op};

use crate::error::Problem;
use crate::vocabulary::{Kind, is_word};

/// What a part of an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    One(Scalar),
    List(Scalar),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Bool,
    Int,
    Text,
}

/// The names that an expression may use.
pub(crate) trait Names {
    /// What stands under a name such as `child.age`.
    ///
    /// # Errors
    /// Why nothing does.
    fn type_of(&self, name: &str) -> Result<Type, Problem>;

    /// Whether a variable of this name would hide something.
    fn is_taken(&self, word: &str) -> bool;
}

/// A refused part, by its number in the tree.
type Refusal = (u64, Problem);

/// Walks one expression.
pub(super) struct Checker<'n> {
    known: &'n dyn Names,
    used: BTreeSet<String>,
    /// The variable of the `exists` or `all` that the walk is inside of.
    variable: Option<(String, Scalar)>,
}

impl Type {
    pub(crate) const BOOL: Self = Self::One(Scalar::Bool);
    const INT: Self = Self::One(Scalar::Int);
    const TEXT: Self = Self::One(Scalar::Text);
}

impl<'n> Checker<'n> {
    pub(super) fn new(known: &'n dyn Names) -> Self {
        Self { known, used: BTreeSet::new(), variable: None }
    }

    /// The names of facts and definitions that the walk has met.
    pub(super) fn into_names(self) -> BTreeSet<String> {
        self.used
    }

    pub(super) fn type_of(&mut self, part: &IdedExpr) -> Result<Type, Refusal> {
        match &part.expr {
            Expr::Ident(_) | Expr::Select(_) => self.name(part),
            Expr::Literal(LiteralValue::Boolean(_)) => Ok(Type::BOOL),
            Expr::Literal(LiteralValue::Int(_)) => Ok(Type::INT),
            Expr::Literal(LiteralValue::String(_)) => Ok(Type::TEXT),
            Expr::List(list) if list.optional_indices.is_empty() => self.list(part.id, &list.elements),
            Expr::Call(call) => self.call(part.id, call),
            _ => Err((part.id, Problem::Literal)),
        }
    }

    fn name(&mut self, part: &IdedExpr) -> Result<Type, Refusal> {
        let Some(name) = dotted(part) else {
            return Err((part.id, Problem::Function { name: ".".to_owned() }));
        };
        if let Some((variable, scalar)) = &self.variable
            && *variable == name
        {
            return Ok(Type::One(*scalar));
        }
        let found = self.known.type_of(&name).map_err(|problem| (part.id, problem))?;
        self.used.insert(name);
        Ok(found)
    }

    fn list(&mut self, id: u64, elements: &[IdedExpr]) -> Result<Type, Refusal> {
        let [first, rest @ ..] = elements else {
            return Err((id, Problem::Literal));
        };
        let Type::One(scalar) = self.type_of(first)? else {
            return Err((first.id, Problem::Literal));
        };
        for element in rest {
            self.expect(element, Type::One(scalar), "[…]", "elements of one kind")?;
        }
        Ok(Type::List(scalar))
    }

    fn call(&mut self, id: u64, call: &CallExpr) -> Result<Type, Refusal> {
        let name = call.func_name.as_str();
        let shown = spelling(name);
        match (name, call.target.as_deref(), call.args.as_slice()) {
            (op::LOGICAL_AND | op::LOGICAL_OR | op::LOGICAL_NOT, None, operands) => {
                self.expect_all(operands, Type::BOOL, shown, "bools")?;
                Ok(Type::BOOL)
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, None, operands) => {
                self.expect_all(operands, Type::INT, shown, "whole numbers")?;
                Ok(Type::BOOL)
            }
            (op::EQUALS | op::NOT_EQUALS, None, [one, other]) => {
                let Type::One(scalar) = self.type_of(one)? else {
                    return Err(operands(one.id, shown, "bools, whole numbers or texts", "a list"));
                };
                self.expect(other, Type::One(scalar), shown, "two values of one kind")?;
                Ok(Type::BOOL)
            }
            (op::IN, None, [one, list]) => {
                let expected = "a value and a list of such values";
                match (self.type_of(one)?, self.type_of(list)?) {
                    (Type::One(scalar), Type::List(of)) if scalar == of => Ok(Type::BOOL),
                    (one, list) => Err(operands(id, shown, expected, format!("{one} and {list}"))),
                }
            }
            (op::ADD | op::SUBSTRACT | op::MULTIPLY | op::NEGATE, None, operands) => {
                self.expect_all(operands, Type::INT, shown, "whole numbers")?;
                Ok(Type::INT)
            }
            (op::DIVIDE | op::MODULO, None, [dividend, divisor]) => {
                self.expect(dividend, Type::INT, shown, "whole numbers")?;
                match &divisor.expr {
                    Expr::Literal(LiteralValue::Int(divisor)) if *divisor.inner() != 0 => Ok(Type::INT),
                    _ => Err((divisor.id, Problem::Divisor)),
                }
            }
            (op::CONDITIONAL, None, [condition, one, other]) => {
                self.expect(condition, Type::BOOL, shown, "a bool before the question mark")?;
                let found = self.type_of(one)?;
                self.expect(other, found, shown, "two values of one kind")?;
                Ok(found)
            }
            ("size", None, [measured]) | ("size", Some(measured), []) => match self.type_of(measured)? {
                Type::List(_) | Type::TEXT => Ok(Type::INT),
                found @ Type::One(_) => Err(operands(measured.id, shown, "a list or a text", found.to_string())),
            },
            ("startsWith" | "endsWith" | "contains", Some(text), [part]) => {
                self.expect(text, Type::TEXT, shown, "texts")?;
                self.expect(part, Type::TEXT, shown, "texts")?;
                Ok(Type::BOOL)
            }
            (op::EXISTS | op::EXISTS_ONE | op::ALL, Some(list), [variable, condition]) => {
                self.quantifier(id, shown, list, variable, condition)
            }
            _ => Err((id, Problem::Function { name: shown.to_owned() })),
        }
    }

    fn quantifier(
        &mut self,
        id: u64,
        name: &str,
        list: &IdedExpr,
        variable: &IdedExpr,
        condition: &IdedExpr,
    ) -> Result<Type, Refusal> {
        if self.variable.is_some() {
            return Err((id, Problem::Nested { name: name.to_owned() }));
        }
        let scalar = match self.type_of(list)? {
            Type::List(scalar) => scalar,
            found @ Type::One(_) => return Err(operands(list.id, name, "a list", found.to_string())),
        };
        let word = match &variable.expr {
            Expr::Ident(word) if is_word(word) && !self.known.is_taken(word) => word.clone(),
            _ => return Err((variable.id, Problem::Variable { name: name.to_owned() })),
        };
        self.variable = Some((word, scalar));
        let checked = self.expect(condition, Type::BOOL, name, "a condition");
        self.variable = None;
        checked.map(|()| Type::BOOL)
    }

    fn expect_all(
        &mut self,
        parts: &[IdedExpr],
        wanted: Type,
        name: &str,
        expected: &'static str,
    ) -> Result<(), Refusal> {
        parts.iter().try_for_each(|part| self.expect(part, wanted, name, expected))
    }

    fn expect(&mut self, part: &IdedExpr, wanted: Type, name: &str, expected: &'static str) -> Result<(), Refusal> {
        let found = self.type_of(part)?;
        if found == wanted { Ok(()) } else { Err(operands(part.id, name, expected, found.to_string())) }
    }
}

fn operands(id: u64, name: &str, expected: &'static str, found: impl Into<String>) -> Refusal {
    (id, Problem::Operands { name: name.to_owned(), expected, found: found.into() })
}

/// The name that a chain of selections spells: `child.age`.
fn dotted(part: &IdedExpr) -> Option<String> {
    match &part.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => Some(format!("{}.{}", dotted(&select.operand)?, select.field)),
        _ => None,
    }
}

/// A function or operator as it is written.
fn spelling(name: &str) -> &str {
    match name {
        op::CONDITIONAL => "?:",
        op::INDEX => "[ ]",
        _ => name.trim_matches(['_', '@']),
    }
}

impl From<Kind> for Type {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::BOOL,
            Kind::Int => Self::INT,
            Kind::Text => Self::TEXT,
            Kind::Texts => Self::List(Scalar::Text),
        }
    }
}

/// As in the sentence "it is a whole number".
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::One(Scalar::Bool) => "a bool",
            Self::One(Scalar::Int) => "a whole number",
            Self::One(Scalar::Text) => "a text",
            Self::List(Scalar::Bool) => "a list of bools",
            Self::List(Scalar::Int) => "a list of whole numbers",
            Self::List(Scalar::Text) => "a list of texts",
        })
    }
}
