//! What attributes say, apart from paths: whether only tests compile an item, and which names it has.

use proc_macro2::{Ident, TokenStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ImplItem, Item, Meta, Stmt, Token, TraitItem};

use super::facts::Meaning;

/// Whether only tests compile what has these attributes.
pub fn are_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        let is_tokio = path.segments.len() == 2 && path.segments[0].ident == "tokio";
        match &attribute.meta {
            Meta::List(list) if path.is_ident("cfg") => {
                list.parse_args::<Meta>().is_ok_and(|condition| requires_tests(&condition))
            }
            _ => path.is_ident("test") || is_tokio && path.segments[1].ident == "test",
        }
    })
}

fn requires_tests(condition: &Meta) -> bool {
    let nested = |list: &syn::MetaList| list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    match condition {
        Meta::Path(path) => path.is_ident("test") || path.is_ident("doctest"),
        Meta::List(list) if list.path.is_ident("all") => {
            nested(list).is_ok_and(|conditions| conditions.iter().any(requires_tests))
        }
        Meta::List(list) if list.path.is_ident("any") => nested(list)
            .is_ok_and(|conditions| !conditions.is_empty() && conditions.iter().all(requires_tests)),
        _ => false,
    }
}

/// Documentation, lints and conditions name no code; nor does what an attribute adds for tests only.
pub fn is_without_code(attribute: &Attribute) -> bool {
    const WITHOUT: [&str; 8] = ["cfg", "allow", "warn", "deny", "forbid", "expect", "deprecated", "must_use"];
    let path = attribute.path();
    let is_text = path.is_ident("doc")
        && matches!(&attribute.meta, Meta::NameValue(pair) if matches!(pair.value, Expr::Lit(_)));
    is_text || WITHOUT.iter().any(|name| path.is_ident(name)) || is_added_for_tests(attribute)
}

fn is_added_for_tests(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let condition = |input: syn::parse::ParseStream<'_>| {
        let condition: Meta = input.parse()?;
        input.parse::<TokenStream>().map(|_| condition)
    };
    list.path.is_ident("cfg_attr")
        && list.parse_args_with(condition).is_ok_and(|condition| requires_tests(&condition))
}

/// Whether an attribute says in which file a module lies, perhaps under a condition.
pub fn names_a_file(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::NameValue(pair) => pair.path.is_ident("path"),
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            let words: Vec<String> = list.tokens.clone().into_iter().map(|token| token.to_string()).collect();
            words.windows(2).any(|pair| pair == ["path", "="])
        }
        _ => false,
    }
}

/// The file that `#[path = ".."]` names.
pub fn file_named(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

pub fn of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// What the name of an item stands for, when it is one that is looked up by its name alone.
pub fn meaning(item: &Item) -> Meaning {
    match item {
        Item::Const(_) | Item::Fn(_) | Item::Static(_) => Meaning::Value,
        Item::Macro(_) => Meaning::Macro,
        _ => Meaning::Item,
    }
}

/// The name that an item declares.
pub fn ident(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        Item::Macro(item) => item.ident.as_ref(),
        _ => None,
    }
}

pub fn of_impl_item(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Fn(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

pub fn of_trait_item(item: &TraitItem) -> &[Attribute] {
    match item {
        TraitItem::Const(item) => &item.attrs,
        TraitItem::Fn(item) => &item.attrs,
        TraitItem::Type(item) => &item.attrs,
        TraitItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

/// Items are judged by themselves.
pub fn of_statement(statement: &Stmt) -> &[Attribute] {
    match statement {
        Stmt::Local(local) => &local.attrs,
        Stmt::Macro(called) => &called.attrs,
        Stmt::Expr(expr, _) => of_expr(expr),
        Stmt::Item(_) => &[],
    }
}

/// Of expressions that stand as statements; others take no condition.
fn of_expr(expr: &Expr) -> &[Attribute] {
    match expr {
        Expr::Assign(expr) => &expr.attrs,
        Expr::Await(expr) => &expr.attrs,
        Expr::Block(expr) => &expr.attrs,
        Expr::Call(expr) => &expr.attrs,
        Expr::ForLoop(expr) => &expr.attrs,
        Expr::If(expr) => &expr.attrs,
        Expr::Macro(expr) => &expr.attrs,
        Expr::Match(expr) => &expr.attrs,
        Expr::MethodCall(expr) => &expr.attrs,
        Expr::Return(expr) => &expr.attrs,
        Expr::Try(expr) => &expr.attrs,
        Expr::While(expr) => &expr.attrs,
        _ => &[],
    }
}
