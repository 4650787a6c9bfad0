using System.Collections.Concurrent;
using Winnow.Accounts;
using Winnow.Mail.Smtp;

namespace Winnow.Email.Sending;

/// <summary>Connections to the accounts' relays, kept open between mails. New settings mean new connections; mails under way end on the old ones.</summary>
public sealed class Relays(MailSettingsStore settings) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, (MailSettings Settings, SmtpPool Pool)> pools = new();

    /// <summary>How long a sending waits for a relay that cannot be reached before it lies down and is continued later.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The account's connections and the settings they are made from.</summary>
    /// <exception cref="InvalidOperationException">The account's sending is not set up.</exception>
    public async Task<(SmtpPool Pool, MailSettings Settings)> Of(long accountId, CancellationToken stop)
    {
        var present = await settings.Read(accountId, stop);
        if (!present.Complete) throw new InvalidOperationException("Sending is not set up: fill in relay, sender, bounce domain and public address under Settings > Sending.");
        if (pools.TryGetValue(accountId, out var known) && known.Settings == present) return (known.Pool, present);
        var made = new SmtpPool(Relay(present), present.Connections);
        if (known.Pool is not null) _ = known.Pool.DisposeAsync().AsTask();
        pools[accountId] = (present, made);
        return (made, present);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, pool) in pools.Values) await pool.DisposeAsync();
    }

    private static SmtpRelay Relay(MailSettings settings) => new(settings.RelayHost, settings.RelayPort)
    {
        Tls = settings.RelayTls switch
        {
            "none" => SmtpTls.None,
            "opportunistic" => SmtpTls.Opportunistic,
            _ => settings.RelayPort == 465 ? SmtpTls.Implicit : SmtpTls.Required,
        },
        Credentials = settings.RelayUser is { Length: > 0 } user ? new(user, settings.RelayPassword ?? "") : null,
    };
}
