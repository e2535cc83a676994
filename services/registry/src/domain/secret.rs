//! Values that must not show in a text.

/// `Debug` that says only which type it is.
macro_rules! secret {
    ($($name:ident),+ $(,)?) => {
        $(
            /// Says only that it is one.
            impl ::std::fmt::Debug for $name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.write_str(concat!(stringify!($name), "(****)"))
                }
            }
        )+
    };
}

pub(crate) use secret;
