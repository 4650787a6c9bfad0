using Winnow.Email;

namespace Winnow.Tests;

public sealed class UnsubscribeTests
{
    [Theory, Databases]
    public async Task A_way_out_unsubscribes_the_address_and_only_its_link_takes_it_back(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 2, relay.Port);
        await send.Send();
        var (leave, token) = (send.App.Get<Unsubscribe>(), await Token(send, new(1, send.Email, 1)));
        var found = await leave.Find(token);
        Assert.Equal(("c1@live.test", "Fernhill", false, false), (found!.Email, found.AccountName, found.IsOut, found.IsTest));

        Assert.True((await leave.Leave(token, "one-click"))!.IsOut);
        Assert.True((await leave.Leave(token, "link"))!.IsOut);
        Assert.Equal("one-click", (await send.Address("c1@live.test", a => a)).OptOutSource);             // the first word holds
        Assert.Equal(1, await send.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'STATUSCHANGE' and reason = 'UNSUBSCRIBED'"));
        Assert.Equal(1, await send.App.Scalar<long>("select count(*) from contacts where account_id = 1 and opted_out"));
        Assert.False((await leave.Return(token))!.IsOut);
        Assert.Equal(0, await send.App.Scalar<long>("select count(*) from contacts where account_id = 1 and opted_out"));
    }

    [Theory, Databases]
    public async Task Other_tokens_open_nothing(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 1, relay.Port);
        await send.Send();
        var leave = send.App.Get<Unsubscribe>();
        var returnPath = new MailToken(1, send.Email, 1).Sign(TokenPurpose.ReturnPath, (await send.App.Get<MailTokens>().Secret(1))!);
        Assert.Null(await leave.Leave(returnPath, "link"));
        Assert.Null(await leave.Leave("nonsense", "link"));
        Assert.Null(await leave.Leave(await Token(send, new(1, send.Email, 99)), "link"));                // no such recipient
        Assert.True((await leave.Leave(await Token(send, new(1, send.Email, 0)), "link"))!.IsTest);
        Assert.Equal(0, await send.App.Scalar<long>("select count(*) from addresses where account_id = 1 and opted_out_at is not null"));
    }

    private static async Task<string> Token(SendApp send, MailToken token) => token.Sign(TokenPurpose.Unsubscribe, (await send.App.Get<MailTokens>().Secret(1))!);
}
