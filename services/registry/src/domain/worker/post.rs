//! A post: what a worker is, and where.

use kernel::{Division, DivisionLevel};

/// What a worker is appointed to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 儿童主任: looks after the children of one village or community.
    Director = 1,
    /// 儿童督导员: supervises the directors of one township.
    Supervisor = 2,
}

/// A post (岗位), of which there is one in each place: a village has one director, a township one supervisor [P].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Post {
    role: Role,
    division: Division,
}

/// A director is appointed to a village, a supervisor to a township.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {} is appointed to a {}", role.name(), role.level())]
pub struct PostError {
    /// The role whose place it is not.
    pub role: Role,
}

impl Role {
    /// Every role, by number.
    pub const ALL: [Self; 2] = [Self::Director, Self::Supervisor];

    /// The number in the contract and in the database.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The role of a number, `None` if it is none of ours.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.number() == number)
    }

    /// In which divisions there is such a post.
    #[must_use]
    pub const fn level(self) -> DivisionLevel {
        match self {
            Self::Director => DivisionLevel::Village,
            Self::Supervisor => DivisionLevel::Township,
        }
    }

    /// The role's name: `director`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Director => "director",
            Self::Supervisor => "supervisor",
        }
    }
}

impl Post {
    /// The post of a role in a division.
    ///
    /// # Errors
    /// [`PostError`] if there is no such post in divisions of that level, or the division lies in no county.
    pub fn new(role: Role, division: Division) -> Result<Self, PostError> {
        if division.level() == role.level() && division.county().is_some() {
            Ok(Self { role, division })
        } else {
            Err(PostError { role })
        }
    }

    /// What the holder is.
    #[must_use]
    pub const fn role(self) -> Role {
        self.role
    }

    /// The village or the township.
    #[must_use]
    pub const fn division(self) -> Division {
        self.division
    }

    /// The county of the place.
    #[must_use]
    pub fn county(self) -> Division {
        self.division.county().expect("a post lies in a county")
    }
}
