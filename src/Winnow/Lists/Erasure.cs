using System.Globalization;
using System.Text.Json;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Mail.Mime;

namespace Winnow.Lists;

/// <summary>Takes people who are in the recycle bin out of every table: the one place that knows where something of a contact lies
/// (docs/decisions/0081). What is counted stays counted, under a number that leads to nobody. Who adds a table that holds something of
/// contacts adds it here; a test looks through all tables for what was forgotten.</summary>
public sealed class Erasure(ContactStore contacts, AddressHashes hashes, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<Erasure>();
    private static readonly string Email = BuiltInProperties.Of("email").Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Erases some of an operation's contacts, rows of the bin last.</summary>
    /// <param name="block">Whether addresses they had earlier are kept from being imported too, as their present ones are.</param>
    /// <returns>How many; 0 when the bin of the operation is empty.</returns>
    public async Task<int> Batch(Tx tx, long accountId, long operationId, long limit, bool block)
    {
        var people = await tx.Query<InBin>(Sql["in-bin"], new { accountId, operationId, limit });
        if (people.Count == 0) return 0;
        var ids = people.Select(p => p.Id).ToArray();
        var keys = people.SelectMany(p => p.Keys).Concat(await Former(tx, accountId, ids)).ToHashSet();
        await Traces(tx, accountId, ids);
        keys.ExceptWith(await tx.Query<string>(Sql["held"], new { accountId, keys = keys.ToArray() }));
        await hashes.Hide(tx, accountId, keys);
        if (block) await contacts.Block(tx, accountId, keys);
        await tx.Execute(Sql["erase"], new { accountId, operationId, ids });
        return ids.Length;
    }

    /// <summary>Erases what lies elsewhere under the ids of contacts that are gone. A mail that is just on its way keeps its place until it has
    /// ended, without the address: what <see cref="Left"/> tells is erased by another call.</summary>
    public async Task Traces(Tx tx, long accountId, long[] ids)
    {
        var mails = await Hold(tx, accountId, ids);
        var (open, ended) = (mails.Where(m => m.IsOpen).ToList(), mails.Where(m => !m.IsOpen).ToList());
        if (open.Count > 0) await tx.Execute(Sql["blank"], new { rows = Rows(accountId, open, 0) });
        if (ended.Count > 0)
        {
            var numbers = await Ids.Next(tx, accountId, "erased_recipient", ended.Count);
            foreach (var statement in new[] { Sql["renumber"], Sql["renumber-events"], Sql["renumber-paroles"] })
                await tx.Execute(statement, new { rows = Rows(accountId, ended, numbers) });
        }
        var args = new { accountId, ids, now = clock.GetUtcNow(), nothing = Array.Empty<byte>() };
        foreach (var statement in new[] { Sql["blank-paroles"], Sql["blocks"], Sql["reports"], Sql["events"], Sql["history"], Sql["words"], Sql["addresses"], Sql["moved"] })
            await tx.Execute(statement, args);
    }

    /// <summary>How many rows are left under these ids, in all tables.</summary>
    public static Task<long> Left(Tx tx, long accountId, long[] ids) => tx.Single<long>(Sql["left"], new { accountId, ids });

    /// <summary>Those of these ids that are no contact, neither here nor in the bin.</summary>
    public static async Task<long[]> Gone(Tx tx, long accountId, IReadOnlyCollection<long> ids) => [.. ids.Except(await tx.Query<long>(Sql["present"], new { accountId, ids = ids.ToArray() }))];

    /// <summary>Addresses that these contacts had earlier.</summary>
    private static async Task<IEnumerable<string>> Former(Tx tx, long accountId, long[] ids)
    {
        var changes = await tx.Query<string>(Sql["former"], new { accountId, ids, named = $"%\"{Email}\":%" });
        return changes.Select(c => JsonDocument.Parse(c).RootElement.GetProperty(Email)).Where(v => v.ValueKind == JsonValueKind.String).Select(v => EmailAddress.Normalize(v.GetString())).OfType<string>();
    }

    /// <summary>The mails to these contacts, held until the commit in the order of e-mails and contacts, as by all who write them.</summary>
    private static async Task<List<MailTo>> Hold(Tx tx, long accountId, long[] ids)
    {
        var mails = await tx.Query<(long EmailId, long ContactId)>(Sql["mails"], new { accountId, ids });
        return mails.Count == 0 ? [] : await tx.Query<MailTo>(Sql["hold"], new { accountId, mails = JsonRows.Of(mails.Select(m => new { email = m.EmailId, contact = m.ContactId })) });
    }

    private static string Rows(long accountId, List<MailTo> mails, long first) =>
        JsonRows.Of(mails.Select((m, i) => new { account = accountId, email = m.EmailId, contact = m.ContactId, number = -first - i }));

    private sealed record MailTo(long EmailId, long ContactId, string Outcome)
    {
        public bool IsOpen => Outcome is "queued" or "handing_over" or "retry";
    }

    private sealed record InBin(long Id, string? EmailKey, string? Others)
    {
        public IEnumerable<string> Keys => (Others?.Split(';') ?? []).Select(EmailAddress.Normalize).Append(EmailKey).OfType<string>();
    }
}
