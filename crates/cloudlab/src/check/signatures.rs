//! What signatures say about storage: which paths a trait names, and whether an implementation only hands on.

use syn::visit::{self, Visit};
use syn::{
    GenericArgument, Generics, ItemImpl, ItemTrait, Path, PathArguments, ReturnType, Type, TypeParamBound,
};
use syn::{TraitItem, WherePredicate};

use super::place::Written;

/// What the methods of a trait name.
#[derive(Default)]
pub struct Signatures {
    /// In what they return, and in the bounds of associated types, which they may return.
    pub returned: Vec<Written>,
    /// Anywhere.
    pub named: Vec<Written>,
    pub is_async: bool,
}

pub fn of(item: &ItemTrait) -> Signatures {
    let mut signatures = Signatures::default();
    for method in &item.items {
        let mut returned = Paths::default();
        match method {
            TraitItem::Fn(method) => {
                signatures.is_async |= method.sig.asyncness.is_some();
                if let ReturnType::Type(_, ty) = &method.sig.output {
                    returned.visit_type(ty);
                }
                let mut named = Paths::default();
                named.visit_signature(&method.sig);
                signatures.named.append(&mut named.0);
            }
            TraitItem::Type(item) => {
                returned.visit_trait_item_type(item);
                signatures.named.extend(returned.0.iter().cloned());
            }
            _ => {}
        }
        signatures.returned.append(&mut returned.0);
    }
    signatures
}

/// Every path in a type.
pub fn of_type(ty: &Type) -> Vec<Written> {
    let mut paths = Paths::default();
    paths.visit_type(ty);
    paths.0
}

#[derive(Default)]
struct Paths(Vec<Written>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast Path) {
        self.0.push(Written::of(path));
        visit::visit_path(self, path);
    }
}

/// What an implementation of a trait for everything that has it already goes through.
pub enum Forward {
    Reference,
    /// `Arc` or `Box`, as it is written.
    Pointer(Written),
}

/// `impl<T: Parcels + ?Sized> Parcels for Arc<T>` stores nothing: it hands on to one that does.
pub fn forward(item: &ItemImpl, of: &Path) -> Option<Forward> {
    let (inner, forward) = match &*item.self_ty {
        Type::Reference(reference) => (&*reference.elem, Forward::Reference),
        Type::Path(ty) if ty.qself.is_none() => {
            let last = ty.path.segments.last()?;
            let is_pointer = ["Arc", "Box", "Rc"].iter().any(|name| last.ident == name);
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            let Some(GenericArgument::Type(inner)) = arguments.args.first().filter(|_| is_pointer) else {
                return None;
            };
            (inner, Forward::Pointer(Written::of(&ty.path)))
        }
        _ => return None,
    };
    let wanted = &of.segments.last()?.ident;
    let has = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| last.ident == *wanted),
        _ => false,
    };
    let is_one = match inner {
        Type::TraitObject(object) => object.bounds.iter().any(has),
        Type::Path(ty) => ty.path.get_ident().is_some_and(|name| is_bound(&item.generics, name, &has)),
        _ => false,
    };
    is_one.then_some(forward)
}

fn is_bound(generics: &Generics, name: &proc_macro2::Ident, has: &dyn Fn(&TypeParamBound) -> bool) -> bool {
    let in_list = generics.type_params().filter(|parameter| parameter.ident == *name);
    let below = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let is_of = |ty: &Type| matches!(ty, Type::Path(ty) if ty.path.is_ident(name));
    generics.type_params().any(|parameter| parameter.ident == *name)
        && (in_list.flat_map(|parameter| &parameter.bounds).any(has)
            || below
                .filter_map(|predicate| match predicate {
                    WherePredicate::Type(predicate) if is_of(&predicate.bounded_ty) => {
                        Some(&predicate.bounds)
                    }
                    _ => None,
                })
                .flatten()
                .any(has))
}
