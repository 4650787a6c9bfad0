using System.IO.Pipelines;
using Winnow.Data;

namespace Winnow.Backup;

/// <summary>Restores the archive of one account into an installation, in one transaction, beside other accounts, of which nothing is touched. Its people are found by
/// their addresses: who is known here stays as he is, the others are made. Where they or the account get another number, their numbers in all rows change along.</summary>
public sealed class RestoreAccount(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<RestoreAccount>();
    private static readonly Statement KnowKey = Statement.Built("know a key by name", "insert into data_protection_keys (id, xml) values (@key, '')");
    private static readonly Statement Person = Statement.Built("person of an address", "select id from users where email_key = @key"), IsTaken = Statement.Built("number of a person", "select count(*) from users where id = @id"),
        ForgetAuthenticator = Statement.Built("forget the authenticator", "update users set two_factor = false, authenticator_key = null where id = @id");
    private static readonly string[] People = ["user_id", "owner_id"];

    /// <summary>Restores it.</summary>
    /// <param name="how">What to do where an account of this number is already.</param>
    /// <param name="forgetErased">Also where erased addresses in it could not be recognised any more.</param>
    /// <param name="holdMail">As for <see cref="RestoreArchive.Restore"/>.</param>
    /// <param name="told">Is told now and then how many rows are in.</param>
    public Task<RestoreOutcome> Restore(Stream from, RestoreAs how, bool forgetErased, bool holdMail, Func<long, Task> told, CancellationToken stop = default) => RestoreArchive.Refusing(async () =>
    {
        await using var archive = new ArchiveReader(from);
        var head = await archive.Begin(stop);
        if (head.AccountId is null) throw new ArchiveException("The archive holds a whole installation, not one account. Restore it without --account.");
        await db.Migrate(stop);
        return (await db.Read(Migrations.Of, stop)).SequenceEqual(head.Schema)
            ? await Load(archive, head, how, forgetErased, holdMail, told, stop)
            : await BroughtUpToDate(archive, head, newer => Restore(newer, how, forgetErased, holdMail, told, stop), stop);
    });

    /// <summary>An archive of an older Winnow is restored into a database of its own first, which is brought up to date; what that holds then is restored here.</summary>
    private async Task<RestoreOutcome> BroughtUpToDate(ArchiveReader archive, ArchiveHead head, Func<Stream, Task<RestoreOutcome>> restoreHere, CancellationToken stop)
    {
        var file = Path.Combine(Path.GetTempPath(), $"winnow-{Guid.NewGuid():N}.db");
        try
        {
            await using var between = Db.Open($"Data Source={file};Pooling=false");
            await between.Migrate(head.Schema, stop);
            await between.Write(async tx => { foreach (var key in head.Keys) await tx.Execute(KnowKey, new { key }); }, stop);
            await new RestoreAccount(between, clock).Load(archive, head, RestoreAs.Itself, true, null, _ => Task.CompletedTask, stop);
            await between.Migrate(stop);
            var pipe = new Pipe();
            using var together = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var writing = new WriteArchive(between, clock).WriteTo(pipe.Writer, head.AccountId, head, together.Token);
            var outcome = await restoreHere(pipe.Reader.AsStream());
            await together.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await writing;
            return outcome;
        }
        finally { foreach (var part in (string[])["", "-wal", "-shm"]) File.Delete(file + part); }
    }

    /// <param name="holdMail">Null: the account is here only on its way.</param>
    private Task<RestoreOutcome> Load(ArchiveReader archive, ArchiveHead head, RestoreAs how, bool forgetErased, bool? holdMail, Func<long, Task> told, CancellationToken stop) => db.WriteLong(async tx =>
    {
        var archived = head.AccountId!.Value;
        var (keys, hashKey) = await WriteArchive.Keys(tx);
        var isForeign = head.Keys.Except(keys).Any();
        var to = await Place(tx, archived, how);
        var tables = (await ArchivedTables.All(tx, true)).ToDictionary(t => t.Name);
        foreach (var table in tables.Values.Where(t => t.IsOfAccounts)) await tx.Execute(Statement.Built("empty", $"delete from {table.Name} where account_id = @to"), new { to });
        var (sums, rows, people) = (new List<TableSum>(), 0L, new Dictionary<long, long>());
        while (await archive.NextTable(stop) is { } next)
        {
            var table = RestoreArchive.Known(tables, next);
            TableSum sum;
            if (table.Name == "users") (sum, people) = await AddPeople(tx, archive, table, isForeign);
            else sum = await RestoreArchive.Load(tx, archive, table, Numbers(table, archived, to, people, isForeign), async loaded => await told(rows + loaded));
            sums.Add(sum);
            rows += sum.Rows;
        }
        RestoreArchive.MustBeAll(tables.Keys, sums);
        var isMoved = archived != to || people.Any(p => p.Key != p.Value);
        foreach (var sum in sums.Where(s => s.Table != "users"))
            if (await WriteArchive.Sum(tx, tables[sum.Table], to) is var stored && (stored.Rows != sum.Rows || !isMoved && !isForeign)) RestoreArchive.MustBe(sum, stored);
        if (isForeign && !forgetErased && head.HashKey is not null && head.HashKey != hashKey && await tx.Single<long>(Sql["erased"], new { to }) is > 0 and var erased)
            throw new ArchiveException($"{erased} erased addresses in the archive are hashed with a key of the installation it comes from: here nobody would recognise them, and they could be mailed again. Restore that whole installation instead, or add --forget-erased.");
        if (holdMail is { } hold) await RestoreArchive.Settle(tx, clock, to, head, hold);
        return new RestoreOutcome(new(head, new(sums.Count, rows, "", ""), sums), to, isForeign);
    }, stop);

    /// <summary>The number that the account gets.</summary>
    private static async Task<long> Place(Tx tx, long archived, RestoreAs how)
    {
        if (how == RestoreAs.Itself && await tx.SingleOrNone<string>(Sql["name"], new { archived }) is { } name) throw new ArchiveException($"The account {archived} ({name}) is there already. Add --replace to delete it first, or --new to restore beside it under a new number.");
        if (how == RestoreAs.New) return await Ids.Next(tx, 0, "account");
        await Ids.Pass(tx, 0, "account", archived);
        return archived;
    }

    /// <summary>What becomes of whole numbers in the rows of a table; null when all stay.</summary>
    private static Func<int, long, long>? Numbers(TableShape table, long archived, long to, Dictionary<long, long> people, bool isForeign)
    {
        if (archived == to && !isForeign && people.All(p => p.Key == p.Value)) return null;
        var named = table.Columns.Select(c => c.Kind == CellKind.Integer && (People.Contains(c.Name) || c.Name.EndsWith("_by", StringComparison.Ordinal))).ToArray();
        return (column, number) => column == 0 ? to : named[column] ? people.GetValueOrDefault(number, isForeign ? 0 : number) : number;
    }

    /// <summary>Makes those of the people whom nobody here has the address of.</summary>
    /// <returns>The sum of what was read, and each one's number here.</returns>
    private static async Task<(TableSum Sum, Dictionary<long, long> Numbers)> AddPeople(Tx tx, ArchiveReader archive, TableShape table, bool isForeign)
    {
        var (at, numbers) = (table.Columns.Select((c, i) => (c.Name, i)).ToDictionary(c => c.Name, c => c.i), new Dictionary<long, long>());
        while (await archive.NextRow(table.Name, tx.Stop) is { } line)
        {
            using var row = System.Text.Json.JsonDocument.Parse(line);
            var (id, key) = (row.RootElement[at["id"]].GetInt64(), row.RootElement[at["email_key"]].GetString()!);
            if (await tx.SingleOrNone<long?>(Person, new { key }) is { } known) { numbers[id] = known; continue; }
            numbers[id] = await tx.Single<long>(IsTaken, new { id }) > 0 ? await Ids.Next(tx, 0, "user") : id;
            await tx.Bulk(table.Target, [line], (to, from) => new RowValues([.. table.Columns.Select(c => c.Kind)], (column, number) => column == at["id"] ? numbers[id] : number).Write(to, from));
            if (isForeign) await tx.Execute(ForgetAuthenticator, new { id = numbers[id] });
            await Ids.Pass(tx, 0, "user", numbers[id]);
        }
        return (archive.Sum, numbers);
    }
}

/// <summary>What an account is restored as.</summary>
public enum RestoreAs
{
    /// <summary>Under its own number, where none of it is taken.</summary>
    Itself,
    /// <summary>In the place of the account of its number, which goes.</summary>
    Replacement,
    /// <summary>Under a new number.</summary>
    New,
}
