//! A row as the office wrote it.

use kernel::spelling::{date, plain};

/// The text of each cell, not yet checked. Sensitive as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The row's own number (序号).
    pub number: i32,
    /// 姓名.
    pub full_name: &'a str,
    /// 性别.
    pub sex: &'a str,
    /// 身份证号.
    pub citizen_id: &'a str,
    /// 出生日期.
    pub birth_date: &'a str,
    /// 户籍县(市、区).
    pub county: &'a str,
    /// 乡镇(街道).
    pub township: &'a str,
    /// 村(居).
    pub village: &'a str,
    /// 儿童类别, one or several.
    pub categories: &'a str,
    /// 监护人姓名.
    pub guardian_name: &'a str,
    /// 与儿童关系.
    pub guardian_relation: &'a str,
    /// 联系电话.
    pub phone: &'a str,
    /// 学段.
    pub school_stage: &'a str,
    /// 残疾等级.
    pub disability_grade: &'a str,
    /// 开户行账号.
    pub bank_account: &'a str,
    /// 认定日期.
    pub confirmed_on: &'a str,
    /// 备注.
    pub remarks: &'a str,
}

/// A column that a remark may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// 姓名.
    FullName,
    /// 性别.
    Sex,
    /// 身份证号.
    CitizenId,
    /// 出生日期.
    BirthDate,
    /// 户籍县(市、区).
    County,
    /// 乡镇(街道).
    Township,
    /// 村(居).
    Village,
    /// 儿童类别.
    Categories,
    /// 监护人姓名.
    GuardianName,
    /// 与儿童关系.
    GuardianRelation,
    /// 联系电话.
    Phone,
    /// 开户行账号.
    BankAccount,
    /// 认定日期.
    ConfirmedOn,
    /// 备注.
    Remarks,
}

impl Column {
    /// The name of the column's field in the contract.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::FullName => "full_name",
            Self::Sex => "sex",
            Self::CitizenId => "citizen_id",
            Self::BirthDate => "birth_date",
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
            Self::Categories => "categories",
            Self::GuardianName => "guardian_name",
            Self::GuardianRelation => "guardian_relation",
            Self::Phone => "phone",
            Self::BankAccount => "bank_account",
            Self::ConfirmedOn => "confirmed_on",
            Self::Remarks => "remarks",
        }
    }
}

/// What makes a row the same row again, whatever its number and spelling: by it a child without a citizen ID is
/// recognised when its roster is sent again. As sensitive as the row.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a row.
    #[must_use]
    pub fn of(row: &Row<'_>) -> Self {
        let day = |text| date(text).map_or_else(|| plain(text), |day| day.to_string().into());
        let cells = [
            plain(row.full_name),
            plain(row.sex),
            plain(row.citizen_id),
            day(row.birth_date),
            plain(row.county),
            plain(row.township),
            plain(row.village),
            plain(row.categories),
            plain(row.guardian_name),
            plain(row.guardian_relation),
            plain(row.phone),
            plain(row.school_stage),
            plain(row.disability_grade),
            plain(row.bank_account),
            day(row.confirmed_on),
            plain(row.remarks),
        ];
        Self(cells.join("\u{1f}"))
    }

    /// The text, to be hashed with a key and never kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Says only that it is one.
impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint(****)")
    }
}
