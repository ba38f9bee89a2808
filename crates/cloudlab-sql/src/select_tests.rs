use super::*;
use sea_query::Query;

fn built(value: impl Into<sea_query::Expr>) -> Result<Vec<Value>, Error> {
    let query = Query::select().expr(value).take();
    Statement::build(Dialect::Sqlite, &query).map(|statement| statement.values)
}

#[test]
fn a_value_is_what_was_bound() {
    let instant = Timestamp::from_micros(1_767_225_600_123_456);
    assert_eq!(built(bind(instant)).unwrap(), [Value::from(instant)]);
    assert_eq!(built(bind(Value::Null(Kind::Timestamp))).unwrap(), [Value::Null(Kind::Timestamp)]);
    assert_eq!(built(7_u64).unwrap(), [Value::from(7_i64)]);
    assert_eq!(built(None::<u64>).unwrap(), [Value::Null(Kind::Int)]);
}

#[test]
fn a_value_that_is_out_of_range_does_not_become_null() {
    for values in [built(u64::MAX), built(bind(Timestamp::from_micros(i64::MAX)))] {
        assert!(matches!(values, Err(Error::Defect(_))), "{values:?}");
    }
}
