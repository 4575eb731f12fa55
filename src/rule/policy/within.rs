//! Whether one scope lies in another.

/// Whether what holds in one scope holds where is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    Yes,
    No,
    /// Only a part of it, or a management group, of which nobody knows what is in it.
    Unknown,
}

/// Whether the scope `inner` lies in `outer`.
pub(super) fn within(inner: &str, outer: &str) -> Within {
    let parts = |scope: &str| -> Vec<String> {
        let parts = scope.split('/').filter(|part| !part.is_empty());
        parts.map(str::to_ascii_lowercase).collect()
    };
    let (inner, outer) = (parts(inner), parts(outer));
    let is_group = |scope: &[String]| scope.get(1).is_some_and(|it| it == "microsoft.management");
    if inner.starts_with(&outer) {
        Within::Yes
    } else if outer.starts_with(&inner) || is_group(&outer) || is_group(&inner) {
        Within::Unknown
    } else {
        Within::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_lies_in_what_it_begins_with() {
        let group = "/subscriptions/S/resourceGroups/g";
        let management = "/providers/Microsoft.Management/managementGroups/m";
        let rows = [
            (group, "/subscriptions/s", Within::Yes),
            (group, group, Within::Yes),
            (group, "/subscriptions/s/resourceGroups/gg", Within::No),
            (group, "/subscriptions/t", Within::No),
            ("/subscriptions/s", group, Within::Unknown),
            (group, management, Within::Unknown),
            (management, management, Within::Yes),
        ];
        for (inner, outer, expected) in rows {
            assert_eq!(within(inner, outer), expected, "{inner} in {outer}");
        }
    }
}
