use cloudlab_core::secrets::{MASK, is_telling};

/// Replaces the passwords of all URLs in `text` by `***`.
///
/// A password may hold `@`, `/`, `?` and `,` unescaped, so everything up to the last `@` is taken for it: rather too
/// much is hidden than too little.
pub(crate) fn mask_urls(text: &str) -> String {
    let mut parts = text.split("://");
    let Some(first) = parts.next() else {
        return String::new();
    };
    let mut masked = first.to_owned();
    for part in parts {
        let alone = masked.ends_with("nats");
        masked.push_str("://");
        masked.push_str(&mask_authority(part, alone));
    }
    masked
}

/// NATS takes a token where others take a user, hence `alone`: a name without a password is masked as well.
fn mask_authority(part: &str, alone: bool) -> String {
    let end = part.find([' ', '\t', '\n', '"']).unwrap_or(part.len());
    let (url, rest) = part.split_at(end);
    let Some((user, host)) = url.rsplit_once('@') else {
        return mask_query(url) + rest;
    };
    let shown = match user.split_once(':') {
        Some((name, _)) => format!("{name}:{MASK}"),
        None if alone => MASK.to_owned(),
        None => user.to_owned(),
    };
    format!("{shown}@{}{rest}", mask_query(host))
}

fn mask_query(url: &str) -> String {
    let Some((before, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let pairs: Vec<_> = query.split('&').map(mask_pair).collect();
    format!("{before}?{}", pairs.join("&"))
}

fn mask_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if is_telling(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    }
}
