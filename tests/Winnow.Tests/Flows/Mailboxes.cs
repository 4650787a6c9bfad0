using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>The mail server of the people we write to: mailboxes that exist, some that don't, one that is full.</summary>
internal sealed class Mailboxes : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Recipient, string Mail)> delivered = new();
    private readonly SmtpListener listener;

    public Mailboxes() => listener = SmtpListener.Start(new(IPAddress.Loopback, 0), new()
    {
        Name = "mx.people.test",
        AcceptRecipient = (_, recipient, _) => new(recipient.Split('@')[0] switch
        {
            ['g', 'o', 'n', 'e', ..] => SmtpReplies.NoSuchMailbox,
            ['f', 'u', 'l', 'l', ..] => new SmtpReply(552, "5.2.2", "Mailbox full"),
            _ => SmtpReplies.RecipientOk,
        }),
        Store = (envelope, content, _) =>
        {
            foreach (var recipient in envelope.Recipients) delivered.Enqueue((recipient, Encoding.UTF8.GetString(content.Span)));
            return new(SmtpReplies.Stored);
        },
        Limits = new() { Errors = int.MaxValue },
    });

    public int Port => listener.Endpoint.Port;

    /// <summary>The mails this mailbox holds.</summary>
    public List<string> Of(string recipient) => [.. delivered.Where(d => d.Recipient == recipient).Select(d => d.Mail)];

    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
