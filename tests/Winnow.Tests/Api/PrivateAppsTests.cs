using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>Private apps and their tokens, below the pages.</summary>
public sealed class PrivateAppsTests
{
    private static readonly (long, PermissionSet) Admin = (1, PermissionSet.Presets[0].Set);

    [Theory, Databases]
    public async Task A_token_is_kept_as_a_hash_and_dies_at_once_in_every_process(string database)
    {
        await using var app = await Start(database);
        await using var elsewhere = Db.Open(app.Connection);
        var (apps, others) = (app.Get<PrivateApps>(), new PrivateApps(elsewhere, app.Clock));
        var token = (await apps.Create(1, Admin, new("Sync", "", [Scope.ReadOwners]))).Token!;
        Assert.StartsWith("pat-winnow-1-1-", token.Text, StringComparison.Ordinal);
        Assert.Equal("Sync", (await others.FindByToken(token))?.Name);
        Assert.Equal(token.Hash(), await app.Scalar<byte[]>("select token_hash from private_apps where account_id = 1"));
        Assert.DoesNotContain(token.Text[^43..], token.ToString(), StringComparison.Ordinal);

        var rotated = (await apps.Rotate(1, Admin, 1)).Token!;
        Assert.Null(await others.FindByToken(token));
        Assert.NotNull(await others.FindByToken(rotated));

        Assert.True(await apps.Revoke(1, 1, 1));
        Assert.Null(await others.FindByToken(rotated));
        Assert.False(await apps.Revoke(1, 1, 1));
        Assert.Equal(PrivateApps.Gone, (await apps.Rotate(1, Admin, 1)).Refused);
        Assert.Equal(["PrivateAppRevoked", "PrivateAppRotated", "PrivateAppCreated"], (await app.Get<AuditLog>().Page(1, new(), long.MaxValue, 10)).Select(line => line.Action));
    }

    [Theory, Databases]
    public async Task A_token_opens_its_own_account_only_and_none_that_is_no_more(string database)
    {
        await using var app = await Start(database);
        var apps = app.Get<PrivateApps>();
        var (ours, theirs) = ((await apps.Create(1, Admin, new("Sync", "", []))).Token!, (await apps.Create(2, Admin, new("Sync", "", []))).Token!);
        Assert.Equal(1, (await apps.FindByToken(ours))?.AccountId);
        Assert.Null(await apps.FindByToken(AccessToken.Parse(ours.Text.Replace("-1-1-", "-2-1-", StringComparison.Ordinal))!));
        Assert.Null(await apps.FindByToken(ours with { AccountId = 2 }));
        Assert.Null(await apps.FindByToken(AccessToken.Parse(ours.Text[..^43] + theirs.Text[^43..])!));
        Assert.False(await apps.Revoke(2, 1, 99));

        await app.Db.Write(tx => tx.Execute(Statement.Built("gone", "delete from accounts where account_id = 2")));
        Assert.Null(await apps.FindByToken(theirs));
        Assert.NotNull(await apps.FindByToken(ours));
    }

    [Theory, Databases]
    public async Task The_latest_use_is_written_once_a_minute_at_most(string database)
    {
        await using var app = await Start(database);
        var apps = app.Get<PrivateApps>();
        var token = (await apps.Create(1, Admin, new("Sync", "", []))).Token!;
        var first = app.Clock.GetUtcNow();
        await apps.FindByToken(token);
        app.Clock.Advance(TimeSpan.FromSeconds(59));
        await apps.FindByToken(token);
        Assert.Equal(first, (await apps.Find(1, 1))!.LastUsedAt);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await apps.FindByToken(token);
        Assert.Equal(first.AddMinutes(1), (await apps.Find(1, 1))!.LastUsedAt);
    }

    [Theory, Databases]
    public async Task Nobody_gives_a_program_more_than_they_may_do_and_names_are_taken_once(string database)
    {
        await using var app = await Start(database);
        var apps = app.Get<PrivateApps>();
        var clerk = (UserId: 2L, May: PermissionSet.Of(Permission.Settings));
        Assert.Equal(PrivateApps.TooMuch, (await apps.Create(1, clerk, new("Lists", "", ["crm.lists.read", "crm.lists.write"]))).Refused);
        Assert.Null((await apps.Create(1, clerk, new("Lists", "", ["crm.lists.read", "no.such.scope"]))).Refused);
        Assert.Equal("crm.lists.read", (await apps.Find(1, 1))!.Scopes);
        Assert.Equal(PrivateApps.TooMuch, await apps.Save(1, clerk, 1, new("Lists", "", ["crm.lists.write"])));
        Assert.Null(await apps.Save(1, Admin, 1, new("Lists", "nightly\0", ["crm.lists.write"])));
        Assert.Equal("nightly", (await apps.Find(1, 1))!.Description);
        Assert.Equal(PrivateApps.TooMuch, (await apps.Rotate(1, clerk, 1)).Refused);             // the new token would be theirs to use
        Assert.Equal(PrivateApps.TooMuch, await apps.Save(1, clerk, 1, new("Lists", "", [])));

        var same = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => apps.Create(1, Admin, new("sync", "", [])))));
        Assert.Equal(1, same.Count(made => made.Token is not null));
        Assert.Equal(PrivateApps.NameTaken, await apps.Save(1, Admin, 1, new("Sync", "", [])));
        for (var i = 2; i < PrivateApps.Most; i++) Assert.Null((await apps.Create(1, Admin, new($"App {i}", "", []))).Refused);
        Assert.Equal(PrivateApps.Full, (await apps.Create(1, Admin, new("One more", "", []))).Refused);
        await apps.Revoke(1, 1, 1);
        Assert.Null((await apps.Create(1, Admin, new("Lists", "", []))).Refused);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pat-na1-11111111-2222-3333-4444-555555555555")]
    [InlineData("pat-winnow-1-1-")]
    [InlineData("pat-winnow-1-1-short")]
    [InlineData("pat-winnow--1-1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("pat-winnow-99999999999999999999-1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("pat-winnow-1-1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u00e9a")]
    public void What_is_no_token_is_not_looked_up(string text) => Assert.Null(AccessToken.Parse(text));

    [Fact]
    public void A_new_token_is_read_back() => Assert.All(Enumerable.Range(0, 200).Select(i => AccessToken.New(i, 7)), token => Assert.Equal(token, AccessToken.Parse(token.Text)));

    private static async Task<TestApp> Start(string database)
    {
        var app = await TestApp.On(database);
        await app.Db.Write(tx => tx.Execute(Statement.Built("accounts", "insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'One', 'UTC', 'en', @secret, 0), (2, 'Two', 'UTC', 'en', @secret, 0)"), new { secret = new byte[32] }));
        return app;
    }
}
