using Winnow.Accounts;

namespace Winnow.Tests;

/// <summary>Links that open one door once.</summary>
public class OneTimeLinksTests
{
    [Theory, Databases]
    public async Task A_link_works_once_for_its_purpose_until_its_time_is_over(string database)
    {
        await using var app = await TestApp.On(database);
        var links = app.Get<OneTimeLinks>();
        var token = await Make(app, "invitation");

        Assert.Null(await Use(app, "password", token));
        Assert.Null(await Use(app, "invitation", token + "A"));
        Assert.Equal("a@b.test", (await links.Find("invitation", token))!.Email);
        var used = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Use(app, "invitation", token)));
        Assert.Equal("editor", Assert.Single(used, link => link is not null)!.Data);
        Assert.Null(await links.Find("invitation", token));

        var late = await Make(app, "invitation");
        app.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await Use(app, "invitation", late));
    }

    [Theory, Databases]
    public async Task Withdrawn_links_are_worthless_and_the_table_holds_no_token(string database)
    {
        await using var app = await TestApp.On(database);
        var links = app.Get<OneTimeLinks>();
        var (mine, other, invitation) = (await Make(app, "password", 7), await Make(app, "password", 8), await Make(app, "invitation"));

        await app.Db.Write(tx => links.Withdraw(tx, "password", 7));
        await app.Db.Write(tx => links.Withdraw(tx, "invitation", 1, "a@b.test"));

        Assert.Null(await links.Find("password", mine));
        Assert.Null(await links.Find("invitation", invitation));
        Assert.NotNull(await links.Find("password", other));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from one_time_links where token_hash = @other", new { other }));
        app.Clock.Advance(TimeSpan.FromDays(32));
        await links.Forget(default);
        Assert.Equal(0, await app.Scalar<long>("select count(*) from one_time_links"));
    }

    private static Task<string> Make(TestApp app, string purpose, long? user = null) =>
        app.Db.Write(tx => app.Get<OneTimeLinks>().Create(tx, new(purpose, app.Clock.GetUtcNow().AddHours(1), user, 1, "a@b.test", "editor")));

    private static Task<OneTimeLink?> Use(TestApp app, string purpose, string token) => app.Db.Write(tx => app.Get<OneTimeLinks>().Use(tx, purpose, token));
}
