use contract::registry::v1::Child;
use contract::subsidies::v1::{ChildPayee, Payee};

/// To whom a child's money goes by its file in the registry: to the account there, with the guardian as its holder, or the
/// child. Nothing if the file names no account.
#[must_use]
pub fn payee_by_file(child: Child, bank: &str) -> Option<ChildPayee> {
    let profile = child.profile?;
    let account: String = profile.bank_account.chars().filter(char::is_ascii_digit).collect();
    if account.is_empty() {
        return None;
    }
    let holder = if profile.guardian_name.is_empty() { profile.full_name } else { profile.guardian_name };
    Some(ChildPayee { child: child.id, payee: Some(Payee { holder, bank: bank.to_owned(), account }) })
}
