//! Reads the items of one file into facts: names, imports, paths, traits, implementations.
//!
//! **Invariant:** code that only tests compile leaves no facts, but its modules are followed, so that every file is known.

use std::path::PathBuf;

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Generics, Item, Meta, Path, QSelf, Type};

use super::attributes;
use super::facts::{Alias, Facts, Fault, How, Implementation, Meaning, Mention, Scope, ScopeId, Trait};
use super::imports;
use super::place::{Place, Written, name};
use super::signatures;
use super::tokens::{self, Found};
use super::tree;
use super::words::Words;

/// One file, or a module in it.
pub struct Collector<'a> {
    pub facts: &'a mut Facts,
    pub file: usize,
    pub scope: ScopeId,
    /// Where the files of this module's modules lie.
    pub folder: PathBuf,
    /// Whether the module stands between braces, which changes what `#[path]` is relative to.
    pub is_inline: bool,
    pub is_test: bool,
}

impl Collector<'_> {
    /// The items of a module: first their names, since items may be used above where they stand.
    pub fn items(&mut self, items: &[Item]) {
        self.declare(items.iter());
        for item in items {
            self.visit_item(item);
        }
    }

    fn declare<'i>(&mut self, items: impl Iterator<Item = &'i Item>) {
        let is_test = self.is_test;
        for item in items.filter(|item| !is_test && !attributes::are_for_tests(attributes::of(item))) {
            match item {
                Item::Use(item) => self.import(item),
                Item::Type(item) => self.alias(&item.ident, &item.ty),
                Item::ExternCrate(item) => self.extern_crate(item),
                Item::Trait(item) => self.declare_trait(item),
                item => {
                    if let Item::Macro(item) = item {
                        self.imports_in(&item.mac);
                    }
                    if let Some(ident) = attributes::ident(item) {
                        self.facts.declare(self.scope, name(ident), attributes::meaning(item));
                    }
                }
            }
        }
    }

    /// An alias of a type is a name for a path; one of anything else is a type of its own.
    fn alias(&mut self, ident: &proc_macro2::Ident, ty: &Type) {
        let meaning = match ty {
            Type::Path(path) if path.qself.is_none() => {
                let path = Written::of(&path.path);
                Meaning::Import(self.add_import(path.names(), path.is_absolute))
            }
            _ => Meaning::Item,
        };
        self.facts.declare(self.scope, name(ident), meaning);
        let path = self.facts.scopes[self.scope].path.iter().cloned().chain([name(ident)]).collect();
        let (scope, file, paths) = (self.scope, self.file, signatures::of_type(ty));
        self.facts.aliases.insert(path, Alias { scope, file, paths });
    }

    fn declare_trait(&mut self, item: &syn::ItemTrait) {
        let signatures = signatures::of(item);
        let place = Place::of(item.ident.span());
        let (scope, file) = (self.scope, self.file);
        self.facts.traits.push(Trait { scope, file, name: name(&item.ident), place, signatures });
        let meaning = Meaning::Trait(self.facts.traits.len() - 1);
        self.facts.declare(self.scope, name(&item.ident), meaning);
    }

    fn implementation(&mut self, item: &syn::ItemImpl) {
        if let Some((path, _)) = &item.trait_ {
            let (scope, file) = (self.scope, self.file);
            let keyword = Place::of(item.impl_token.span);
            let (of, forward) = (Written::of(path), signatures::forward(item, path));
            self.facts.impls.push(Implementation { scope, file, of, keyword, forward });
        }
    }

    pub fn mention(&mut self, path: Written, how: How) {
        self.facts.paths.push(Mention { scope: self.scope, file: self.file, path, how });
    }

    fn tokens(&mut self, found: Vec<Found>) {
        for Found { path, is_macro } in found {
            self.mention(path, if is_macro { How::Macro } else { How::Tokens });
        }
    }

    pub fn fault(&mut self, span: Span, words: Words) {
        self.facts.faults.push(Fault { file: self.file, place: Place::of(span), words });
    }

    /// A scope inside this one, for the time of `visit`.
    fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
        let around = &self.facts.scopes[self.scope];
        let block = Scope {
            parent: Some(self.scope),
            is_module: false,
            root: around.root,
            path: around.path.clone(),
            layer: around.layer,
            names: Default::default(),
            globs: Vec::new(),
        };
        let outer = std::mem::replace(&mut self.scope, self.facts.add_scope(block));
        visit(self);
        self.scope = outer;
    }

    /// Parameters of types hide what is called like them outside.
    fn with(&mut self, generics: &Generics, visit: impl FnOnce(&mut Self)) {
        if generics.params.is_empty() {
            return visit(self);
        }
        self.inside(|inner| {
            for parameter in generics.type_params() {
                inner.facts.declare(inner.scope, name(&parameter.ident), Meaning::Item);
            }
            visit(inner);
        });
    }

    /// A path behind `<Type>::` or `<Type as Trait>::`; answers whether it was one.
    fn qualified(&mut self, qself: Option<&QSelf>, path: &Path) -> bool {
        let Some(qself) = qself else { return false };
        let mut written = Written::of(path);
        let mut own = &*qself.ty;
        while let Type::Paren(syn::TypeParen { elem, .. }) | Type::Group(syn::TypeGroup { elem, .. }) = own {
            own = elem;
        }
        match own {
            _ if qself.position > 0 => {
                written.segments.truncate(qself.position);
                self.mention(written, How::Code);
            }
            Type::Path(ty) if ty.qself.is_none() => {
                let own = Written::of(&ty.path);
                let segments = own.segments.into_iter().chain(written.segments).collect();
                self.mention(Written::new(segments, own.is_absolute), How::Code);
                self.arguments(&ty.path);
                return true;
            }
            _ => {}
        }
        self.visit_type(&qself.ty);
        true
    }

    fn arguments(&mut self, path: &Path) {
        for segment in &path.segments {
            self.visit_path_arguments(&segment.arguments);
        }
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let is_test = self.is_test;
        self.is_test |= attributes::are_for_tests(attributes::of(item));
        match item {
            // Inside tests nothing counts but which files they are.
            Item::Mod(item) => tree::module(self, item),
            _ if self.is_test => {}
            Item::Impl(item) => self.with(&item.generics, |inner| {
                inner.implementation(item);
                visit::visit_item_impl(inner, item);
            }),
            Item::Trait(item) => self.with(&item.generics, |inner| visit::visit_item_trait(inner, item)),
            Item::Fn(item) => self.with(&item.sig.generics, |inner| visit::visit_item_fn(inner, item)),
            Item::Struct(item) => self.with(&item.generics, |inner| visit::visit_item_struct(inner, item)),
            Item::Enum(item) => self.with(&item.generics, |inner| visit::visit_item_enum(inner, item)),
            Item::Type(item) => self.with(&item.generics, |inner| visit::visit_item_type(inner, item)),
            // The names are read already; only attributes are left.
            Item::Use(item) => item.attrs.iter().for_each(|attribute| self.visit_attribute(attribute)),
            _ => visit::visit_item(self, item),
        }
        self.is_test = is_test;
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        if !attributes::are_for_tests(attributes::of_impl_item(item)) {
            match item {
                syn::ImplItem::Fn(item) => {
                    self.with(&item.sig.generics, |inner| visit::visit_impl_item_fn(inner, item));
                }
                _ => visit::visit_impl_item(self, item),
            }
        }
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        if !attributes::are_for_tests(attributes::of_trait_item(item)) {
            match item {
                syn::TraitItem::Fn(item) => {
                    self.with(&item.sig.generics, |inner| visit::visit_trait_item_fn(inner, item));
                }
                _ => visit::visit_trait_item(self, item),
            }
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if !attributes::are_for_tests(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        if !attributes::are_for_tests(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if !attributes::are_for_tests(&arm.attrs) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_field_value(&mut self, value: &'ast syn::FieldValue) {
        if !attributes::are_for_tests(&value.attrs) {
            visit::visit_field_value(self, value);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast syn::Stmt) {
        if !attributes::are_for_tests(attributes::of_statement(statement)) {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let items = || {
            block.stmts.iter().filter_map(|statement| match statement {
                syn::Stmt::Item(item) => Some(item),
                _ => None,
            })
        };
        let macros = || {
            block.stmts.iter().filter_map(|statement| match statement {
                syn::Stmt::Macro(called) => Some(&called.mac),
                _ => None,
            })
        };
        if items().next().is_none() && !macros().any(imports::are_in) {
            return visit::visit_block(self, block);
        }
        self.inside(|inner| {
            inner.declare(items());
            macros().for_each(|called| inner.imports_in(called));
            visit::visit_block(inner, block);
        });
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.mention(Written::of(path), How::Code);
        self.arguments(path);
    }

    fn visit_expr_path(&mut self, expr: &'ast syn::ExprPath) {
        if self.qualified(expr.qself.as_ref(), &expr.path) {
            self.arguments(&expr.path);
        } else {
            visit::visit_expr_path(self, expr);
        }
    }

    fn visit_type_path(&mut self, ty: &'ast syn::TypePath) {
        if self.qualified(ty.qself.as_ref(), &ty.path) {
            self.arguments(&ty.path);
        } else {
            visit::visit_type_path(self, ty);
        }
    }

    /// Syntax that the parser does not know yet.
    fn visit_token_stream(&mut self, tokens: &'ast proc_macro2::TokenStream) {
        self.tokens(tokens::in_macro(tokens.clone()));
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.mention(Written::of(&called.path), How::Macro);
        self.tokens(tokens::in_macro(called.tokens.clone()));
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        item.attrs.iter().for_each(|attribute| self.visit_attribute(attribute));
        self.visit_macro(&item.mac);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attributes::is_without_code(attribute) {
            return;
        }
        let path = Written::of(attribute.path());
        if path.segments.len() > 1 {
            self.mention(path, How::Code);
        }
        match &attribute.meta {
            Meta::List(list) if list.path.is_ident("derive") => {
                for Found { path, .. } in tokens::in_attribute(list.tokens.clone()) {
                    self.mention(path, How::Code);
                }
            }
            Meta::List(list) => self.tokens(tokens::in_attribute(list.tokens.clone())),
            Meta::NameValue(pair) => {
                if !matches!(pair.value, Expr::Lit(_)) {
                    self.visit_expr(&pair.value);
                }
            }
            Meta::Path(_) => {}
        }
    }
}
