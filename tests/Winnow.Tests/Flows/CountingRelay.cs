using System.Collections.Concurrent;
using System.Net;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>A relay that counts what each recipient got, refuses whom it is told to, and can hold its replies back.</summary>
internal sealed class CountingRelay : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> mails = new();
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SmtpListener listener;
    private readonly int holdAfter;
    private int taken;

    /// <param name="holdAfter">From this mail on replies wait for <see cref="Open"/>.</param>
    public CountingRelay(Func<string, bool> refuses, int holdAfter)
    {
        this.holdAfter = holdAfter;
        listener = SmtpListener.Start(new(IPAddress.Loopback, 0), new()
        {
            Name = "relay.practice.test",
            AcceptRecipient = (_, recipient, _) => new(refuses(recipient) ? new SmtpReply(550, "5.1.1", "No such user here") : SmtpReplies.RecipientOk),
            Store = Take,
            Limits = new() { SessionsPerAddress = 100, Errors = int.MaxValue, Commands = int.MaxValue },
        });
    }

    public int Port => listener.Endpoint.Port;

    /// <summary>How many whole mails arrived.</summary>
    public int Taken => Volatile.Read(ref taken);

    /// <summary>How many of them this recipient got.</summary>
    public int MailsTo(string recipient) => mails.GetValueOrDefault(recipient);

    /// <summary>Replies are held back no more.</summary>
    public void Open() => opened.TrySetResult();

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    // The whole mail is here: whether or not the sender lives to hear our reply, it would be delivered.
    private async ValueTask<SmtpReply> Take(SmtpEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        foreach (var recipient in envelope.Recipients) mails.AddOrUpdate(recipient, 1, (_, n) => n + 1);
        if (Interlocked.Increment(ref taken) > holdAfter) await opened.Task.WaitAsync(cancel);
        return SmtpReplies.Stored;
    }
}
