//! The rule `root`: what `lib.rs` and `main.rs` may hold.
//!
//! What lies in the root of a crate can be named from everywhere, and code in it belongs to no layer. So it is kept to
//! what wires the layers.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Expr, GenericArgument, Item, ItemImpl, PathArguments, Stmt, Type, Visibility};

use super::attributes;
use super::collect::Collector;
use super::finding::Rule;
use super::layer::Layer;
use super::place::name;
use super::words::Words;

/// `lib.rs`: modules of layers, private imports, functions, and plain types of its own.
pub fn wiring(collector: &mut Collector<'_>, items: &[Item]) {
    let mut wiring = Wiring { own: Vec::new(), wrong: Vec::new(), is_outermost: true };
    wiring.own = own_types(items);
    for item in items {
        wiring.visit_item(item);
    }
    for (span, what, help) in wiring.wrong {
        let words = Words::new(Rule::Root, format!("lib.rs must not hold {what}"), LIBRARY).help(help);
        collector.fault(span, words);
    }
}

const LIBRARY: &str = "lib.rs holds the layers, private imports, functions and plain types";

fn own_types(items: &[Item]) -> Vec<String> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some(name(&item.ident)),
            Item::Enum(item) => Some(name(&item.ident)),
            _ => None,
        })
        .collect()
}

struct Wiring {
    own: Vec<String>,
    wrong: Vec<(Span, &'static str, &'static str)>,
    /// Not in the body of a function, where no module and no import can be seen from outside.
    is_outermost: bool,
}

impl Wiring {
    fn judge(&mut self, item: &Item) {
        let move_it = Rule::Root.help();
        let wrong = match item {
            Item::Mod(item) => self.module(item),
            Item::Use(item) => public(&item.vis).map(|span| {
                (span, "a public import", "import it where it is used, by the path of its own layer")
            }),
            Item::Trait(item) => Some((item.trait_token.span, "a trait", move_it)),
            Item::TraitAlias(item) => Some((item.trait_token.span, "a trait", move_it)),
            Item::Type(item) => Some((item.type_token.span, "an alias of a type", "write the type itself")),
            Item::Impl(item) if self.is_foreign(item) => Some((
                item.impl_token.span,
                "an implementation for a type that it does not declare",
                "adapters lie in src/infrastructure; lib.rs only chooses among them",
            )),
            Item::Macro(item) => {
                let span =
                    item.mac.path.segments.first().map_or_else(Span::call_site, |first| first.ident.span());
                Some((span, "a macro", "what it expands to cannot be seen here: write it out, in a layer"))
            }
            Item::Static(item) if is_allocator(item) => None,
            Item::Static(item) => Some((item.static_token.span, "a static", "hand state in as an argument")),
            Item::Union(item) => Some((item.union_token.span, "a union", move_it)),
            Item::ForeignMod(item) => Some((item.abi.extern_token.span, "foreign functions", move_it)),
            _ => None,
        };
        self.wrong.extend(wrong);
    }

    fn module(&self, item: &syn::ItemMod) -> Option<(Span, &'static str, &'static str)> {
        let is_layer = self.is_outermost && Layer::named(&name(&item.ident)).is_some();
        match (is_layer, &item.content) {
            (true, None) => None,
            (true, Some(_)) => {
                Some((item.ident.span(), "the code of a layer", "write it into the folder of the layer"))
            }
            (false, _) => Some((
                item.ident.span(),
                "a module beside the layers",
                "move it into src/domain, src/application, src/infrastructure or src/interfaces",
            )),
        }
    }

    /// Methods of layers' types, declared here, could be called from the layers.
    fn is_foreign(&self, item: &ItemImpl) -> bool {
        !self.is_own(&item.self_ty) && !self.is_of_own(item)
    }

    /// `impl From<Mode> for u8`: who does not know `Mode` cannot use it.
    fn is_of_own(&self, item: &ItemImpl) -> bool {
        let last = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
        match last.map(|last| &last.arguments) {
            Some(PathArguments::AngleBracketed(given)) => given.args.iter().any(|argument| match argument {
                GenericArgument::Type(ty) => self.is_own(ty),
                _ => false,
            }),
            _ => false,
        }
    }

    fn is_own(&self, ty: &Type) -> bool {
        match ty {
            Type::Path(ty) => ty.path.get_ident().is_some_and(|ident| self.own.contains(&name(ident))),
            Type::Reference(reference) => self.is_own(&reference.elem),
            _ => false,
        }
    }
}

impl<'ast> Visit<'ast> for Wiring {
    fn visit_item(&mut self, item: &'ast Item) {
        if attributes::are_for_tests(attributes::of(item)) {
            return;
        }
        self.judge(item);
        if !matches!(item, Item::Mod(_)) {
            let is_outermost = std::mem::replace(&mut self.is_outermost, false);
            visit::visit_item(self, item);
            self.is_outermost = is_outermost;
        }
    }
}

/// A program has one allocator, which no layer can name.
fn is_allocator(item: &syn::ItemStatic) -> bool {
    item.attrs.iter().any(|given| given.path().is_ident("global_allocator"))
}

fn public(visibility: &Visibility) -> Option<Span> {
    match visibility {
        Visibility::Public(public) => Some(public.span),
        Visibility::Restricted(restricted) => Some(restricted.pub_token.span),
        Visibility::Inherited => None,
    }
}

/// `main.rs`: imports, and a `main` that calls `run`.
pub fn entry(collector: &mut Collector<'_>, items: &[Item]) {
    for item in items.iter().filter(|item| !attributes::are_for_tests(attributes::of(item))) {
        let (span, message, label) = match item {
            Item::Use(_) => continue,
            Item::Static(item) if is_allocator(item) => continue,
            Item::Fn(item) if item.sig.ident == "main" && only_calls_run(&item.block.stmts) => continue,
            Item::Fn(item) if item.sig.ident == "main" => {
                let label = "this is more than one call of `run`";
                (item.sig.ident.span(), "main.rs must only call run".to_string(), label)
            }
            item => {
                let span = attributes::ident(item).map_or_else(|| first_word(item), proc_macro2::Ident::span);
                let label = "main.rs holds imports and a `main` that is one call of `run`";
                (span, format!("main.rs must not hold {}", kind(item)), label)
            }
        };
        let words = Words::new(Rule::Root, message, label)
            .why("what lies in main.rs belongs to no layer, and no test can call it")
            .help(
                "fn main() -> ExitCode { cloudlab_chassis::run(parcel_service::service()) }, with your names",
            );
        collector.fault(span, words);
    }
}

fn kind(item: &Item) -> &'static str {
    match item {
        Item::Fn(_) => "another function",
        Item::Mod(_) => "a module",
        Item::Impl(_) => "an implementation",
        Item::Trait(_) | Item::TraitAlias(_) => "a trait",
        Item::Type(_) => "an alias of a type",
        Item::Struct(_) | Item::Enum(_) | Item::Union(_) => "a type",
        Item::Const(_) => "a constant",
        Item::Static(_) => "a static",
        Item::Macro(_) => "a macro",
        _ => "other code",
    }
}

fn first_word(item: &Item) -> Span {
    match item {
        Item::Mod(item) => item.ident.span(),
        Item::Impl(item) => item.impl_token.span,
        Item::Trait(item) => item.ident.span(),
        Item::Type(item) => item.ident.span(),
        Item::ExternCrate(item) => item.extern_token.span,
        Item::Macro(item) => item.mac.bang_token.span,
        _ => Span::call_site(),
    }
}

fn only_calls_run(statements: &[Stmt]) -> bool {
    let [Stmt::Expr(Expr::Call(call), _)] = statements else { return false };
    is_path_to(&call.func, Some("run")) && call.args.iter().all(is_plain)
}

/// A path, or a call of one with nothing but paths.
fn is_plain(argument: &Expr) -> bool {
    match argument {
        Expr::Call(call) => is_path_to(&call.func, None) && call.args.iter().all(is_plain),
        argument => is_path_to(argument, None),
    }
}

fn is_path_to(expr: &Expr, wanted: Option<&str>) -> bool {
    match expr {
        Expr::Path(path) => match (wanted, path.path.segments.last()) {
            (Some(wanted), Some(last)) => last.ident == wanted,
            _ => true,
        },
        _ => false,
    }
}
