using System.Globalization;
using Winnow.Accounts;
using Winnow.Server.Api;

namespace Winnow.Server.Accounts;

/// <summary>What HubSpot's clients ask first: which account is this?</summary>
public static class AccountInfoApi
{
    /// <summary>Maps it.</summary>
    public static void MapAccountInfo(this IEndpointRouteBuilder api) => api.MapGet("/account-info/v3/details", Details);

    // HubSpot's fields, without those that Winnow has nothing to say on (dataHostingLocation).
    private static async Task<IResult> Details(HttpContext http, CurrentApp app, AccountStore accounts, TimeProvider clock, CancellationToken stop)
    {
        var account = (await accounts.Find(app.AccountId, stop))!;          // its token was let in
        var offset = Account.Zone(account.TimeZone).GetUtcOffset(clock.GetUtcNow());
        return ApiRoutes.Ok(new
        {
            portalId = account.Id, accountType = "STANDARD", account.TimeZone, companyCurrency = account.Currency, additionalCurrencies = Array.Empty<string>(),
            utcOffset = (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture), utcOffsetMilliseconds = (long)offset.TotalMilliseconds,
            uiDomain = http.Request.Host.Value,
        });
    }
}
