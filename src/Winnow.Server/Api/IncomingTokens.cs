using System.Net;
using System.Threading.RateLimiting;
using Winnow.Accounts;
using Winnow.Server.Accounts;

namespace Winnow.Server.Api;

/// <summary>
/// Looks up the tokens that programs show, and holds back places that show many that are none: not because 256 random
/// bits could be guessed, but so that trying costs this server nothing. Tokens are looked up anew with every request.
/// </summary>
public sealed class IncomingTokens(PrivateApps apps) : IDisposable
{
    private readonly PartitionedRateLimiter<string> failures = PartitionedRateLimiter.Create<string, string>(RateLimit.FailedTokens.PerPlace);

    /// <summary>Whose token it is.</summary>
    /// <returns>Null for one that is not valid; and whether this place must wait, in which case it was not looked at.</returns>
    public async Task<(PrivateApp? App, bool TooMany)> Find(string text, IPAddress? from, CancellationToken stop)
    {
        var place = SignInPlace.Network(from);
        using var room = failures.AttemptAcquire(place, 0);
        if (!room.IsAcquired) return (null, true);
        var app = AccessToken.Parse(text) is { } token ? await apps.FindByToken(token, stop) : null;
        if (app is null) failures.AttemptAcquire(place).Dispose();
        return (app, false);
    }

    /// <inheritdoc/>
    public void Dispose() => failures.Dispose();
}
