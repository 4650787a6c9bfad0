using System.Globalization;
using Winnow.Contacts;
using Winnow.Lists;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>An update date comes, and the server is killed while contacts become non-marketing.</summary>
internal sealed class CrashedUpdate(CrashApp app)
{
    private const long Account = 5;
    private const int People = 40_000, Staying = 300;

    public async Task Prepare()
    {
        await app.Add(Account, Enumerable.Range(0, Staying).Select(n => $"staying{n}@update.test"));
        var scheduled = await app.Add(Account, Enumerable.Range(0, People).Select(n => $"person{n}@update.test"));
        await app.Execute("update contacts set until_renewal = true, created_at = 0, updated_at = 0 where account_id = 5 and id >= @first", new { first = scheduled[0] });
        await app.Execute("update contact_counts set scheduled = @People where account_id = 5", new { People });
    }

    /// <summary>Today is the update date: the schedule of a server finds that by itself.</summary>
    public Task Begin()
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        return app.Execute("insert into marketing_plans (account_id, period, bought_on, updated_on) values (5, 'Year', @bought, @updated) on conflict (account_id) do update set bought_on = excluded.bought_on, updated_on = excluded.updated_on",
            new { bought = Text(today.AddYears(-1)), updated = Text(today.AddDays(-1)) });
    }

    public async Task<bool> IsInTheMiddle() => await Update() is { FinishedAt: null, Flipped: > 0 };

    public async Task<bool> HasEnded() => await Update() is { FinishedAt: not null };

    public async Task Check()
    {
        var update = await Update();
        Assert.Equal((People, (long?)Staying), (update!.Flipped, update.Counting));
        Assert.Equal(new(People + Staying, Staying, 0), await app.Db.Read(tx => app.Get<ContactStore>().Counts(tx, Account)));
        Assert.Equal(Staying, await app.Scalar<long>("select count(*) from contacts where account_id = 5 and marketing"));
        Assert.Equal((People, People), (await app.Scalar<long>("select count(*) from contact_history where account_id = 5 and source = @source", new { source = UpdateDate.ActorSource }),
            await app.Scalar<long>("select count(distinct contact_id) from contact_history where account_id = 5")));
        Assert.Empty(await app.Db.Read(tx => app.Get<CheckLists>().Differences(tx, Account)));
    }

    private async Task<MarketingUpdate?> Update() => (await app.Get<UpdateDate>().Latest(Account, 2)) is [var only] ? only : null;

    private static string Text(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);
}
