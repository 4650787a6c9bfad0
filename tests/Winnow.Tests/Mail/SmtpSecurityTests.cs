using System.Net.Security;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>TLS and passwords.</summary>
public class SmtpSecurityTests
{
    private static readonly SmtpCredentials Ann = new("ann", "s3cret");

    [Theory, InlineData(SmtpTls.Opportunistic), InlineData(SmtpTls.Required)]
    public async Task Mail_goes_over_TLS_where_it_is_offered(SmtpTls tls)
    {
        using var certificate = SmtpParts.SelfMade();
        var (listener, drop) = SmtpParts.Listen(change: host => host with { Certificate = certificate });
        await using var _ = listener;
        var opened = await SmtpConnection.OpenAsync(listener.Relay(tls) with { AcceptAnyCertificate = true }, default);
        using var connection = opened.Connection;
        Assert.True(connection?.IsEncrypted, opened.Failure?.Why);
        Assert.IsType<SmtpOutcome.Accepted>(await connection!.SendAsync(SmtpParts.Message(), null, default));
        Assert.True(Assert.Single(drop.Mails).Envelope.IsEncrypted);
    }

    [Fact]
    public async Task A_certificate_that_does_not_hold_stops_a_required_session_but_not_an_opportunistic_one()
    {
        using var certificate = SmtpParts.SelfMade();
        var (listener, _) = SmtpParts.Listen(change: host => host with { Certificate = certificate });
        await using var _2 = listener;
        var required = await SmtpConnection.OpenAsync(listener.Relay(SmtpTls.Required), default);
        Assert.Equal(SmtpStage.Tls, required.Failure?.Stage);
        var opportunistic = await SmtpConnection.OpenAsync(listener.Relay(SmtpTls.Opportunistic), default);
        using var connection = opportunistic.Connection;
        Assert.True(connection?.IsEncrypted);
        var withPassword = await SmtpConnection.OpenAsync(listener.Relay(SmtpTls.Opportunistic) with { Credentials = Ann }, default);
        Assert.Equal(SmtpStage.Tls, withPassword.Failure?.Stage);
    }

    [Fact]
    public async Task Without_STARTTLS_a_required_session_stops_and_an_opportunistic_one_goes_in_the_clear()
    {
        var (listener, _) = SmtpParts.Listen();
        await using var _2 = listener;
        var required = await SmtpConnection.OpenAsync(listener.Relay(SmtpTls.Required), default);
        Assert.Equal(SmtpStage.Tls, required.Failure?.Stage);
        var opportunistic = await SmtpConnection.OpenAsync(listener.Relay(SmtpTls.Opportunistic), default);
        using var connection = opportunistic.Connection;
        Assert.False(connection?.IsEncrypted);
        var withPassword = await SmtpConnection.OpenAsync(listener.Relay(SmtpTls.Opportunistic) with { Credentials = Ann }, default);
        Assert.Equal(SmtpStage.Tls, withPassword.Failure?.Stage);
    }

    [Fact]
    public async Task A_broken_handshake_goes_on_in_the_clear_when_opportunistic()
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Open("STARTTLS");
            if (await side.Hear() == "STARTTLS") await side.Say("220 ready\nnot a handshake");
            else await side.Say("221 bye");
        });
        var opened = await SmtpConnection.OpenAsync(server.Relay(SmtpTls.Opportunistic), default);
        using var connection = opened.Connection;
        Assert.True(opened.Succeeded, opened.Failure?.Why);
        Assert.Equal((false, 2), (opened.Connection.IsEncrypted, server.Connections));
        Assert.Equal(SmtpStage.Tls, (await SmtpConnection.OpenAsync(server.Relay(SmtpTls.Required), default)).Failure?.Stage);
    }

    [Fact]
    public async Task Words_slipped_in_before_the_handshake_are_not_taken_for_the_servers()
    {
        using var certificate = SmtpParts.SelfMade();
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Open("STARTTLS");
            await side.Hear();
            await side.Say("220 ready\n250 AUTH PLAIN");
            using var tls = new SslStream(side.Stream);
            await tls.AuthenticateAsServerAsync(certificate);
            side.Stream = tls;
            await side.Answer("250 tls.test");
        });
        var opened = await SmtpConnection.OpenAsync(server.Relay(SmtpTls.Required) with { AcceptAnyCertificate = true }, default);
        Assert.Equal(SmtpStage.Tls, opened.Failure?.Stage);
    }

    [Fact]
    public async Task Commands_slipped_in_before_the_handshake_are_not_done()
    {
        using var certificate = SmtpParts.SelfMade();
        var (listener, _) = SmtpParts.Listen(change: host => host with { Certificate = certificate });
        await using var _2 = listener;
        await using var client = await RawClient.Greeted(listener.Endpoint);
        await client.SendRaw("STARTTLS\r\nMAIL FROM:<evil@x.test>\r\n");
        await client.Expect("503 5.5.1");
        await client.ExpectClosed();
    }

    [Fact]
    public async Task After_STARTTLS_the_conversation_begins_anew()
    {
        using var certificate = SmtpParts.SelfMade();
        var (listener, _) = SmtpParts.Listen(change: host => host with { Certificate = certificate });
        await using var _2 = listener;
        await using var client = await RawClient.Connect(listener.Endpoint);
        Assert.Contains("STARTTLS", await client.Say("EHLO me", "250"), StringComparison.Ordinal);
        await client.Say("STARTTLS", "220");
        await client.Encrypt();
        await client.Say("MAIL FROM:<>", "503");
        Assert.DoesNotContain("STARTTLS", await client.Say("EHLO me", "250"), StringComparison.Ordinal);
        await client.Say("STARTTLS", "502");
        await client.Say("MAIL FROM:<>", "250");
    }

    [Fact]
    public async Task TLS_from_the_first_byte_works()
    {
        using var certificate = SmtpParts.SelfMade();
        await using var server = ScriptedServer.Start(async side =>
        {
            using var tls = new SslStream(side.Stream);
            await tls.AuthenticateAsServerAsync(certificate);
            side.Stream = tls;
            await side.Open();
            await side.Answer("250 ok", "250 ok", "354 go");
            await side.HearMessage();
            await side.Say("250 ok");
        });
        var opened = await SmtpConnection.OpenAsync(server.Relay(SmtpTls.Implicit) with { AcceptAnyCertificate = true }, default);
        using var connection = opened.Connection;
        Assert.True(opened.Succeeded, opened.Failure?.Why);
        Assert.IsType<SmtpOutcome.Accepted>(await opened.Connection.SendAsync(SmtpParts.Message(), null, default));
    }

    [Fact]
    public async Task A_server_dead_after_the_final_dot_is_unknown_over_TLS_too()
    {
        using var certificate = SmtpParts.SelfMade();
        await using var server = ScriptedServer.Start(async side =>
        {
            var tls = new SslStream(side.Stream);
            await tls.AuthenticateAsServerAsync(certificate);
            side.Stream = tls;
            await side.Open("PIPELINING");
            await side.Answer("250 ok", "250 ok", "354 go");
            await side.HearMessage();
            side.Reset();
        });
        var opened = await SmtpConnection.OpenAsync(server.Relay(SmtpTls.Implicit) with { AcceptAnyCertificate = true }, default);
        using var connection = opened.Connection!;
        Assert.IsType<SmtpOutcome.Unknown>(await connection.SendAsync(SmtpParts.Message(), null, default));
    }

    [Theory]
    [InlineData("AUTH LOGIN PLAIN", "AUTH PLAIN AGFubgBzM2NyZXQ=")]
    [InlineData("AUTH=PLAIN", "AUTH PLAIN AGFubgBzM2NyZXQ=")]
    [InlineData("AUTH CRAM-MD5 LOGIN", "AUTH LOGIN", "YW5u", "czNjcmV0")]
    public async Task We_log_in_the_way_the_server_knows(string offer, params string[] expected)
    {
        List<string> heard = [];
        await using var server = ScriptedServer.Start(async side =>
        {
            heard = side.Heard;
            await side.Open(offer);
            string[] replies = expected.Length == 1 ? ["235 2.7.0 welcome"] : ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 2.7.0 welcome"];
            await side.Answer(replies);
        });
        var opened = await SmtpConnection.OpenAsync(server.Relay() with { Credentials = Ann }, default);
        using var connection = opened.Connection;
        Assert.True(opened.Succeeded, opened.Failure?.Why);
        Assert.Equal(expected, heard.Skip(1));
    }

    [Theory, InlineData("AUTH PLAIN"), InlineData("AUTH LOGIN")]
    public async Task A_refused_password_starts_nothing_and_is_named_without_the_password(string offer)
    {
        await using var server = ScriptedServer.Start(async side =>
        {
            await side.Open(offer);
            await side.Answer("535 5.7.8 wrong");
        });
        var opened = await SmtpConnection.OpenAsync(server.Relay() with { Credentials = Ann }, default);
        Assert.Equal((SmtpStage.Auth, 535), (opened.Failure!.Stage, opened.Failure.Reply!.Code));
        Assert.DoesNotContain(Ann.Password, opened.Failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Ann.Password, (server.Relay() with { Credentials = Ann }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_a_way_to_log_in_is_not_sent_to()
    {
        await using var server = ScriptedServer.Start(side => side.Open("AUTH GSSAPI"));
        var opened = await SmtpConnection.OpenAsync(server.Relay() with { Credentials = Ann }, default);
        Assert.Equal(SmtpStage.Auth, opened.Failure!.Stage);
    }
}
