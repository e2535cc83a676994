use contract::google::r#type::Date;
use contract::registry::v1::{
    Category, Child, ChildProfile, ConfirmCategoryRequest, ConfirmCategoryResponse, RegisterChildRequest, Sex,
};
use kernel::{RequestId, SystemClock};

use super::City;

/// Made-up children. Their citizen IDs begin with 371699, which is nobody's.
#[derive(Debug, Clone, Copy)]
pub struct Samples;

/// Weights of GB 11643.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// A valid citizen ID of nobody, born on this day, the `number`th of that day (0 to 999).
///
/// # Panics
/// If the date or the number has more digits than its place.
#[must_use]
pub fn citizen_id(born: Date, number: u32) -> String {
    let digits = format!("371699{:04}{:02}{:02}{number:03}", born.year, born.month, born.day);
    assert_eq!(digits.len(), 17, "a date of four-digit years and a number below 1000");
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = b"10X98765432"[(sum % 11) as usize];
    format!("{digits}{}", char::from(check))
}

impl Samples {
    /// A day.
    #[must_use]
    pub fn day(year: i32, month: i32, day: i32) -> Date {
        Date { year, month, day }
    }

    /// The `number`th child of a run of up to 1,680,000, each with its own name, ID and phone, in a township of 惠民县.
    ///
    /// # Panics
    /// If the run is longer.
    #[must_use]
    pub fn profile(number: u32) -> ChildProfile {
        let part = |size: u32, parts: u32| i32::try_from(number / size % parts).expect("a small remainder");
        assert!(number < 5 * 336_000, "a run has its end");
        let born = Self::day(2012 + part(336_000, 5), 1 + part(28, 12), 1 + part(1, 28));
        let id = citizen_id(born, number / 336 % 1000);
        ChildProfile {
            full_name: format!("试童{number:05}"),
            sex: if id.as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female }.into(),
            citizen_id: id,
            birth_date: Some(born),
            household_division: "371621101".to_owned(),
            guardian_name: format!("监护{number:05}"),
            guardian_relation: "祖母".to_owned(),
            phone: format!("1390000{number:05}"),
            bank_account: format!("62220000371600{number:05}"),
            school_stage: 80,
            disability_grade: 0,
            remarks: String::new(),
        }
    }

    /// A request for it, with a request id of its own.
    #[must_use]
    pub fn registration(number: u32) -> RegisterChildRequest {
        RegisterChildRequest { request_id: Self::request_id(), profile: Some(Self::profile(number)) }
    }

    /// A fresh request id.
    #[must_use]
    pub fn request_id() -> String {
        RequestId::generate(&SystemClock).to_string()
    }
}

impl City {
    /// Registers the `number`th sample.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn register(&self, number: u32) -> Child {
        self.register_profile(Samples::profile(number)).await
    }

    /// Registers a child.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn register_profile(&self, profile: ChildProfile) -> Child {
        let request = RegisterChildRequest { request_id: Samples::request_id(), profile: Some(profile) };
        let answer = self.children().await.register_child(request).await.expect("a valid child is registered");
        answer.into_inner().child.expect("the answer holds the file")
    }

    /// Confirms a category on a day.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn confirm(&self, child: &str, category: Category, on: Date) -> ConfirmCategoryResponse {
        let request = ConfirmCategoryRequest {
            request_id: Samples::request_id(),
            child: child.to_owned(),
            etag: String::new(),
            category: category.into(),
            confirmed_on: Some(on),
        };
        self.categories().await.confirm_category(request).await.expect("a valid confirmation").into_inner()
    }
}
