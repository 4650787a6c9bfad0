namespace Winnow.Data;

/// <summary>Gives out ids: per account and kind, dense, without sequences, so that the schema can be sharded by account.
/// Taking one locks that account's counter until the commit; ids therefore appear in commit order.</summary>
public static class Ids
{
    private static readonly Statement Take = Statement.Built("take ids", """
        insert into ids (account_id, kind, next_id) values (@accountId, @kind, 1 + @count)
        on conflict (account_id, kind) do update set next_id = ids.next_id + @count, turns = ids.turns + 1
        returning next_id - @count
        """);

    private static readonly Statement Held = Statement.Built("hold ids", """
        insert into ids (account_id, kind, next_id) values (@accountId, @kind, 1)
        on conflict (account_id, kind) do update set turns = ids.turns + 1
        returning turns
        """);

    private static readonly Statement Reach = Statement.Built("ids reach", """
        insert into ids (account_id, kind, next_id) values (@accountId, @kind, @id + 1)
        on conflict (account_id, kind) do update set next_id = case when ids.next_id <= @id then @id + 1 else ids.next_id end
        """);

    /// <summary>Gives out no id up to this one any more: it came from elsewhere.</summary>
    public static Task Pass(Tx tx, long accountId, string kind, long id) => tx.Execute(Reach, new { accountId, kind, id });

    /// <summary>Locks the counter until the commit and takes none.</summary>
    /// <returns>How often the counter was taken up to now. Who finds it one higher than when its own last transaction ended knows that nobody had it since.</returns>
    public static Task<long> Hold(Tx tx, long accountId, string kind) => tx.Single<long>(Held, new { accountId, kind });

    /// <summary>The first of <paramref name="count"/> ids that follow each other. Installation-wide things use account 0.</summary>
    public static Task<long> Next(Tx tx, long accountId, string kind, long count = 1) => tx.Single<long>(Take, new { accountId, kind, count });
}
