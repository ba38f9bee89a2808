//! Words that a name must not be, because a language or a system claims them.

/// Rust's keywords of edition 2024, reserved ones included.
const KEYWORDS: &str = "abstract as async await become box break const continue crate do dyn else enum extern false \
    final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self static struct \
    super trait true try type typeof unsafe unsized use virtual where while yield";

/// Crates and path roots that every Rust file can name, and folders of cargo's that a binary would collide with.
const CRATES: &str = "std core alloc test crate self super proc_macro build deps examples incremental";

/// Names that Windows keeps for devices, whatever the extension.
const DEVICES: &str = "con prn aux nul com0 com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt0 lpt1 lpt2 lpt3 lpt4 \
    lpt5 lpt6 lpt7 lpt8 lpt9 conin conout";

/// What every Rust file sees without an import, and the primitive types.
const PRELUDE: &str = "Option Some None Result Ok Err String Vec Box ToString ToOwned Clone Copy Send Sync Sized Drop \
    Fn FnMut FnOnce AsyncFn AsyncFnMut AsyncFnOnce Unpin Default Iterator Extend IntoIterator DoubleEndedIterator \
    ExactSizeIterator Eq Ord PartialEq PartialOrd AsRef AsMut Into From TryFrom TryInto FromIterator Future IntoFuture \
    Debug Hash Self Str Char Bool";

/// Words that PostgreSQL, MySQL, CockroachDB or SQLite reserve, so that a table of that name would need quotes.
const SQL: &str = "abort accessible action add after all alter always analyse analyze and any array as asc asensitive \
    asymmetric attach authorization autoincrement before begin between bigint binary blob both by call cascade case \
    cast change char character check collate collation column commit concurrently condition conflict \
    constraint continue convert create cross cube cume_dist current current_catalog current_date current_role \
    current_schema current_time current_timestamp current_user cursor database databases day_hour day_microsecond \
    day_minute day_second dec decimal declare default deferrable deferred delayed delete dense_rank desc describe \
    detach deterministic distinct distinctrow div do double drop dual each else elseif empty enclosed end escape \
    escaped except exclude exclusive exists exit explain fail false family fetch filter first_value float float4 \
    float8 following for force foreign freeze from fulltext full function general generated get glob grant \
    group grouping groups having high_priority hour_microsecond hour_minute hour_second if ignore ignore_server_ids \
    ilike immediate in index indexed infile initially inner inout insensitive insert instead int int1 int2 \
    int3 int4 int8 integer intersect intersects interval into io_after_gtids io_before_gtids is isnull iterate join \
    json_table key keys kill lag last last_value lateral lead leading leave left like limit linear lines load \
    localtime localtimestamp lock long longblob longtext loop low_priority manual master_bind match \
    materialized maxvalue mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod modifies \
    natural no no_write_to_binlog not nothing notnull nth_value ntile null nulls numeric of off offset on only \
    optimize optimizer_costs option optionally or order out outer outfile over overlaps parallel partition \
    percent_rank placing plan pragma preceding precision primary procedure purge qualify query raise range \
    rank read reads read_write real recursive references regexp reindex release rename repeat replace require \
    resignal restrict return returning revoke right rlike role roles rollback row row_number rows savepoint schema \
    schemas second_microsecond select sensitive separator session_user set show signal similar smallint some spatial \
    specific sql sqlexception sqlstate sqlwarning sql_big_result sql_calc_found_rows sql_small_result ssl starting \
    statement stored straight_join symmetric system system_user table tablesample temp temporary \
    terminated text then ties time timestamp tinyblob tinyint tinytext to trailing transaction \
    trigger true type unbounded undo union unique unlock unsigned update usage use user \
    using utc_date utc_time utc_timestamp vacuum values varbinary varchar varcharacter variadic varying verbose view \
    virtual when where while window with within without write xor year_month zerofill";

pub fn is_keyword(word: &str) -> bool {
    contains(KEYWORDS, word)
}

pub fn is_crate(word: &str) -> bool {
    contains(CRATES, word)
}

pub fn is_device(word: &str) -> bool {
    contains(DEVICES, word)
}

pub fn is_prelude(word: &str) -> bool {
    contains(PRELUDE, word)
}

pub fn is_sql(word: &str) -> bool {
    contains(SQL, word)
}

fn contains(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == word)
}
