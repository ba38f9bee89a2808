//! A page of a list by keyset: the rows behind the last one shown, so that inserts neither repeat nor skip any.

use crate::bind;
use cloudlab_core::{Uuid, Value};
use sea_query::{Cond, Expr, ExprTrait, Order, SelectStatement};

/// Orders by the column and then by `id`, keeps only what lies behind a place, and cuts after `limit` rows.
pub fn page(
    select: &mut SelectStatement,
    column: &'static str,
    descending: bool,
    after: Option<(Value, Uuid)>,
    limit: usize,
) {
    if let Some((place, id)) = after {
        let (place, id) = (bind(place), bind(id));
        let tie = Expr::col(column).eq(place.clone());
        select.cond_where(if descending {
            Cond::any().add(Expr::col(column).lt(place)).add(tie.and(Expr::col("id").lt(id)))
        } else {
            Cond::any().add(Expr::col(column).gt(place)).add(tie.and(Expr::col("id").gt(id)))
        });
    }
    let order = if descending { Order::Desc } else { Order::Asc };
    select.order_by(column, order.clone()).order_by("id", order).limit(limit as u64);
}
