//! What may be shown of a text that may hold a password.
//!
//! A password may hold anything, also blanks, quotes, `/`, `@` and `://`, so where one begins and ends is known only in
//! a text that is well formed. Of that the parts are shown that say where it leads. Nothing is guessed about any other
//! text: rather too much is hidden than too little.

use std::collections::BTreeSet;

use cloudlab_core::secrets::{MASK, is_telling};

/// The last part of keys whose values lead to a server, in their singular.
const LEADING: [&str; 4] = ["url", "uri", "dsn", "connection_string"];
/// Schemes of what lies on this machine, whose URLs have a path and no credentials.
const LOCAL: [&str; 3] = ["sqlite", "file", "in-process"];
/// Schemes whose users are names; that of another, when it has no password beside it, may be a token.
const WITH_NAMES: [&str; 3] = ["postgres", "postgresql", "mysql"];
/// The keys of a connection string that say where it leads.
const PLACES: [&str; 10] = [
    "host",
    "hostaddr",
    "server",
    "port",
    "dbname",
    "database",
    "user",
    "username",
    "sslmode",
    "application_name",
];
/// Words for secrets that are too short to tell anything in other names.
const SHORT: [&str; 7] = ["pass", "pwd", "pw", "auth", "key", "sig", "pin"];
/// The ends of others, as in `userpass` and `sslkey`.
const ENDINGS: [&str; 3] = ["pass", "pwd", "key"];
/// A name that is longer may be a token.
const LONGEST_USER: usize = 32;

/// The value of `key` as it may be printed.
pub(crate) fn shown(key: &str, text: &str) -> String {
    if text.is_empty() || !(leads(key) || scheme_of(text).is_some() || is_suspicious(text)) {
        return text.to_owned();
    }
    let read = urls(text).or_else(|| local(text)).or_else(|| connection_string(text));
    read.unwrap_or_else(|| MASK.to_owned())
}

/// Takes out of `detail`, which a type or a library wrote freely, what it can have taken from `raw` and what may not be
/// shown, also when it took a part only.
pub(crate) fn scrub(detail: &str, raw: &str, shown: &str) -> String {
    if raw.is_empty() || raw == shown {
        return detail.to_owned();
    }
    let whole = detail.replace(raw, shown).replace(&raw.escape_debug().to_string(), shown);
    let harmless: BTreeSet<_> = words(shown).chain(WITH_NAMES).chain(LOCAL).collect();
    let secret: BTreeSet<_> = words(raw).filter(|word| !harmless.contains(word)).collect();
    let pieces = whole.split_inclusive(is_between);
    let masked = pieces.map(|piece| {
        let word = piece.trim_end_matches(is_between);
        if secret.contains(word) { piece.replacen(word, MASK, 1) } else { piece.to_owned() }
    });
    masked.collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_between).filter(|word| !word.is_empty())
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || ":/@=;,&?#\"'`()".contains(c)
}

/// Whether a key promises a URL. An element of a list has the key of its list before its number.
fn leads(key: &str) -> bool {
    let mut parts = key.rsplit('.').skip_while(|part| part.parse::<usize>().is_ok());
    let last = parts.next().unwrap_or_default().to_ascii_lowercase().replace('-', "_");
    let last = last.strip_suffix('s').unwrap_or(&last);
    LEADING
        .into_iter()
        .any(|word| last.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with('_')))
}

/// Whether a text of any key may hold a password: `name:password@host`, or `password=`.
fn is_suspicious(text: &str) -> bool {
    let before = text.rsplit_once('@').map_or("", |(before, _)| before);
    let mut colons = before.match_indices(':');
    let has_user = colons.any(|(at, _)| !before[at + 1..].starts_with(char::is_whitespace));
    let mut names = text.split('=').map(|part| {
        let name = part.trim_end();
        name.rsplit(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).next().unwrap_or_default()
    });
    has_user || (text.contains('=') && names.any(is_secret_name))
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_short = |word: &str| SHORT.contains(&word) || ENDINGS.iter().any(|ending| word.ends_with(ending));
    is_telling(&name) || name.split(['_', '-']).any(is_short)
}

/// What stands before `://`, if the text begins as a URL does.
fn scheme_of(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let legal = |c: char| c.is_ascii_alphanumeric() || "+.-".contains(c);
    (scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(legal)).then_some(scheme)
}

/// One URL, or several of one scheme with commas between them.
fn urls(text: &str) -> Option<String> {
    let scheme = scheme_of(text)?;
    let separator = format!(",{scheme}://");
    let rest = &text[scheme.len() + "://".len()..];
    let each: Vec<_> = rest.split(&separator).collect();
    // Some with and some without an `@` may be one whose password holds the separator.
    let alike = each.iter().all(|url| url.contains('@')) || !rest.contains('@');
    let each = if alike { each } else { vec![rest] };
    let shown: Vec<_> =
        each.into_iter().map(|url| format!("{scheme}://{}", authority(scheme, url))).collect();
    Some(shown.join(","))
}

fn authority(scheme: &str, url: &str) -> String {
    match url.rsplit_once('@') {
        Some((user, rest)) => format!("{}@{}", credentials(scheme, user), place(rest)),
        None => place(url),
    }
}

fn credentials(scheme: &str, user: &str) -> String {
    let is_name = |name: &str| {
        let legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        name.len() <= LONGEST_USER && name.chars().all(legal)
    };
    match user.split_once(':') {
        Some((name, _)) if is_name(name) => format!("{name}:{MASK}"),
        Some(_) => format!("{MASK}:{MASK}"),
        None if WITH_NAMES.contains(&scheme) && is_name(user) => user.to_owned(),
        None => MASK.to_owned(),
    }
}

/// Hosts, path and query, each only if it is what it should be; behind hosts that are none, anything may stand.
fn place(rest: &str) -> String {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (hosts, rest) = rest.split_at(end);
    if !hosts.split(',').all(is_host) {
        return MASK.to_owned();
    }
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    let ugly = |c: char| c.is_whitespace() || c.is_control() || "\"'\\<>#@".contains(c);
    let path = if path.contains(ugly) { "/***" } else { path };
    format!("{hosts}{path}{}", masked_query(query))
}

fn is_host(host: &str) -> bool {
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (name, port) = match bracketed {
        Some((address, port)) => (address, port.strip_prefix(':').or(port.is_empty().then_some("0"))),
        None => host.split_once(':').map_or((host, Some("0")), |(name, port)| (name, Some(port))),
    };
    let legal =
        |c: char| c.is_ascii_alphanumeric() || "._-%".contains(c) || (bracketed.is_some() && c == ':');
    name.chars().all(legal) && port.is_some_and(|port| port.parse::<u16>().is_ok())
}

/// The query with its question mark, or nothing.
fn masked_query(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if is_secret_name(name) || value.contains(['=', ';']) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn local(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once(':')?;
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    let legal = |c: char| c.is_alphanumeric() || " ._-~/+".contains(c);
    let is_local = LOCAL.contains(&scheme) && path.chars().all(legal) && !query.contains('@');
    is_local.then(|| format!("{scheme}:{path}{}", masked_query(query)))
}

/// `host=db password=...`, with blanks or semicolons between the pairs.
fn connection_string(text: &str) -> Option<String> {
    if text.contains(['"', '\'', '\\', '@']) {
        return None;
    }
    let is_end = |c: char| c.is_whitespace() || c == ';';
    text.split_inclusive(is_end)
        .map(|pair| {
            let (pair, end) = pair.split_at(pair.trim_end_matches(is_end).len());
            match pair.split_once('=') {
                Some((name, value)) => masked_pair(name, value).map(|shown| shown + end),
                None => pair.is_empty().then(|| end.to_owned()),
            }
        })
        .collect()
}

fn masked_pair(name: &str, value: &str) -> Option<String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(legal) {
        return None;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/,:".contains(c);
    let is_place = PLACES.contains(&name.to_ascii_lowercase().as_str()) && value.chars().all(plain);
    Some(format!("{name}={}", if is_place { value } else { MASK }))
}
